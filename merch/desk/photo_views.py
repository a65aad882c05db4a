"""A product's photos at the desk: sent, looked at while nobody else sees them, ordered, taken away."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from merch import photos as service
from merch.desk import tasks
from merch.desk.photo_forms import ArrangeForm, PhotosForm
from merch.desk.products import PERMISSION
from merch.models import Photo, Product
from people.access import person
from people.desk_pages import desk_page, render_desk

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(PERMISSION)
def photos(request: HttpRequest, product_id: int) -> HttpResponse:
    """Show a product's photos and take more; the worker makes their sizes."""
    product = get_object_or_404(Product, pk=product_id)
    is_sent, initial = request.method == "POST", {"alt": product.title}
    form = PhotosForm(request.POST, request.FILES, initial=initial) if is_sent else PhotosForm(initial=initial)
    if form.is_valid() and _added(request, product, form):
        return redirect("shop_desk:photos", product.pk)
    return _page(request, product, form, ArrangeForm(photos=_photos(product)))


@require_POST
@desk_page(PERMISSION)
def arrange(request: HttpRequest, product_id: int) -> HttpResponse:
    """Describe and order a product's photos."""
    product = get_object_or_404(Product, pk=product_id)
    form = ArrangeForm(request.POST, photos=_photos(product))
    if form.is_valid():
        service.arrange(product_id=product.pk, shown=form.shown(), by=person(request), now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("shop_desk:photos", product.pk)
    return _page(request, product, PhotosForm(initial={"alt": product.title}), form)


@require_POST
@desk_page(PERMISSION)
def remove(request: HttpRequest, product_id: int, photo_id: int) -> HttpResponse:
    """Take a photo away."""
    product = get_object_or_404(Product, pk=product_id)
    service.remove_photo(product_id=product.pk, photo_id=photo_id, by=person(request), now=timezone.now())
    messages.success(request, _("The photo is taken away."))
    return redirect("shop_desk:photos", product.pk)


@require_safe
@desk_page(PERMISSION)
def file(request: HttpRequest, product_id: int, photo_id: int) -> HttpResponse:  # noqa: ARG001 - the decorator's
    """Send a photo's smallest size to who looks after the shop, also of a product that nobody else sees.

    :raises Http404: if it is not made yet.
    """
    photo = get_object_or_404(Photo, pk=photo_id, product=product_id, state=Photo.State.READY)
    name = f"photos/{photo.digest}/{min(photo.widths)}.jpg"
    if not default_storage.exists(name):
        raise Http404
    with default_storage.open(name) as stored:  # some ten kilobytes
        return HttpResponse(stored.read(), content_type="image/jpeg")


def _added(request: HttpRequest, product: Product, form: PhotosForm) -> bool:
    """Keep the photos and let the worker make them, or say in the form why not."""
    found = form.cleaned_data
    try:
        made = service.add_photos(
            product_id=product.pk,
            contents=[one.file for one in found["photos"]],
            alt=found["alt"],
            by=person(request),
            now=timezone.now(),
        )
    except service.TooManyPhotosError:
        form.add_error(None, _("Twelve photos of a product are enough: take one away first."))
        return False
    for photo in made:
        transaction.on_commit(partial(tasks.make_photo.delay, photo_id=photo.pk), robust=True)
    messages.success(request, _("The photos are here. In a few seconds they are ready."))
    return True


def _photos(product: Product) -> list[Photo]:
    return list(product.photos.order_by("position", "pk"))


def _page(request: HttpRequest, product: Product, form: PhotosForm, arranging: ArrangeForm) -> HttpResponse:
    return render_desk(
        request,
        "shop_desk/photos.html",
        title=_("%(product)s: photos") % {"product": product.title},
        is_refused=bool(form.errors or arranging.errors),
        product=product,
        form=form,
        arranging=arranging,
    )
