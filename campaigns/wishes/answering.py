"""The staff answers who asks for a gift back: agreed, and it goes the way of refunds; or declined, saying why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from campaigns.letters import ANSWER
from campaigns.models import Donation, RefundRequest
from campaigns.wishes.asking import NothingLeftError, WishError, is_standing, lock_payment
from fund.payments import services as payments
from fund.payments.models import Refund
from fund.payments.selectors import refundable_kopecks
from people.models import User
from people.outbox import queue_letter
from people.services import record_act, subject_of

if TYPE_CHECKING:
    from datetime import datetime

State = RefundRequest.State


class AnsweredError(WishError):
    """The request was answered before."""


@transaction.atomic
def agree(*, request_id: int, user: User, now: datetime) -> RefundRequest:
    """Let what is left of the gift go back, as a refund that this member of staff asks for; the donor is told.

    :raises AnsweredError: if it was answered before.
    :raises NothingLeftError: if nothing of the gift can go back by now.
    :raises RefundError: one of its kinds.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)  # before its payment, as a refund does
    request = _lock(request_id)
    payment = request.donation.payment
    left = refundable_kopecks(payment=payment)
    if not left:
        raise NothingLeftError
    request.proposal = payments.propose_refund(
        payment_id=payment.pk,
        amount_kopecks=left,
        reason=Refund.Reason.DONOR_REQUEST,
        note="",
        request_key=f"wish:{request.pk}:{request.proposal_id or 0}",
        user=user,
        now=now,
    )
    return _answer(request, State.AGREED, user, "", now)


@transaction.atomic
def decline(*, request_id: int, user: User, answer: str, now: datetime) -> RefundRequest:
    """Refuse the request; the donor is told why, in these words.

    :raises AnsweredError: if it was answered before.
    """
    request = _lock(request_id)
    request.proposal = None
    record_act(actor=user, action="campaigns.decline_refund_request", subject=subject_of(request), now=now)
    return _answer(request, State.DECLINED, user, answer, now)


def _lock(request_id: int) -> RefundRequest:
    """Lock a request that waits for an answer: its first, or another after a second person rejected the refund.

    Its payment first, as a donor does who takes the gift back.
    """
    lock_payment(RefundRequest.objects.values_list("donation", flat=True).get(pk=request_id))
    rows = RefundRequest.objects.select_for_update(of=("self",)).select_related("donation__payment", "proposal")
    request = rows.get(pk=request_id)
    proposal = request.proposal
    if not is_standing(request) or (proposal is not None and proposal.state == proposal.State.PROPOSED):
        raise AnsweredError
    return request


def _answer(
    request: RefundRequest, state: RefundRequest.State, user: User, answer: str, now: datetime
) -> RefundRequest:
    request.state, request.answered_by, request.answered_at, request.answer = state, user, now, answer
    request.save(update_fields=["state", "answered_by", "answered_at", "answer", "proposal"])
    donation = Donation.objects.select_related("donor").get(pk=request.donation_id)
    if donation.donor is not None:
        context = {"donation": donation.pk, "request": request.pk}
        key = f"answer:{request.pk}:{request.proposal_id or 0}"
        queue_letter(kind=ANSWER, key=key, to=donation.donor, context=context, now=now)
    return request
