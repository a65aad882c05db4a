"""Refunds whose key is lost and that ЮKassa does not have: two persons say so, then the fund owes the money.

A new key is never tried by the machine: the first attempt may have reached ЮKassa, and the money would go twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from fund.payments.models import Cause, LostRefund, Refund
from fund.payments.services.causes import caused_by
from fund.payments.services.proposing import NotOwnProposalError, OwnProposalError, ProposalDecidedError
from fund.payments.services.refunding import adopt_listed, lock_refund, refuse_refund
from people.services import record_act, subject_of

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User

State = LostRefund.State
VERBS = {State.APPROVED: "confirm", State.REJECTED: "reject", State.WITHDRAWN: "withdraw"}
REASON = "key_expired"


class NotLostError(Exception):
    """ЮKassa has spoken of the refund, or can still be asked; or somebody's word of it waits already."""


class FoundAfterAllError(Exception):
    """ЮKassa's list holds the refund: it is taken over, and nothing is owed."""


@transaction.atomic
def propose_lost(*, refund_id: int, note: str, request_key: str, user: User, now: datetime) -> LostRefund:
    """Write down that ЮKassa does not have a refund. Same key: the same word. Nothing moves yet.

    :param note: what its cabinet shows.
    :raises NotLostError: if the refund is not lost, or a word of it waits.
    """
    refund = lock_refund(refund_id)
    known = refund.losses.filter(request_key=request_key).first()
    if known:
        return known
    if not refund.is_lost(now) or refund.losses.filter(state=State.PROPOSED).exists():
        raise NotLostError
    found = LostRefund.objects.create(
        refund=refund, note=note, request_key=request_key, proposed_by=user, proposed_at=now
    )
    _record("propose", found, user, now)
    return found


@caused_by(Cause.STAFF)
def approve_lost(*, lost_id: int, user: User, now: datetime) -> LostRefund:
    """Owe the money to the donor, as the second person, and write the act down. Never inside a transaction.

    ЮKassa's own list is read once more before: people look at the wrong day.

    :raises ProposalDecidedError: if it was decided before.
    :raises OwnProposalError: if the same person wrote it down.
    :raises FoundAfterAllError: if ЮKassa's list holds the refund.
    :raises NotLostError: if ЮKassa told of it meanwhile.
    :raises GatewayError: if the list can't be read now.
    """
    lost = LostRefund.objects.select_related("refund__payment").get(pk=lost_id)
    _refuse_own(lost, user)
    if lost.refund.is_lost(now) and adopt_listed(lost.refund, now):
        raise FoundAfterAllError
    return _approve(lost_id, user, now)


@transaction.atomic
def reject_lost(*, lost_id: int, user: User, answer: str, now: datetime) -> LostRefund:
    """Refuse the word, as the second person; ``answer`` tells the first one why.

    :raises ProposalDecidedError: if it was decided before.
    :raises OwnProposalError: if the same person wrote it down.
    """
    lost = _lock(lost_id)
    _refuse_own(lost, user)
    return _decide(lost, State.REJECTED, user, answer, now)


@transaction.atomic
def withdraw_lost(*, lost_id: int, user: User, now: datetime) -> LostRefund:
    """Take the word back, as who wrote it down.

    :raises ProposalDecidedError: if it was decided before.
    :raises NotOwnProposalError: if somebody else wrote it down.
    """
    lost = _lock(lost_id)
    if lost.proposed_by_id != user.pk:
        raise NotOwnProposalError
    return _decide(lost, State.WITHDRAWN, user, "", now)


@transaction.atomic
def _approve(lost_id: int, user: User, now: datetime) -> LostRefund:
    lost = _lock(lost_id)
    if not lost.refund.is_lost(now):
        raise NotLostError
    refuse_refund(refund_id=lost.refund_id, reason=REASON, now=now)
    return _decide(lost, State.APPROVED, user, "", now)


def _refuse_own(lost: LostRefund, user: User) -> None:
    if lost.proposed_by_id == user.pk:
        raise OwnProposalError


def _lock(lost_id: int) -> LostRefund:
    """Lock the payment, the refund, then the word, if it still waits."""
    refund: Refund = lock_refund(LostRefund.objects.values_list("refund", flat=True).get(pk=lost_id))
    lost = LostRefund.objects.select_for_update().get(pk=lost_id)
    if lost.state != State.PROPOSED:
        raise ProposalDecidedError
    lost.refund = refund
    return lost


def _decide(lost: LostRefund, state: LostRefund.State, user: User, answer: str, now: datetime) -> LostRefund:
    lost.state, lost.decided_by, lost.decided_at, lost.answer = state, user, now, answer
    lost.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    _record(VERBS[state], lost, user, now)
    return lost


def _record(verb: str, lost: LostRefund, user: User, now: datetime) -> None:
    """Write the act down; what people typed stays in the word."""
    details = {"refund": lost.refund_id, "kopecks": lost.refund.amount_kopecks}
    subject = subject_of(lost.refund.payment)
    record_act(actor=user, action=f"payments.{verb}_lost_refund", subject=subject, details=details, now=now)
