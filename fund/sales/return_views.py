"""A buyer asks to give goods back, and may take the wish back."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from fund.sales import services
from fund.sales.forms import ReturnForm
from fund.sales.models import ReturnWish, Sale
from fund.sales.showing import order_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Ask which goods go back and why, and write it down."""
    sale = get_object_or_404(Sale.objects.select_related("payment"), token=token)
    page = order_page(sale=sale)
    if not page.can_return:
        return redirect(sale)
    form = ReturnForm(request.POST or None, lines=page.lines)
    if form.is_valid() and _asked(sale, form):
        messages.success(request, _("Written down. Bring or send the goods: we pay back once we have them."))
        return redirect(sale)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "orders/return.html", {"page": page, "sale": sale, "form": form}, status=status)


@never_cache
@require_POST
def drop(request: HttpRequest, token: str) -> HttpResponse:
    """Take the wish back."""
    sale = get_object_or_404(Sale, token=token)
    if services.drop_wish(sale_id=sale.pk, now=timezone.now()):
        messages.success(request, _("All right: you keep it."))
    return redirect(sale)


def _asked(sale: Sale, form: ReturnForm) -> bool:
    try:
        services.ask_to_return(
            sale_id=sale.pk,
            pieces=form.pieces(),
            reason=ReturnWish.Reason(form.cleaned_data["reason"]),
            words=form.cleaned_data["words"],
            now=timezone.now(),
        )
    except services.TooLateError:
        form.add_error("reason", _("The days for a change of mind are over; what is faulty can still go back."))
    except (services.TooManyPiecesError, services.NotReturnableError):
        form.add_error(None, _("Some of it went back meanwhile: look at the order once more."))
    else:
        return True
    return False
