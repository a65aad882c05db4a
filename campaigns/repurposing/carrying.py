"""Each share is carried out by itself: back to its donor, on to another project, or to the fund.

One gift is one transaction, under its payment's lock and with keys of its own: cut, doubled or run beside another, a
tick goes on where the last one stopped. What goes back is paced and waits for a top-up as after a missed goal.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, When

from campaigns import selectors
from campaigns.funding.pacing import is_covered, settle_each
from campaigns.funding.returning import FUND
from campaigns.life.moves import share_campaign
from campaigns.models import Campaign, Choice, Donation, PurposeQuestion, PurposeShare
from campaigns.repurposing.letters import DONE
from campaigns.repurposing.sharing import default_choice, fitting
from fund.ledger import services as ledger
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.days import moscow_date
from fund.payments.models import Payment, Refund
from fund.payments.selectors.left import left_kopecks
from people.outbox import queue_letter

if TYPE_CHECKING:
    from datetime import datetime


def carry_out(*, question_id: int, limit: int, now: datetime) -> int:
    """Carry out the next shares of a question; return how many. Repeat-safe, resumable; the last tick ends it.

    What moves comes first: a shortage at ЮKassa holds up only what goes back.
    """
    question = PurposeQuestion.objects.select_related("campaign").get(pk=question_id)
    if question.state != "carrying":
        return 0
    goes_back = Case(When(outcome=Choice.RETURN, then=1), default=0)
    going = Refund.objects.unfinished().filter(payment=OuterRef("donation__payment"))
    left = PurposeShare.objects.filter(question=question, done_at=None).order_by(goes_back, "pk")
    left = left.exclude(Exists(going))
    done = settle_each(
        gifts=list(left.values_list("pk", flat=True)[:limit]),
        settle=lambda share_id: _carry(share_id, now),
        subject=f"campaign:{question.campaign.slug}",
        now=now,
    )
    if not done:
        _finish(question.pk, now)
    return done


@transaction.atomic
def _carry(share_id: int, now: datetime) -> bool:
    """Carry one share out; return whether there was the money for it."""
    payment_id = PurposeShare.objects.values_list("donation__payment", flat=True).get(pk=share_id)
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    share = PurposeShare.objects.select_for_update().get(pk=share_id)
    if share.done_at is not None or share.share_kopecks is None or _is_leaving(payment):  # done meanwhile, or later
        return True
    free = max(0, left_kopecks(payment_id=payment.pk))
    amount = Kopecks(min(share.share_kopecks, free))  # what went back since on another way is not given twice
    target = _open_target(share, now)
    if share.outcome == Choice.MOVE and target is None:  # closed since it was chosen: as if nobody had answered
        share.outcome, share.target = default_choice(payment=payment, now=now), None
    choice = fitting(choice=Choice(share.outcome), share_kopecks=amount)
    if choice == Choice.RETURN and not is_covered(amount_kopecks=amount):
        return False
    share.outcome, share.carried_kopecks, share.done_at = choice, amount, now
    payment.spent_kopecks += free - amount
    payment.save(update_fields=["spent_kopecks"])
    if choice == Choice.RETURN:
        share.refund = payments.request_refund(
            payment_id=payment.pk,
            amount_kopecks=amount,
            reason=Refund.Reason.PURPOSE_CHANGED,
            request_key=f"purpose:{share.pk}:{payment.reference}",
            now=now,
        )
    elif amount:
        _hand_on(share, payment, amount, target, now)
    share.save()
    return True


def _is_leaving(payment: Payment) -> bool:
    """Return whether a refund is under way: it is booked where its gift is, so it goes first."""
    return payment.refunds.unfinished().exists()


def _hand_on(share: PurposeShare, payment: Payment, amount: Kopecks, target: Campaign | None, now: datetime) -> None:
    """Let the share be another project's, or the fund's, in the books and for whoever asks whose gift it is."""
    donation = (
        Donation.objects.select_for_update(of=("self",)).select_related("campaign", "donor").get(pk=share.donation_id)
    )
    source = donation.campaign.slug
    is_owed = target is not None and target.is_owed
    moved = "purpose_moved_until_goal" if is_owed else "purpose_moved"
    share.operation = ledger.post_event(
        event=moved if target else "purpose_left",
        subject=source,
        target=target.slug if target else "",
        amounts={"gross": amount},
        key=f"purpose:{share.pk}",
        business_date=moscow_date(now),
        reference=donation.number,
    )
    payment.booked_subject = target.slug if target else FUND
    payment.booked_event = "gift_until_goal" if is_owed else "gift"
    payment.save(update_fields=["booked_subject", "booked_event"])
    if target:
        donation.campaign, donation.spent_before_kopecks = target, payment.spent_kopecks
        donation.save(update_fields=["campaign", "spent_before_kopecks"])
        transaction.on_commit(partial(selectors.forget_donors, slugs=[source, target.slug]))
    if donation.donor is not None:
        queue_letter(kind=DONE, key=f"{DONE}:{share.pk}", to=donation.donor, context={"share": share.pk}, now=now)


@transaction.atomic
def _finish(question_id: int, now: datetime) -> None:
    """End a question whose every share is done; what no gift brought goes to the fund, so says the offer."""
    question = PurposeQuestion.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=question_id)
    if question.state != "carrying" or question.shares.filter(done_at=None).exists():
        return
    if question.others_kopecks:
        ledger.post_event(
            event="purpose_rest",
            subject=question.campaign.slug,
            amounts={"gross": Kopecks(question.others_kopecks)},
            key=f"purpose_rest:{question.pk}",
            business_date=moscow_date(now),
        )
    question.done_at = now
    question.save(update_fields=["done_at"])


def _open_target(share: PurposeShare, now: datetime) -> Campaign | None:
    """Return the chosen project, held until the share is booked, if it still takes gifts."""
    if share.target_id is None:
        return None
    target = share_campaign(campaign_id=share.target_id)
    return target if target.is_open(now) else None
