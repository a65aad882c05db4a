"""Refunds that the staff wants: a small one goes at once, a large one waits for a second person."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from fund.money import Kopecks
from fund.payments import purposes
from fund.payments.days import MOSCOW, moscow_date
from fund.payments.models import Cause, Payment, Refund, RefundProposal
from fund.payments.services.causes import caused_by
from fund.payments.services.refunding import (
    RefundDividedError,
    RefundKeyReusedError,
    RefundSpentError,
    refuse_unfit,
    request_refund,
)
from people.models import User
from people.services import record_act, subject_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

State = RefundProposal.State
VERBS = {State.APPROVED: "approve", State.REJECTED: "reject", State.WITHDRAWN: "withdraw"}


class OwnProposalError(Exception):
    """Who asked for a refund can't approve or reject it."""


class NotOwnProposalError(Exception):
    """Only who asked for a refund can take it back."""


class ProposalDecidedError(Exception):
    """The proposal was decided before."""


@transaction.atomic
@caused_by(Cause.STAFF)
def propose_refund(
    *, payment_id: int, amount_kopecks: Kopecks, reason: str, note: str, request_key: str, user: User, now: datetime
) -> RefundProposal:
    """Ask for a sum to go back, and write the act down: what one person may send alone goes, the rest waits.

    Same key, person, payment and sum: the same proposal.

    :raises RefundError: one of its kinds; nothing changes.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)  # whose day is counted below
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    known = RefundProposal.objects.filter(request_key=request_key).first()
    if known:
        if (known.payment_id, known.amount_kopecks, known.proposed_by_id) != (payment.pk, amount_kopecks, user.pk):
            raise RefundKeyReusedError(request_key)
        return known
    if purposes.find(payment.purpose).is_divided:
        raise RefundDividedError
    refuse_unfit(payment, amount_kopecks)
    refuse_spent(payment=payment, amount_kopecks=amount_kopecks)
    proposal = RefundProposal(
        payment=payment,
        amount_kopecks=amount_kopecks,
        reason=reason,
        note=note,
        request_key=request_key,
        proposed_by=user,
        proposed_at=now,
    )
    if not needs_second_person(payment=payment, amount_kopecks=amount_kopecks, user=user, now=now):
        proposal.refund = _request(proposal, now)
        proposal.state, proposal.decided_at = State.DIRECT, now
    proposal.save(force_insert=True)
    _record("request", proposal, user, now)
    return proposal


@transaction.atomic
@caused_by(Cause.STAFF)
def refund_by_command(
    *, payment_id: int, amount_kopecks: Kopecks, reason: str, request_key: str, now: datetime
) -> Refund:
    """Send a sum back at the word of who holds the machine itself, and write that down as nobody's act.

    Same key and sum: the same refund, written down once.

    :raises RefundError: one of its kinds; nothing changes.
    """
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    is_known = Refund.objects.filter(request_key=request_key).exists()
    if not is_known:
        refuse_spent(payment=payment, amount_kopecks=amount_kopecks)
    refund = request_refund(
        payment_id=payment_id, amount_kopecks=amount_kopecks, reason=reason, request_key=request_key, now=now
    )
    if not is_known:
        details = {"refund": refund.pk, "kopecks": amount_kopecks, "reason": reason}
        subject = subject_of(payment)
        record_act(actor=None, action="payments.request_refund", subject=subject, details=details, now=now)
    return refund


@transaction.atomic
@caused_by(Cause.STAFF)
def approve_refund(*, proposal_id: int, user: User, now: datetime) -> RefundProposal:
    """Let the refund go, as the second person, and write the act down.

    :raises ProposalDecidedError: if it was decided before.
    :raises OwnProposalError: if the same person asked for it.
    :raises RefundError: if the payment no longer has that sum; the proposal stays as it is.
    """
    proposal = _lock(proposal_id)
    if proposal.proposed_by_id == user.pk:
        raise OwnProposalError
    refuse_spent(payment=proposal.payment, amount_kopecks=Kopecks(proposal.amount_kopecks))
    proposal.refund = _request(proposal, now)
    return _decide(proposal, State.APPROVED, user, "", now)


@transaction.atomic
def reject_refund(*, proposal_id: int, user: User, answer: str, now: datetime) -> RefundProposal:
    """Refuse the refund, as the second person; ``answer`` tells the first one why.

    :raises ProposalDecidedError: if it was decided before.
    :raises OwnProposalError: if the same person asked for it.
    """
    proposal = _lock(proposal_id)
    if proposal.proposed_by_id == user.pk:
        raise OwnProposalError
    return _decide(proposal, State.REJECTED, user, answer, now)


@transaction.atomic
def withdraw_refund(*, proposal_id: int, user: User, now: datetime) -> RefundProposal:
    """Take the proposal back, as who made it.

    :raises ProposalDecidedError: if it was decided before.
    :raises NotOwnProposalError: if somebody else asked for it.
    """
    proposal = _lock(proposal_id)
    if proposal.proposed_by_id != user.pk:
        raise NotOwnProposalError
    return _decide(proposal, State.WITHDRAWN, user, "", now)


def needs_second_person(*, payment: Payment, amount_kopecks: Kopecks, user: User, now: datetime) -> bool:
    """Return whether one person may not send that sum alone. Three queries.

    What counts: all that goes or went back of this payment, and all that this person sent alone this Moscow day; so
    a large refund can't be cut into small ones.
    """
    day = datetime.combine(moscow_date(now), time.min, MOSCOW)
    waiting = payment.proposals.filter(state=State.PROPOSED)
    of_payment = _total(payment.refunds.exclude(state=Refund.State.DROPPED)) + _total(waiting)
    of_day = _total(RefundProposal.objects.filter(proposed_by=user, proposed_at__gte=day, state=State.DIRECT))
    limit: int = settings.REFUND_APPROVAL_KOPECKS
    return max(of_payment, of_day) + amount_kopecks > limit


def refuse_spent(*, payment: Payment, amount_kopecks: Kopecks) -> None:
    """Do nothing where the project still has the sum; then nobody spends it before the transaction ends.

    What goes back by itself asks nobody: late gifts, missed campaigns and shares of stopped ones are never spent.

    :raises RefundSpentError: if it is not left of the project's money.
    """
    found = purposes.spending().spendable(subject=payment.booked_subject, is_held=True)
    if found is not None and amount_kopecks > found.left_kopecks:
        raise RefundSpentError(found.left_kopecks)


def _total(rows: QuerySet[Refund] | QuerySet[RefundProposal]) -> int:
    total: int | None = rows.aggregate(total=Sum("amount_kopecks"))["total"]
    return total or 0


def _request(proposal: RefundProposal, now: datetime) -> Refund:
    return request_refund(
        payment_id=proposal.payment_id,
        amount_kopecks=Kopecks(proposal.amount_kopecks),
        reason=proposal.reason,
        request_key=f"desk:{proposal.request_key}"[:64],
        now=now,
    )


def _lock(proposal_id: int) -> RefundProposal:
    """Lock the payment, then its proposal, if it still waits."""
    payment_id = RefundProposal.objects.values_list("payment_id", flat=True).get(pk=proposal_id)
    Payment.objects.select_for_update().get(pk=payment_id)
    proposal = RefundProposal.objects.select_for_update().get(pk=proposal_id)
    if proposal.state != State.PROPOSED:
        raise ProposalDecidedError
    return proposal


def _decide(
    proposal: RefundProposal, state: RefundProposal.State, user: User, answer: str, now: datetime
) -> RefundProposal:
    proposal.state, proposal.decided_by, proposal.decided_at, proposal.answer = state, user, now, answer
    proposal.save(update_fields=["state", "decided_by", "decided_at", "answer", "refund"])
    _record(VERBS[state], proposal, user, now)
    return proposal


def _record(verb: str, proposal: RefundProposal, user: User, now: datetime) -> None:
    """Write the act down; what people typed stays in the proposal."""
    details = {"proposal": proposal.pk, "kopecks": proposal.amount_kopecks, "reason": proposal.reason}
    subject = subject_of(proposal.payment)
    record_act(actor=user, action=f"payments.{verb}_refund", subject=subject, details=details, now=now)
