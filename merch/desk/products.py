"""Products at the desk: found, written, put on sale, withdrawn; their variants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from merch import editing
from merch.desk import product_reads
from merch.desk.product_forms import ProductForm, ProductsForm, VariantForm
from merch.models import Product, Variant
from people.access import person
from people.desk_pages import desk_page, render_desk
from people.paging import CappedPaginator

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PERMISSION = "merch.manage_catalogue"
PAGE_SIZE = 25
NO_VARIANT = gettext_lazy("Add a variant with its price first: there is nothing to sell yet.")
NOT_THERE = gettext_lazy("The product can't be put there from where it is: somebody changed it meanwhile.")
SLUG_TAKEN = gettext_lazy("Another has this address: choose another one.")
SKU_TAKEN = gettext_lazy("Another variant has this article number.")
VARIANT_TAKEN = gettext_lazy("The product has a variant of this size and colour already.")


@require_safe
@desk_page(PERMISSION)
def product_list(request: HttpRequest) -> HttpResponse:
    """Show products that fit, the newest first."""
    form = ProductsForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {"text": "", "state": "", "collection": None}
    page = CappedPaginator(product_reads.products(**wanted), PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return render_desk(
        request,
        "shop_desk/products.html",
        title=_("Products"),
        is_refused=bool(form.errors),
        form=form,
        rows=product_reads.rows(found=list(page)),
        page=page,
        query=query.urlencode(),
        collections=product_reads.collections(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(PERMISSION)
def add_product(request: HttpRequest) -> HttpResponse:
    """Ask what a product says, and write it down as a draft."""
    form = ProductForm(request.POST or None)
    product = _saved(request, form, None)
    if product is not None:
        return redirect("shop_desk:product", product.pk)
    back = reverse("shop_desk:products")
    return _form_page(request, form, _("A new product"), back)


@require_safe
@desk_page(PERMISSION)
def product(request: HttpRequest, product_id: int) -> HttpResponse:
    """Show one product: its variants with what is left, its photos, and what it still lacks."""
    return _product_page(request, product_id)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(PERMISSION)
def edit_product(request: HttpRequest, product_id: int) -> HttpResponse:
    """Show what a product says, and write it down anew."""
    found = get_object_or_404(Product, pk=product_id)
    form = ProductForm(request.POST or None, product=found)
    if _saved(request, form, found.pk) is not None:
        return redirect("shop_desk:product", found.pk)
    return _form_page(request, form, found.title, reverse("shop_desk:product", args=[found.pk]))


@require_POST
@desk_page(PERMISSION)
def put_state(request: HttpRequest, product_id: int) -> HttpResponse:
    """Put a product on sale, or withdraw it."""
    found = get_object_or_404(Product, pk=product_id)
    to = Product.State.LISTED if request.POST.get("to") == "listed" else Product.State.WITHDRAWN
    try:
        editing.put_state(product_id=found.pk, state=to, by=person(request), now=timezone.now())
    except editing.NothingToSellError:
        return _product_page(request, found.pk, error=str(NO_VARIANT))
    except editing.NotThereError:
        return _product_page(request, found.pk, error=str(NOT_THERE))
    messages.success(request, _("On sale.") if to == Product.State.LISTED else _("Withdrawn from sale."))
    return redirect("shop_desk:product", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(PERMISSION)
def variant(request: HttpRequest, product_id: int, variant_id: int | None = None) -> HttpResponse:
    """Show a variant, or an empty form for a new one, and write it down."""
    of = get_object_or_404(Product, pk=product_id)
    rows = Variant.objects.select_related("item").filter(product=of)
    known = get_object_or_404(rows, pk=variant_id) if variant_id else None
    form = VariantForm(request.POST or None, variant=known)
    if form.is_valid() and _saved_variant(request, form, of, variant_id):
        return redirect("shop_desk:product", of.pk)
    title = f"{of.title}: {known.item.sku}" if known else _("%(product)s: a new variant") % {"product": of.title}
    return _form_page(request, form, title, reverse("shop_desk:product", args=[of.pk]))


def _saved(request: HttpRequest, form: ProductForm, product_id: int | None) -> Product | None:
    """Write a product down, or say in the form why not."""
    if not form.is_valid():
        return None
    try:
        found = editing.save_product(product_id=product_id, words=form.words(), by=person(request), now=timezone.now())
    except editing.SlugTakenError:
        form.add_error("slug", str(SLUG_TAKEN))
        return None
    messages.success(request, _("Saved."))
    return found


def _saved_variant(request: HttpRequest, form: VariantForm, of: Product, variant_id: int | None) -> bool:
    try:
        editing.save_variant(
            product_id=of.pk, variant_id=variant_id, words=form.words(), by=person(request), now=timezone.now()
        )
    except editing.SkuTakenError:
        form.add_error("sku", str(SKU_TAKEN))
    except editing.VariantTakenError:
        form.add_error("size", str(VARIANT_TAKEN))
    else:
        messages.success(request, _("Saved."))
        return True
    return False


def _form_page(request: HttpRequest, form: Any, title: str, back: str) -> HttpResponse:
    context = {"form": form, "back": back}
    return render_desk(request, "shop_desk/form.html", title=title, is_refused=bool(form.errors), **context)


def _product_page(request: HttpRequest, product_id: int, *, error: str = "") -> HttpResponse:
    found = get_object_or_404(Product.objects.select_related("community", "campaign", "collection"), pk=product_id)
    return render_desk(
        request,
        "shop_desk/product.html",
        title=found.title,
        is_refused=bool(error),
        error=error,
        product=found,
        variants=list(found.variants.select_related("item").order_by("position", "pk")),
        photos=list(found.photos.order_by("position", "pk")),
    )
