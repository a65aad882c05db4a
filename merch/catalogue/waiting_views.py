"""Pages of those who wait for something: the form, what comes next, the end of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.telling.pacing import TooOftenError
from merch import selectors
from merch.catalogue import waiting
from merch.catalogue.forms import WaitForm
from merch.models import Variant
from people.addresses import client_address

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

FORM = ["GET", "HEAD", "POST"]


@never_cache
@require_http_methods(FORM)
def wait(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show the form; a valid one is written down, whoever sent it, and always answered by the same page."""
    rows = Variant.objects.select_related("product", "item").filter(product__in=selectors.shown(), is_on_sale=True)
    variant = get_object_or_404(rows, pk=number, product__slug=slug)
    form = WaitForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if form.is_valid():
        status = _write_down(request, form, variant)
        if status == HTTPStatus.OK:
            return redirect("shop:waiting", slug=slug)
    elif form.is_bound:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "shop/wait.html", {"variant": variant, "form": form}, status=status)


@require_safe
def is_waiting(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what comes next, the same to everybody."""
    product = get_object_or_404(selectors.shown(), slug=slug)
    most = {"most": settings.SHOP_WISHES_PER_EMAIL, "days": settings.SHOP_WISH_DAYS}
    return render(request, "shop/waiting.html", {"product": product} | most)


@csrf_exempt  # mail programs send it (RFC 8058): the token in the address is what it is known by, no cookie counts
@never_cache
@require_http_methods(FORM)
def stop(request: HttpRequest, person: str, token: str) -> HttpResponse:
    """End all that an e-mail waits for by one POST; asked by GET, show a button that sends it."""
    if not waiting.is_stop_link(person=person, token=token):
        raise Http404
    is_stopped = request.method == "POST"
    if is_stopped:
        waiting.stop_waiting(person=person, now=timezone.now())
    return render(request, "shop/stop.html", {"is_stopped": is_stopped})


def _write_down(request: HttpRequest, form: WaitForm, variant: Variant) -> HTTPStatus:
    """Write the wish down, or say in the form why not; a machine that fills every field is told that all went well."""
    if form.is_trapped:
        return HTTPStatus.OK
    try:
        waiting.wish_for(
            variant=variant, email=form.cleaned_data["email"], address=client_address(request), now=timezone.now()
        )
    except waiting.NotSoldError:
        raise Http404 from None
    except TooOftenError:
        form.add_error(None, _("Too many requests in a short time. Wait ten minutes and try again."))
        return HTTPStatus.TOO_MANY_REQUESTS
    return HTTPStatus.OK
