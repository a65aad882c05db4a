"""What is paid out and spent, at the desk: ЮKassa's payouts, projects' expenses, suppliers paid."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fund.ledger.selectors import balances_kopecks, project_names
from fund.money import Kopecks, format_roubles
from fund.payments import purposes, selectors, services
from fund.payments.bank_views import ONCE_CARRIED_OUT, enter_entry
from fund.payments.desk_forms import ExpenseForm, OrderSumForm
from fund.payments.models import BankEntry
from people.desk_pages import desk_page, render_desk
from people.paging import CappedPaginator

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("payments.enter_bank_payment", fresh=True)
def payout(request: HttpRequest) -> HttpResponse:
    """Write down what ЮKassa paid out to the bank."""
    form = OrderSumForm(request.POST or None, initial={"key": uuid4()})

    held = balances_kopecks(codes=["57.yookassa"])["57.yookassa"]
    facts = [(_("At ЮKassa"), format_roubles(held))]
    hint = _("Enter it once the money stands in the bank's statement: the order is ЮKassa's own.")
    return enter_entry(request, form, services.propose_payout, title=_("Paid out by ЮKassa"), hint=hint, facts=facts)


@require_safe
@desk_page("payments.enter_bank_payment")
def project_list(request: HttpRequest) -> HttpResponse:
    """Show the projects whose money may be spent, and what each holds."""
    page = CappedPaginator(purposes.spending().subjects(), selectors.PAGE_SIZE).get_page(request.GET.get("page"))
    names = project_names(subjects=list(page))
    held = balances_kopecks(codes=[f"86.{subject}" for subject in page])
    rows = [(subject, names[subject], held[f"86.{subject}"]) for subject in page]
    return render_desk(
        request,
        "desk/spend.html",
        title=_("An expense of a project"),
        rows=rows,
        next_url=f"?page={page.next_page_number()}" if page.has_next() else "",
        previous_url=f"?page={page.previous_page_number()}" if page.has_previous() else "",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("payments.enter_bank_payment", fresh=True)
def expense(request: HttpRequest, subject: str) -> HttpResponse:
    """Write down a supplier's act for a project."""
    project = purposes.spending().spendable(subject=subject)
    if project is None:
        raise Http404
    form = ExpenseForm(request.POST or None, initial={"key": uuid4()}, lines=project.lines)

    facts = [(_("Project"), project.title), (_("May be spent"), format_roubles(project.left_kopecks))]
    hint = _("Enter it from the paper itself: once it is confirmed, the project's money has covered it.")
    enter = partial(services.propose_expense, subject=subject)
    return enter_entry(request, form, enter, title=_("An expense of a project"), hint=hint, facts=facts)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("payments.enter_bank_payment", fresh=True)
def pay_supplier(request: HttpRequest, act_id: int) -> HttpResponse:
    """Write down the payment order by which an act, or a part of it, was paid."""
    act = get_object_or_404(selectors.with_open(acts=BankEntry.objects.spent()), pk=act_id)
    left = Kopecks(act.open_kopecks)  # type: ignore[attr-defined]  # annotated
    form = OrderSumForm(request.POST or None, initial={"key": uuid4()})

    name = project_names(subjects=[act.subject])[act.subject]
    facts = [
        (_("Project"), name),
        (_("What for"), act.words),
        (_("Sum of the act"), format_roubles(act.amount_kopecks)),
        (_("Still to be paid"), format_roubles(left)),
    ]
    enter = partial(services.propose_supplier_paid, act_id=act.pk)
    return enter_entry(request, form, enter, title=_("A supplier paid"), hint=ONCE_CARRIED_OUT, facts=facts)
