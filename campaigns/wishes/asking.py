"""A donor asks for a gift back; before the goal is met, an all-or-nothing one is taken back at once."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from campaigns.funding.fees import Split, split
from campaigns.life.moves import share_campaign
from campaigns.models import Donation, RefundRequest
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.models import Payment, Refund
from fund.payments.selectors import refundable_kopecks
from fund.payments.tasks import settle_refund
from people.turns import take_turns

if TYPE_CHECKING:
    from datetime import datetime

State = RefundRequest.State
MOST_REQUESTS = 3  # of one gift: who was declined twice has said what there was to say
MOST_TAKEN_BACK, WINDOW = 3, timedelta(days=1)  # by one person: each costs the fund ЮKassa's fee


class WishError(Exception):
    """It can't be asked for."""


class NothingLeftError(WishError):
    """Nothing of the gift can go back."""


class AskedAlreadyError(WishError):
    """A request of this gift waits for its answer."""


class TooManyWishesError(WishError):
    """More is asked for than anybody means."""


class NotOwnMoneyError(WishError):
    """The money is not the donor's any more: the goal is met, or the time is over."""


@transaction.atomic
def ask_refund(*, donation_id: int, reason: str, now: datetime) -> RefundRequest:
    """Write down that a donor asks for what is left of a gift.

    :raises NothingLeftError: if nothing can go back.
    :raises AskedAlreadyError: if the gift has an open request, or an agreed one that is not carried out.
    :raises TooManyWishesError: if it was asked for too often.
    """
    payment = lock_payment(donation_id)
    if not refundable_kopecks(payment=payment):
        raise NothingLeftError
    requests = RefundRequest.objects.filter(donation=donation_id).select_related("proposal")
    if any(is_standing(request) for request in requests):
        raise AskedAlreadyError
    if len(requests) >= MOST_REQUESTS:
        raise TooManyWishesError
    return RefundRequest.objects.create(donation_id=donation_id, reason=reason, asked_at=now)


def is_standing(request: RefundRequest) -> bool:
    """Return whether a request, which came with its proposal, waits for staff: for an answer, or a second person."""
    proposal = request.proposal
    waiting = {proposal.State.PROPOSED, proposal.State.REJECTED, proposal.State.WITHDRAWN} if proposal else set()
    return request.state == State.OPEN or (proposal is not None and proposal.state in waiting)


def can_take_back(*, donation: Donation, now: datetime) -> bool:
    """Return whether the gift's money is still its donor's, so that nobody else is asked. One query at most."""
    campaign, payment = donation.campaign, donation.payment
    is_own = campaign.is_owed and campaign.is_open(now) and payment.booked_event == "gift_until_goal"
    if not is_own or payment.booked_subject != campaign.slug:
        return False
    found = split(payment=payment, is_fee_kept=donation.is_fee_kept, now=now)
    return found is not None and found.back_kopecks > 0 and found.back_kopecks >= payments.LEAST_KOPECKS


def take_back(*, donation_id: int, now: datetime) -> Refund:
    """Send back a gift to an all-or-nothing campaign whose goal is not met yet, whole, at the donor's word alone.

    The offer says so: until then the money is the donor's. It goes where it came from, so nobody can steal it so.

    :raises NotOwnMoneyError: if it is the project's by now, or the campaign has ended.
    :raises TooManyWishesError: if this person took back too many today: each costs the fund ЮKassa's fee.
    """
    with transaction.atomic():
        refund = _take_back(donation_id, now)
        transaction.on_commit(partial(settle_refund.delay, refund_id=refund.pk), robust=True)
    return refund


def _take_back(donation_id: int, now: datetime) -> Refund:
    payment = lock_payment(donation_id)
    donation = Donation.objects.select_related("donor").get(pk=donation_id)
    donation.payment, donation.campaign = payment, share_campaign(campaign_id=donation.campaign_id)
    if not can_take_back(donation=donation, now=now):
        raise NotOwnMoneyError
    _refuse_haste(donation, now)
    parts: Split | None = split(payment=payment, is_fee_kept=donation.is_fee_kept, now=now)
    if parts is None:  # pragma: no cover - can_take_back saw it
        raise NotOwnMoneyError
    RefundRequest.objects.filter(donation=donation, state=State.OPEN).update(state=State.CLOSED, answered_at=now)
    return payments.request_refund(
        payment_id=payment.pk,
        amount_kopecks=Kopecks(parts.back_kopecks),
        fee_kopecks=Kopecks(parts.fee_kopecks),
        reason=Refund.Reason.DONOR_REQUEST,
        request_key=f"taken:{payment.reference}:{parts.back_kopecks}",
        now=now,
    )


def _refuse_haste(donation: Donation, now: datetime) -> None:
    if donation.donor is None or not donation.donor.email:
        return
    email = donation.donor.email.lower()
    take_turns(f"taken:{email}")
    own = Donation.objects.filter(donor__email__iexact=email).values("payment")
    taken = Refund.objects.filter(payment__in=own, request_key__startswith="taken:", created_at__gt=now - WINDOW)
    if taken.count() >= MOST_TAKEN_BACK:
        raise TooManyWishesError


def lock_payment(donation_id: int) -> Payment:
    """Lock what a wish is about: before the wish itself, everywhere in this order."""
    payment_id = Donation.objects.values_list("payment", flat=True).get(pk=donation_id)
    return Payment.objects.select_for_update().get(pk=payment_id)
