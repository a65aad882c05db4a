"""Papers about the fund's money at the desk: written down by one person, confirmed by another."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from fund.ledger.selectors import balances_kopecks, project_names
from fund.payments import selectors, services
from fund.payments.deciding_views import Matter, decide
from fund.payments.desk_forms import AnswerForm, OrderForm, OrderSumForm, PaperForm
from fund.payments.models import BankEntry, Chargeback, Refund
from people.access import person
from people.desk_pages import desk_page, render_desk
from people.paging import CappedPaginator

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from fund.money import Kopecks

REFUSALS = (
    services.BankEntryError,
    services.ProposalDecidedError,
    services.OwnProposalError,
    services.NotOwnProposalError,
)
WAITING = BankEntry.State.PROPOSED
ONCE_CARRIED_OUT = gettext_lazy("Enter it once the bank has carried the order out.")


@require_safe
@desk_page("payments.view_bankentry")
def entry_list(request: HttpRequest) -> HttpResponse:
    """Show what waits for a second person, the oldest first, then what was decided, the newest first."""
    people = BankEntry.objects.select_related("refund__payment", "proposed_by", "decided_by", "operation")
    waiting = list(people.filter(state=WAITING).order_by("proposed_at")[: selectors.PAGE_SIZE])
    page = CappedPaginator(people.exclude(state=WAITING).order_by("-proposed_at", "-pk"), selectors.PAGE_SIZE)
    decided = page.get_page(request.GET.get("page"))
    return render_desk(
        request,
        "desk/bank.html",
        title=_("Money and the bank"),
        places=_places(),
        waiting=_rows(waiting),
        owed=_rows(list(selectors.acts_owed()[: selectors.PAGE_SIZE])),
        decided=_rows(list(decided)),
        may_enter=request.user.has_perm("payments.enter_bank_payment"),
        next_url=f"?page={decided.next_page_number()}" if decided.has_next() else "",
        previous_url=f"?page={decided.previous_page_number()}" if decided.has_previous() else "",
    )


@require_safe
@desk_page("payments.view_bankentry")
def entry_detail(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Show a paper as it was written down, and what the reader may do about it."""
    entry = _find(entry_id)
    user, is_waiting = person(request), entry.state == WAITING
    orders = list(entry.payments.standing().order_by("order_date", "pk")) if entry.is_spent else []
    open_kopecks = entry.amount_kopecks - sum(order.amount_kopecks for order in orders)
    is_own = entry.proposed_by_id == user.pk
    return render_desk(
        request,
        "desk/bank_entry.html",
        title=_("%(kind)s: No. %(number)s") % {"kind": entry.get_kind_display(), "number": entry.order_number},
        **_rows([entry])[0],
        orders=orders,
        open_kopecks=open_kopecks if entry.is_spent else 0,
        may_enter=user.has_perm("payments.enter_bank_payment"),
        is_own=is_own and is_waiting,
        may_decide=is_waiting and not is_own and user.has_perm("payments.confirm_bank_payment"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("payments.enter_bank_payment", fresh=True)
def top_up(request: HttpRequest) -> HttpResponse:
    """Write down a payment order by which ЮKassa's account was topped up."""
    form = OrderSumForm(request.POST or None, initial={"key": uuid4()})

    return enter_entry(
        request, form, services.propose_top_up, title=_("ЮKassa's account topped up"), hint=ONCE_CARRIED_OUT
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("payments.enter_bank_payment", fresh=True)
def pay_debt(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Write down the payment order by which a debt was paid."""
    refund = get_object_or_404(Refund.objects.select_related("payment"), pk=refund_id, state=Refund.State.REFUSED)
    form = OrderForm(request.POST or None, initial={"key": uuid4()})

    hint = _("The whole debt is paid by one order.")
    enter = partial(services.propose_debt_paid, refund_id=refund.pk)
    return enter_entry(request, form, enter, title=_("A debt paid by bank"), hint=hint, refund=refund)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("payments.confirm_bank_payment", fresh=True)
def approve(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Ask once, then book the paper."""

    def act(now: datetime) -> str:
        services.approve_bank_entry(entry_id=entry_id, user=person(request), now=now)
        return _("Confirmed: it is in the books.")

    return decide(request, _matter(entry_id), act, title=_("Confirm the paper"), submit=_("Confirm and book"))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("payments.confirm_bank_payment", fresh=True)
def reject(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Ask why, then refuse the paper."""
    form = AnswerForm(request.POST or None)

    def act(now: datetime) -> str:
        answer = form.cleaned_data["answer"]
        services.reject_bank_entry(entry_id=entry_id, user=person(request), answer=answer, now=now)
        return _("Rejected: nothing has been booked.")

    return decide(request, _matter(entry_id), act, title=_("Reject the paper"), submit=_("Reject"), form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("payments.enter_bank_payment")
def withdraw(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Ask once, then take one's own entry back."""

    def act(now: datetime) -> str:
        services.withdraw_bank_entry(entry_id=entry_id, user=person(request), now=now)
        return _("Withdrawn: nothing has been booked.")

    return decide(request, _matter(entry_id), act, title=_("Withdraw the paper"), submit=_("Withdraw"))


@require_safe
@desk_page("payments.view_refund")
def chargeback_list(request: HttpRequest) -> HttpResponse:
    """Show payments that donors' banks took back, the newest first."""
    found = Chargeback.objects.select_related("payment").order_by("-noticed_at", "-pk")
    page = Paginator(found, selectors.PAGE_SIZE).get_page(request.GET.get("page"))
    labels = selectors.labels(payments=[row.payment for row in page])
    return render_desk(
        request,
        "desk/chargebacks.html",
        title=_("Disputed payments"),
        rows=[{"chargeback": row, "label": labels.get(row.payment_id)} for row in page],
        next_url=f"?page={page.next_page_number()}" if page.has_next() else "",
        previous_url=f"?page={page.previous_page_number()}" if page.has_previous() else "",
    )


def enter_entry(
    request: HttpRequest,
    form: PaperForm,
    enter: Callable[..., BankEntry],
    *,
    title: str,
    hint: object,
    facts: Sequence[tuple[object, object]] = (),
    refund: Refund | None = None,
) -> HttpResponse:
    """Ask for what a paper says, and on a valid form let ``enter`` write that down; 422 where it can't be."""
    if form.is_valid():
        try:
            entry = enter(**form.said(), user=person(request), now=timezone.now())
        except services.BankEntryError as error:
            form.add_error(None, _words(error))
        else:
            messages.info(request, _("Written down; a second person confirms it, then it is booked."))
            return redirect("money:bank_entry", entry_id=entry.pk)
    label = selectors.labels(payments=[refund.payment]).get(refund.payment_id) if refund else None
    context = {"form": form, "refund": refund, "label": label, "hint": hint, "facts": facts}
    return render_desk(request, "desk/bank_enter.html", title=title, is_refused=bool(form.errors), **context)


def _matter(entry_id: int) -> Matter:
    entry = _find(entry_id)
    back = reverse("money:bank_entry", kwargs={"entry_id": entry.pk})
    return Matter("desk/bank_decide.html", _rows([entry])[0], back, REFUSALS, _words)


def _rows(entries: list[BankEntry]) -> list[dict[str, Any]]:
    """Return entries with the gift or project that each is about. One query, and one a purpose."""
    labels = selectors.labels(payments=[entry.refund.payment for entry in entries if entry.refund])
    projects = project_names(subjects={entry.subject for entry in entries if entry.subject})
    return [
        {
            "entry": one,
            "label": labels.get(one.refund.payment_id) if one.refund else None,
            "project": projects.get(one.subject, ""),
        }
        for one in entries
    ]


def _places() -> list[tuple[str, Kopecks]]:
    """Return where the fund's money is, and what it owes suppliers, as the books say. One query."""
    names = {"57.yookassa": _("At ЮKassa"), "51": _("At the bank"), "60": _("Owed to suppliers")}
    held = balances_kopecks(codes=names)
    return [(name, held[code]) for code, name in names.items()]


def _words(error: Exception) -> str:
    """Return why it can't be, in words for the staff."""
    words = {
        services.ProposalDecidedError: _("It was decided meanwhile: look at the paper."),
        services.OwnProposalError: _("You wrote this paper down yourself: a second person confirms it."),
        services.NotOwnProposalError: _("Only who wrote the paper down can withdraw it."),
        services.NotOwedError: _("The fund does not owe this sum, or a payment order for it waits already."),
        services.NotHeldError: _("There is not so much money there, less what waits to be confirmed."),
        services.NotSpendableError: _("The project's money can't be spent now: look at its state."),
        services.OrderKnownError: _("A paper of this number and day is written down already."),
        services.OrderDateError: _("The paper can't be of a day to come, nor of before the debt."),
    }
    return words[type(error)]


def _find(entry_id: int) -> BankEntry:
    found = BankEntry.objects.select_related("refund__payment", "proposed_by", "decided_by", "operation")
    return get_object_or_404(found, pk=entry_id)
