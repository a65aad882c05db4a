"""Orders at the desk: what is to be packed today, one order, its next step, pieces that go back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fund.payments import tasks
from fund.payments.services import RefundError
from fund.sales import services
from fund.sales.models import Sale, SaleReturn
from fund.sales.selectors import unreturned
from fund.sales.services.returning import AFTER, BEFORE
from merch import handling
from merch.desk import order_reads
from merch.desk.order_forms import BackForm, MoveForm, OrdersForm
from people.access import person
from people.desk_pages import desk_page, render_desk
from people.paging import CappedPaginator

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

PERMISSION = "sales.handle_order"
PAGE_SIZE = 25
REFUSALS: dict[type[Exception], _StrPromise] = {
    services.WrongStepError: gettext_lazy(
        "The order is not where this step begins: somebody moved it meanwhile. This is how it stands now."
    ),
    services.NoTrackNumberError: gettext_lazy("Write the carrier's track number: the buyer follows the parcel by it."),
    services.NotInStockError: gettext_lazy(
        "Fewer pieces lie in stock than the order has. Count them, or cancel what is missing."
    ),
    services.DisputedError: gettext_lazy(
        "The buyer's bank has taken the money back: nothing may leave. The treasurer knows more."
    ),
    services.KeyReusedError: gettext_lazy("This form was sent before for another order: open it anew."),
    services.NotReturnableError: gettext_lazy("Nothing of this order can go back: it is not paid, or cancelled."),
    services.TooManyPiecesError: gettext_lazy("The buyer has fewer pieces than that: some went back meanwhile."),
    services.TooLateError: gettext_lazy(
        "The days for a change of mind are over: only what is faulty can be taken back."
    ),
}
STUCK = (services.WrongStepError, services.NoTrackNumberError, services.NotInStockError, services.DisputedError)
CANT_REFUND = gettext_lazy(
    "This sum can't go back: it is under a rouble, went back already, or the buyer's bank took it."
)


@require_safe
@desk_page(PERMISSION)
def today(request: HttpRequest) -> HttpResponse:
    """Show orders to pack with their next step, what is running low, and what else is due."""
    waiting = order_reads.to_pack()
    sales = list(waiting[: order_reads.PACKED_AT_ONCE])
    return render_desk(
        request,
        "shop_desk/today.html",
        title=_("The shop today"),
        cards=order_reads.cards(sales=sales),
        count=waiting.count(),
        low=order_reads.low_stock(),
        due=order_reads.due(now=timezone.now()),
        wishes=order_reads.open_wishes(),
    )


@require_safe
@desk_page(PERMISSION)
def order_list(request: HttpRequest) -> HttpResponse:
    """Show orders by number or state, the newest first."""
    form = OrdersForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    states = [wanted["state"]] if wanted.get("state") else order_reads.OPEN
    found = order_reads.orders(number=wanted.get("number"), states=states)
    page = CappedPaginator(found if form.is_valid() else found.none(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render_desk(
        request,
        "shop_desk/orders.html",
        title=_("Orders"),
        is_refused=bool(form.errors),
        form=form,
        cards=order_reads.cards(sales=list(page)),
        page=page,
        query=f"state={wanted.get('state', '')}",
    )


@require_safe
@desk_page(PERMISSION)
def order(request: HttpRequest, sale_id: int) -> HttpResponse:
    """Show one order: what is in it, whom it goes to while it is under way, how far it has come."""
    return _order_page(request, get_object_or_404(Sale, pk=sale_id))


@require_POST
@desk_page(PERMISSION)
def move(request: HttpRequest, sale_id: int) -> HttpResponse:
    """Take an order a step further; what is refused is said on its page."""
    sale, form, now = get_object_or_404(Sale, pk=sale_id), MoveForm(request.POST), timezone.now()
    if not form.is_valid():
        return _order_page(request, sale, error=form.refusal())
    to = Sale.State(form.cleaned_data["to"])
    try:
        handling.move_order(
            sale_id=sale.pk,
            to=to,
            track_number=form.cleaned_data["track_number"],
            by=person(request),
            today=timezone.localdate(now),
            now=now,
        )
    except STUCK as error:
        sale.refresh_from_db()
        return _order_page(request, sale, error=str(REFUSALS[type(error)]))
    messages.success(request, _("Order %(number)s: %(state)s.") % {"number": sale.number, "state": to.label})
    return redirect("shop_desk:today") if form.cleaned_data["back"] == "today" else redirect("shop_desk:order", sale.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(PERMISSION, fresh=True)
def give_back(request: HttpRequest, sale_id: int) -> HttpResponse:
    """Ask which pieces go back and why, show it once more with its sum, then do it."""
    sale = get_object_or_404(Sale.objects.select_related("payment"), pk=sale_id)
    (card,) = order_reads.cards(sales=[sale])
    is_before = sale.state in BEFORE
    initial = {"key": uuid4(), **order_reads.wished(sale=sale)}
    form = BackForm(request.POST or None, lines=card.lines, is_before=is_before, initial=initial)
    if form.is_valid() and "confirmed" in request.POST and _took_back(request, sale, form):
        return redirect("shop_desk:order", sale.pk)
    plan = form.plan() if form.is_valid() else []
    return render_desk(
        request,
        "shop_desk/give_back.html",
        title=_("Order %(number)s: pieces that go back") % {"number": sale.number},
        is_refused=bool(form.errors),
        card=card,
        form=form,
        is_before=is_before,
        can_return=sale.state in BEFORE | AFTER and bool(form.lines),
        plan=plan,
        plan_kopecks=min(sum(row["kopecks"] for row in plan), unreturned(payment=sale.payment).sale_kopecks),
        reason=SaleReturn.Reason(form.cleaned_data["reason"]).label if plan else "",
    )


def _took_back(request: HttpRequest, sale: Sale, form: BackForm) -> bool:
    """Take pieces back and let the refund go, or say in the form why not."""
    now = timezone.now()
    try:
        made = handling.take_back(
            sale_id=sale.pk,
            backs=form.backs(),
            reason=SaleReturn.Reason(form.cleaned_data["reason"]),
            key=form.cleaned_data["key"].hex,
            by=person(request),
            today=timezone.localdate(now),
            now=now,
        )
    except (
        services.NotReturnableError,
        services.TooManyPiecesError,
        services.TooLateError,
        services.KeyReusedError,
    ) as error:
        form.add_error(None, str(REFUSALS[type(error)]))
        return False
    except RefundError:
        form.add_error(None, str(CANT_REFUND))
        return False
    transaction.on_commit(partial(tasks.settle_refund.delay, refund_id=made.refund_id), robust=True)
    messages.success(request, _("Written down: the money is on its way back to the buyer."))
    return True


def _order_page(request: HttpRequest, sale: Sale, *, error: str = "") -> HttpResponse:
    (card,) = order_reads.cards(sales=[sale])
    return render_desk(
        request,
        "shop_desk/order.html",
        title=_("Order %(number)s") % {"number": sale.number},
        is_refused=bool(error),
        error=error,
        sale=sale,
        card=card,
        contact=order_reads.contact(sale=sale),
        history=order_reads.history(sale=sale),
        wish=order_reads.open_wish(sale=sale),
        can_return=sale.state in BEFORE | AFTER and any(line.left for line in card.lines),
        is_before=sale.state in BEFORE,
    )
