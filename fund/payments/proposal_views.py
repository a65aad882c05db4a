"""Refunds that wait for a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fund.payments import selectors, services
from fund.payments.deciding_views import Matter, decide
from fund.payments.desk_forms import AnswerForm
from fund.payments.desk_views import refusal, send
from fund.payments.models import LostRefund, RefundProposal
from people.access import person
from people.desk_pages import desk_page, render_desk

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LATEST = 20
REFUSALS = (
    services.RefundError,
    services.ProposalDecidedError,
    services.OwnProposalError,
    services.NotOwnProposalError,
)
WAITING = RefundProposal.State.PROPOSED


@require_safe
@desk_page("payments.view_refund")
def proposal_list(request: HttpRequest) -> HttpResponse:
    """Show what waits, the oldest first, then what was decided lately."""
    people = RefundProposal.objects.select_related("payment", "proposed_by", "decided_by")
    waiting = list(people.filter(state=WAITING).order_by("proposed_at")[: selectors.PAGE_SIZE])
    decided = list(people.exclude(state=WAITING).order_by("-pk")[:LATEST])
    lost = list(LostRefund.objects.filter(state=LostRefund.State.PROPOSED).select_related("refund", "proposed_by"))
    labels = selectors.labels(payments=[proposal.payment for proposal in waiting + decided])
    rows = [[{"proposal": row, "label": labels.get(row.payment_id)} for row in some] for some in (waiting, decided)]
    return render_desk(
        request,
        "desk/proposals.html",
        title=_("Refunds to approve"),
        waiting=rows[0],
        decided=rows[1],
        lost=lost,
    )


@require_safe
@desk_page("payments.view_refund")
def proposal_detail(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Show what is asked for, by whom, and what the reader may do about it."""
    proposal = _find(proposal_id)
    user, is_waiting = person(request), proposal.state == WAITING
    is_own = proposal.proposed_by_id == user.pk
    return render_desk(
        request,
        "desk/proposal.html",
        title=_("Refund to approve"),
        proposal=proposal,
        label=selectors.labels(payments=[proposal.payment]).get(proposal.payment_id),
        refundable_kopecks=selectors.refundable_kopecks(payment=proposal.payment),
        is_own=is_own and is_waiting,
        may_decide=is_waiting and not is_own and user.has_perm("payments.approve_refund"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("payments.approve_refund", fresh=True)
def approve(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Ask once, then let the refund go."""

    def act(now: Any) -> str:
        decided = services.approve_refund(proposal_id=proposal_id, user=person(request), now=now)
        send(decided.refund_id or 0)
        return _("Approved: the refund is on its way to ЮKassa.")

    return decide(request, _matter(proposal_id), act, title=_("Approve the refund"), submit=_("Approve and send"))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("payments.approve_refund", fresh=True)
def reject(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Ask why, then refuse the refund."""
    form = AnswerForm(request.POST or None)

    def act(now: Any) -> str:
        answer = form.cleaned_data["answer"]
        services.reject_refund(proposal_id=proposal_id, user=person(request), answer=answer, now=now)
        return _("Rejected: nothing has been sent.")

    return decide(request, _matter(proposal_id), act, title=_("Reject the refund"), submit=_("Reject"), form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("payments.request_refund")
def withdraw(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Ask once, then take one's own proposal back."""

    def act(now: Any) -> str:
        services.withdraw_refund(proposal_id=proposal_id, user=person(request), now=now)
        return _("Withdrawn: nothing has been sent.")

    return decide(request, _matter(proposal_id), act, title=_("Withdraw the refund"), submit=_("Withdraw"))


def _matter(proposal_id: int) -> Matter:
    proposal = _find(proposal_id)
    back = reverse("money:proposal", kwargs={"proposal_id": proposal.pk})
    return Matter("desk/decide.html", {"proposal": proposal}, back, REFUSALS, _words)


def _words(error: Exception) -> str:
    """Return why somebody can't decide, or why the money can't go."""
    if isinstance(error, services.ProposalDecidedError):
        return _("It was decided meanwhile: look at the proposal.")
    if isinstance(error, services.OwnProposalError):
        return _("You asked for this refund yourself: a second person decides.")
    if isinstance(error, services.NotOwnProposalError):
        return _("Only who asked for the refund can withdraw it.")
    return refusal(error)


def _find(proposal_id: int) -> RefundProposal:
    people = RefundProposal.objects.select_related("payment", "proposed_by", "decided_by")
    return get_object_or_404(people, pk=proposal_id)
