"""After the deadline: what is left becomes one share for each gift, to the kopeck, once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from campaigns.funding.deciding import UNFINISHED_PAYMENT
from campaigns.models import Choice, Donation, PurposeAnswer, PurposeQuestion, PurposeShare
from campaigns.repurposing.pool import LEAST_KOPECKS, partakers, pool_of, shares_of
from fund.money import Kopecks
from fund.payments.models import Payment

if TYPE_CHECKING:
    from datetime import datetime

BATCH = 500


@transaction.atomic
def share_out(*, question_id: int, now: datetime) -> bool:
    """Share out what is left, once the deadline has passed; return whether that is done. Repeat-safe.

    Payments are locked first, so that no refund is booked meanwhile, then the question, which waits for the answers of
    the last second. A payment that was begun in time and is not final is waited for.
    """
    seen = PurposeQuestion.objects.select_related("campaign").get(pk=question_id)
    if not _is_due(seen, now):
        return seen.shared_at is not None
    campaign = seen.campaign
    begun = partakers(campaign=campaign).values_list("payment", flat=True)
    locked = set(
        Payment.objects.select_for_update().filter(pk__in=list(begun)).order_by("pk").values_list("pk", flat=True)
    )
    question = PurposeQuestion.objects.select_for_update().get(pk=question_id)
    if not _is_due(question, now):  # somebody else did it meanwhile
        return True
    if Donation.objects.filter(campaign=campaign, payment__state__in=UNFINISHED_PAYMENT).exists():
        return False
    gifts = list(partakers(campaign=campaign).select_related("payment").order_by("pk"))
    if not {gift.payment_id for gift in gifts} <= locked:  # one was booked between the two looks
        return False
    _share(question, gifts, now)
    return True


def returnable(*, payment: Payment, now: datetime) -> bool:
    """Return whether ЮKassa still takes the payment back."""
    return bool(now < payment.created_at + timedelta(days=settings.YOOKASSA_REFUND_DAYS))


def default_choice(*, payment: Payment, now: datetime) -> Choice:
    """Return what becomes of a share whose donor is silent, as the offer says: back, or else to the fund."""
    return Choice.RETURN if returnable(payment=payment, now=now) else Choice.FUND


def fitting(*, choice: Choice, share_kopecks: int) -> Choice:
    """Return the choice that can be carried out: ЮKassa sends nothing below a rouble back, so it is the fund's."""
    is_too_small = choice == Choice.RETURN and share_kopecks < LEAST_KOPECKS
    return Choice.FUND if is_too_small else choice


def _is_due(question: PurposeQuestion, now: datetime) -> bool:
    return question.state == "asking" and question.deadline_at is not None and question.deadline_at <= now


def _share(question: PurposeQuestion, gifts: list[Donation], now: datetime) -> None:
    found = pool_of(campaign=question.campaign)
    kept = [Kopecks(gift.free_kopecks) for gift in gifts]  # type: ignore[attr-defined]  # annotated
    shares, others = shares_of(pool_kopecks=found.pool_kopecks, others_kopecks=found.others_kopecks, kept=kept)
    missing = [PurposeShare(question=question, donation=gift) for gift in gifts]
    PurposeShare.objects.bulk_create(missing, ignore_conflicts=True, batch_size=BATCH)
    rows = {row.donation_id: row for row in PurposeShare.objects.filter(question=question)}
    last = PurposeAnswer.objects.filter(share__question=question).order_by("share", "-pk").distinct("share")
    answers = {answer.share_id: answer for answer in last}
    by_gift = dict(zip((gift.pk for gift in gifts), zip(gifts, kept, shares, strict=True), strict=True))
    for donation_id, row in rows.items():
        gift, row.kept_kopecks, row.share_kopecks = by_gift.get(donation_id, (None, 0, 0))
        if gift is None or not row.share_kopecks:  # it went back before, or all is spent
            row.done_at = now
            continue
        answer = answers.get(row.pk)
        choice = Choice(answer.choice) if answer else default_choice(payment=gift.payment, now=now)
        row.outcome = fitting(choice=choice, share_kopecks=row.share_kopecks)
        row.target_id = answer.target_id if answer else None
    fields = ["kept_kopecks", "share_kopecks", "outcome", "target", "done_at"]
    PurposeShare.objects.bulk_update(rows.values(), fields, batch_size=BATCH)
    question.pool_kopecks, question.others_kopecks, question.shared_at = sum(shares) + others, others, now
    question.save()
