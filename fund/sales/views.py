"""The order's own page, by its secret link: what was bought, how far it has come, what the buyer may still decide."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fund.payments import tasks
from fund.payments.services import RefundError
from fund.sales import services
from fund.sales.models import Sale
from fund.sales.selectors import unreturned
from fund.sales.showing import order_page

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from fund.sales.showing import OrderPage

SESSION = "orders"  # reference of the payment → the order's secret, in this browser alone
SENT = "orders_sent"  # references whose buyer we have sent to ЮKassa already
MOST = 20


def remember(request: HttpRequest, sale: Sale) -> None:
    """Let this browser find the order again when ЮKassa sends it back."""
    known = dict(request.session.get(SESSION, {}))
    known[str(sale.payment.reference)] = sale.token
    request.session[SESSION] = dict(list(known.items())[-MOST:])


@never_cache
@require_safe
def order(request: HttpRequest, token: str) -> HttpResponse:
    """Show the order; send the buyer on to ЮKassa once, as soon as its address is known."""
    page = order_page(sale=_find(token))
    if _is_to_be_sent(request, page):
        return redirect(page.confirmation_url)
    return render(request, "orders/order.html", {"page": page, "sale": page.sale})


@never_cache
@require_safe
def state(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the page's own question how far the order has come."""
    page = order_page(sale=_find(token))
    if _is_to_be_sent(request, page):
        return HttpResponse(headers={"HX-Redirect": page.confirmation_url})
    if request.GET.get("seen") == page.mark:  # nothing to tell: what the reader looks at stays in place
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, "orders/_state.html", {"page": page, "sale": page.sale})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once more, then take the whole order back."""
    sale = _find(token)
    if request.method != "POST":
        page, left = order_page(sale=sale), unreturned(payment=sale.payment)
        context = {"page": page, "sale": sale, "left": left}
        return render(request, "orders/cancel.html", context) if page.can_cancel else redirect(sale)
    try:
        made = services.cancel_order(sale=sale, today=timezone.localdate(), now=timezone.now())
    except services.WrongStepError:
        messages.error(request, _("The order is being packed already: write to us, and we stop it."))
    except RefundError:
        messages.error(request, _("This order can't be cancelled here: write to us, and we look at it."))
    else:
        transaction.on_commit(partial(tasks.settle_refund.delay, refund_id=made.refund_id), robust=True)
        messages.success(request, _("The order is cancelled; the money is on its way back."))
    return redirect(sale)


@never_cache
@require_POST
def received(request: HttpRequest, token: str) -> HttpResponse:
    """Note that the order has come."""
    sale = _find(token)
    try:
        services.confirm_receipt(sale=sale, today=timezone.localdate(), now=timezone.now())
    except services.WrongStepError:
        messages.error(request, _("The order has not been sent yet."))
    else:
        messages.success(request, _("Thank you! Enjoy it."))
    return redirect(sale)


@never_cache
@require_safe
def back(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Receive who comes back from ЮKassa: this browser's own order opens, a stranger's shows its state alone.

    That somebody came back says nothing about the payment.
    """
    token = request.session.get(SESSION, {}).get(str(reference), "")
    if token:
        return redirect("orders:order", token=token)
    sale = get_object_or_404(Sale.objects.select_related("payment"), payment__reference=reference)
    return render(request, "orders/back.html", {"sale": sale})


def _find(token: str) -> Sale:
    return get_object_or_404(Sale.objects.select_related("payment"), token=token)


def _is_to_be_sent(request: HttpRequest, page: OrderPage) -> bool:
    """Return whether the buyer goes to ЮKassa now; once, so that coming back shows the outcome."""
    reference = str(page.sale.payment.reference)
    sent = list(request.session.get(SENT, []))
    if not page.confirmation_url or reference in sent or reference not in request.session.get(SESSION, {}):
        return False
    request.session[SENT] = [*sent, reference][-MOST:]
    return True
