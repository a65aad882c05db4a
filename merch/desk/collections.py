"""Collections at the desk: written, ordered, taken away while they are empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from merch import editing
from merch.desk import product_reads
from merch.desk.product_forms import CollectionForm
from merch.desk.products import PERMISSION, SLUG_TAKEN
from merch.models import Collection
from people.access import person
from people.desk_pages import desk_page, render_desk

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@desk_page(PERMISSION)
def collection_list(request: HttpRequest) -> HttpResponse:
    """Show collections in their order."""
    return render_desk(
        request, "shop_desk/collections.html", title=_("Collections"), collections=product_reads.collections()
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(PERMISSION)
def collection(request: HttpRequest, collection_id: int | None = None) -> HttpResponse:
    """Show a collection, or an empty form for a new one, and write it down."""
    known = get_object_or_404(Collection, pk=collection_id) if collection_id else None
    names = ("title", "summary", "slug", "position")
    form = CollectionForm(request.POST or None, initial={name: getattr(known, name) for name in names} if known else {})
    if form.is_valid():
        try:
            said = form.cleaned_data
            editing.save_collection(collection_id=collection_id, **said, by=person(request), now=timezone.now())
        except editing.SlugTakenError:
            form.add_error("slug", str(SLUG_TAKEN))
        else:
            messages.success(request, _("Saved."))
            return redirect("shop_desk:collections")
    return render_desk(
        request,
        "shop_desk/form.html",
        title=known.title if known else _("A new collection"),
        is_refused=bool(form.errors),
        form=form,
        back=reverse("shop_desk:collections"),
    )


@require_POST
@desk_page(PERMISSION)
def remove(request: HttpRequest, collection_id: int) -> HttpResponse:
    """Take an empty collection away."""
    try:
        editing.remove_collection(collection_id=collection_id, by=person(request), now=timezone.now())
    except editing.CollectionInUseError:
        messages.error(request, _("Products belong to this collection: move them first."))
    else:
        messages.success(request, _("The collection is taken away."))
    return redirect("shop_desk:collections")
