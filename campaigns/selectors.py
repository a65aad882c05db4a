"""Campaigns as pages and the API show them; every sum is read from the books."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db.models import Case, Count, TextField, When, prefetch_related_objects
from django.db.models.functions import Cast, Coalesce, Lower
from django.utils.translation import gettext
from redis.exceptions import RedisError

from campaigns.life.differences import Piece, difference
from campaigns.life.moves import ORGANISER
from campaigns.models import Amendment, BudgetLine, Campaign, CampaignPicture, Donation, Step
from fund.ledger.log import signed_size
from fund.ledger.purposes import COSTS_HEAD, PURPOSE_HEADS, purpose_money
from fund.ledger.selectors import account_totals
from fund.money import Kopecks
from fund.payments.models import Payment, Refund
from fund.payments.selectors import refund_sums
from people.models import Letter
from people.roles import ROLES
from people.roles import title as role_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from fund.payments.selectors import RefundSums

RECEIPT_GRACE = timedelta(seconds=20)
SWEEP = 100
DONORS_SECONDS = 3  # with the second after which a kept page is looked at again, within the five that are promised
CROWD = 2000
DONORS_KEY = "campaigns:donors:{}"
PERSON = Coalesce(Lower("donor__email"), Cast("donor__erased_as", TextField()))  # one and the same also when erased


@dataclass(frozen=True)
class Figures:
    """What the books say of one campaign, in kopecks, and how many gifts reached it."""

    raised_kopecks: Kopecks
    spent_kopecks: Kopecks
    donors: int

    @property
    def held_kopecks(self) -> Kopecks:
        """Return what is raised and not spent yet."""
        return Kopecks(self.raised_kopecks - self.spent_kopecks)


@dataclass(frozen=True)
class CampaignRow:
    """One campaign in a list."""

    campaign: Campaign
    figures: Figures
    percent: int
    days_left: int | None
    is_open: bool

    @property
    def minimum_percent(self) -> int | None:
        """Return where on the way to the goal the minimum lies; None where there is none, or it is the goal."""
        minimum, goal = self.campaign.minimum_kopecks, self.campaign.goal_kopecks
        return minimum * 100 // goal if minimum and minimum < goal else None


@dataclass(frozen=True)
class StepRow:
    """One thing that happened to a campaign, in public."""

    at: datetime
    title: str
    role: str
    reason: str
    changes: list[Piece] = field(default_factory=list)

    @property
    def role_title(self) -> str:
        """Return what the role is called; the deadline and the fund's own machinery act as the system."""
        if self.role == ORGANISER:
            return gettext("organiser")
        return role_title(self.role) if self.role in ROLES else gettext("by itself")


@dataclass(frozen=True)
class GiftRow:
    """One gift as the public sees it: a name only where the donor asked for it, and what has not gone back."""

    public_name: str
    kept_kopecks: Kopecks
    operation_number: int


@dataclass(frozen=True)
class GiftState:
    """How far a gift has come; ``status`` is the API's word."""

    status: str
    confirmation_url: str
    operation_number: int | None
    has_receipt: bool
    is_letter_sent: bool
    is_letter_awaited: bool
    cancel_reason: str
    refunds: RefundSums
    can_ask: bool

    @property
    def mark(self) -> str:
        """Return what changes whenever the page would."""
        parts = (self.status, self.confirmation_url, self.has_receipt, self.is_letter_sent, self.refunds)
        return sha256(repr(parts).encode()).hexdigest()[:16]

    @property
    def is_late(self) -> bool:
        """Return whether the money came after the campaign had closed, so that it goes back."""
        return Refund.Reason.CAMPAIGN_CLOSED in self.refunds.reasons

    @property
    def is_waiting(self) -> bool:
        """Return whether something is still to happen."""
        if self.status == "pending" or self.refunds.returning_kopecks:
            return True
        return self.status == "succeeded" and self.is_letter_awaited and not self.is_late


def figures(*, campaigns: Iterable[Campaign]) -> dict[str, Figures]:
    """Return the one public figure of each campaign, by slug: raised, spent, donors. Two queries at most.

    Raised is what came in for the purpose less what went back: the credit of 86 and 76 less their debit, but costs
    that the purpose's money covered (the credit of 20) are spent, not gone back.
    """
    slugs = [campaign.slug for campaign in campaigns]
    totals = account_totals(codes=[f"{head}.{slug}" for slug in slugs for head in (*PURPOSE_HEADS, COSTS_HEAD)])
    donors = _donors(slugs)
    found = {}
    for slug in slugs:
        costs = totals[f"{COSTS_HEAD}.{slug}"].credit_kopecks if f"{COSTS_HEAD}.{slug}" in totals else 0
        held = sum(
            totals[code].balance_kopecks for code in (f"{head}.{slug}" for head in PURPOSE_HEADS) if code in totals
        )
        money = purpose_money(held_kopecks=held, costs_credit_kopecks=costs)
        found[slug] = Figures(money.raised_kopecks, money.spent_kopecks, donors.get(slug, 0))
    return found


def rows(*, campaigns: Sequence[Campaign], now: datetime) -> list[CampaignRow]:
    """Return campaigns with their figures and covers. Three queries at most, however many; two without own covers."""
    prefetch_related_objects(campaigns, "cover")
    found = figures(campaigns=campaigns)
    return [
        CampaignRow(
            campaign=campaign,
            figures=found[campaign.slug],
            percent=found[campaign.slug].raised_kopecks * 100 // campaign.goal_kopecks,
            days_left=campaign.days_left(now),
            is_open=campaign.is_open(now),
        )
        for campaign in campaigns
    ]


def published() -> QuerySet[Campaign]:
    """Return campaigns that the public sees, live ones first, then the newest."""
    found = Campaign.objects.published().select_related("organiser__community", "cover")
    is_live = Case(When(status=Campaign.Status.LIVE, then=0), default=1)
    return found.order_by(is_live, "-opens_at", "-pk")


def budget(*, campaign: Campaign) -> list[BudgetLine]:
    """Return what the money is for, in order. One query."""
    return list(BudgetLine.objects.filter(campaign=campaign).order_by("position"))


def pictures(*, campaign: Campaign, kind: str) -> list[CampaignPicture]:
    """Return a campaign's pictures of one kind that are ready, in the order in which they came. One query."""
    ready = CampaignPicture.objects.filter(campaign=campaign, kind=kind, state=CampaignPicture.State.READY)
    return list(ready.order_by("pk"))


def timeline(*, campaign: Campaign) -> list[StepRow]:
    """Return what happened to a campaign, the newest first: the role that did it, never the person. Two queries."""
    steps = Step.objects.filter(campaign=campaign).order_by("-pk")
    amendments = Amendment.objects.filter(campaign=campaign).order_by("-pk")
    found = [StepRow(step.at, step.get_to_status_display(), step.role, step.reason) for step in steps]
    found += [
        StepRow(
            one.at,
            gettext("Amended: %(what)s") % {"what": one.get_field_display()},
            one.role,
            one.reason,
            difference(one.before, one.after),
        )
        for one in amendments
    ]
    return sorted(found, key=lambda row: row.at, reverse=True)


def gift_state(*, donation: Donation) -> GiftState:
    """Return how far a gift has come. One query, where the gift came with payment and letter."""
    return gift_states(donations=[donation])[donation.pk]


def gift_states(*, donations: Sequence[Donation]) -> dict[int, GiftState]:
    """Return how far gifts have come, by id. One query, where they came with payment and letter."""
    sums = refund_sums(payment_ids=[donation.payment_id for donation in donations])
    return {donation.pk: _state(donation, sums[donation.payment_id]) for donation in donations}


def _state(donation: Donation, refunds: RefundSums) -> GiftState:
    payment, letter = donation.payment, donation.letter
    status = _status(payment, refunds.gone_kopecks)
    returned = refunds.returned_kopecks + refunds.repaid_kopecks + refunds.disputed_kopecks
    is_something_left = donation.amount_kopecks > returned + refunds.owed_kopecks + refunds.fee_kopecks
    is_paid = status in {"succeeded", "partially_refunded"}
    return GiftState(
        status=status,
        confirmation_url=payment.confirmation_url if payment.state == Payment.State.PENDING else "",
        operation_number=payment.operation_id,
        has_receipt=bool(donation.receipt_name),
        is_letter_sent=letter is not None and letter.sent_at is not None,
        is_letter_awaited=letter is None or letter.state == Letter.State.WAITING,
        cancel_reason=payment.cancel_reason,
        refunds=refunds,
        can_ask=is_paid and is_something_left and not refunds.returning_kopecks,
    )


def is_sent_to_fund(*, donation: Donation) -> bool:
    """Return whether the money came too late for the campaign and serves the fund's common goals. No query."""
    return donation.payment.booked_subject not in {"", donation.campaign.slug}


def overdue_receipts(*, now: datetime) -> list[int]:
    """Return gifts whose receipt was due a while ago and is not made though its proof is there. Two queries."""
    due = Donation.objects.filter(receipt_due_at__lte=now - RECEIPT_GRACE, letter__isnull=True, donor__isnull=False)
    due = due.filter(payment__operation__log_entry__place__lt=signed_size())
    return list(due.order_by("receipt_due_at").values_list("pk", flat=True)[:SWEEP])


def newest_gifts(*, campaign: Campaign, limit: int = 8) -> list[GiftRow]:
    """Return the last gifts that a campaign still has; a name that a moderator hid is none. One query."""
    kept = Donation.objects.filter(campaign=campaign).kept().order_by("-created_at")
    rows = kept.values_list("donor__public_name", "hidden_name", "kept_kopecks", "payment__operation")[:limit]
    return [GiftRow("" if hidden else name or "", Kopecks(kopecks), number) for name, hidden, kopecks, number in rows]


def named_gifts(*, before: int | None = None, limit: int) -> list[Donation]:
    """Return gifts that show a name, the newest first, below ``before``; hidden names too. One query."""
    named = Donation.objects.filter(donor__public_name__gt="").order_by("-pk")
    found = named.filter(pk__lt=before) if before else named
    return list(found.select_related("campaign", "donor", "payment", "hidden_name__hidden_by")[:limit])


def _status(payment: Payment, refunded: Kopecks) -> str:
    if payment.state == Payment.State.SUCCEEDED and refunded >= payment.amount_kopecks:
        return "refunded"
    if payment.state == Payment.State.SUCCEEDED and refunded:
        return "partially_refunded"
    return "pending" if payment.state == Payment.State.CREATING else str(payment.state)


def forget_donors(*, slugs: Sequence[str]) -> None:
    """Let donors be counted at the next look, where that is quick; a crowd's count lags by seconds instead."""
    with suppress(RedisError):
        known = cache.get_many([DONORS_KEY.format(slug) for slug in slugs])
        cache.delete_many([key for key, count in known.items() if count < CROWD])


def _donors(slugs: Sequence[str]) -> dict[str, int]:
    """Count who gave and did not get all back; anew every few seconds, so a hot page does not for each visitor."""
    keys = {DONORS_KEY.format(slug): slug for slug in slugs}
    try:
        known = {keys[key]: count for key, count in cache.get_many(keys).items()}
    except RedisError:
        known = {}
    missing = [slug for slug in slugs if slug not in known]
    if not missing:
        return known
    counted = (
        Donation.objects.filter(campaign__slug__in=missing)
        .kept()
        .values_list("campaign__slug")
        .annotate(count=Count(PERSON, distinct=True))
    )
    fresh = dict.fromkeys(missing, 0) | dict(counted)
    with suppress(RedisError):
        cache.set_many({DONORS_KEY.format(slug): count for slug, count in fresh.items()}, DONORS_SECONDS)
    return known | fresh
