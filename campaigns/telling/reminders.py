"""What is told to followers without anybody writing it: marks that are reached, the last two days, how it ended."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import CharField, Exists, F, Func, OuterRef, Sum, Value
from django.db.models.functions import Cast, Concat

from campaigns.models import Campaign, Mailing, NewsKind, Step
from campaigns.selectors import figures
from campaigns.telling.kinds import deadline_mark
from fund.payments.models import Refund

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

Status = Campaign.Status
PERCENTS = (25, 50, 75, 100)
MINIMUM = "minimum"
BATCH = 200
BEFORE_END = timedelta(hours=48)
OLD_NEWS = timedelta(days=7)  # what ended before that is told to nobody
ENDS = (Status.FUNDED, Status.NOT_FUNDED, Status.CANCELLED)
UNDER_WAY = (Refund.State.CREATING, Refund.State.PENDING)
DEADLINE_MARK = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS')"  # as deadline_mark() writes it


def decide_news(*, now: datetime) -> int:
    """Begin to tell what is to be told now; return how many pieces of news began. Safe to repeat and at the same time.

    Three queries for each two hundred live campaigns, and two more.
    """
    return note_milestones(now=now) + note_reminders(now=now) + note_results(now=now)


def note_milestones(*, now: datetime) -> int:
    """Begin to tell each mark that a live campaign has reached with money that is really there, once for ever."""
    count = 0
    for batch in _live_batches():
        known = set(
            Mailing.objects.filter(kind=NewsKind.MILESTONES, campaign__in=batch).values_list("campaign", "mark")
        )
        money = money_there(campaigns=batch)
        for campaign in batch:
            marks = [mark for mark in reached(campaign, money[campaign.slug]) if (campaign.pk, mark) not in known]
            count += _begin_marks(campaign, marks, now)
    return count


def note_reminders(*, now: datetime) -> int:
    """Begin to remind of each campaign that ends within two days, once of each deadline: one that moved is another."""
    ending = Campaign.objects.filter(status=Status.LIVE, closes_at__gt=now, closes_at__lte=now + BEFORE_END)
    ending = ending.filter(launched_at__lte=now - timedelta(days=1))
    ending = ending.annotate(deadline=Func(F("closes_at"), template=DEADLINE_MARK, output_field=CharField()))
    told = Mailing.objects.filter(kind=NewsKind.REMINDER, campaign=OuterRef("pk"), mark=OuterRef("deadline"))
    marked = [(one, deadline_mark(one)) for one in ending.filter(~Exists(told)).order_by("closes_at")[:BATCH]]
    fresh = [
        Mailing(kind=NewsKind.REMINDER, subject=f"reminder:{one.pk}:{mark}", campaign=one, mark=mark, begun_at=now)
        for one, mark in marked
    ]
    return _begin(fresh)


def note_results(*, now: datetime) -> int:
    """Begin to tell how each campaign ended that ended lately."""
    steps = Step.objects.filter(to_status__in=ENDS, at__gt=now - OLD_NEWS, campaign__launched_at__isnull=False)
    subject = Concat(Value("result:"), Cast(OuterRef("campaign"), CharField()), Value(":"), OuterRef("to_status"))
    told = Mailing.objects.filter(kind=NewsKind.RESULT, subject=subject)
    fresh = [
        Mailing(
            kind=NewsKind.RESULT,
            subject=f"result:{step.campaign_id}:{step.to_status}",
            campaign_id=step.campaign_id,
            mark=step.to_status,
            begun_at=now,
        )
        for step in steps.filter(~Exists(told)).order_by("at")[:BATCH]
    ]
    return _begin(fresh)


def money_there(*, campaigns: Sequence[Campaign]) -> dict[str, int]:
    """Return what of the money will stay, in kopecks by slug: what the books hold less what is on its way back.

    Three queries at most.
    """
    found = figures(campaigns=campaigns)
    slugs = [campaign.slug for campaign in campaigns]
    leaving = Refund.objects.filter(state__in=UNDER_WAY, payment__booked_subject__in=slugs)
    sums = dict(leaving.values_list("payment__booked_subject").annotate(total=Sum("amount_kopecks")))
    return {slug: found[slug].raised_kopecks - sums.get(slug, 0) for slug in slugs}


def reached(campaign: Campaign, kopecks: int) -> list[str]:
    """Return the marks that a sum reaches, the highest last; the whole sum before the minimum that is the same."""
    marks = [(campaign.goal_kopecks * percent, percent, str(percent)) for percent in PERCENTS]
    found = [mark for mark in marks if kopecks * 100 >= mark[0]]
    least = campaign.minimum_kopecks
    if least is not None and kopecks >= least and not campaign.is_owed:
        found.append((least * 100, 0, MINIMUM))
    return [name for _sum, _percent, name in sorted(found)]


def _begin_marks(campaign: Campaign, marks: list[str], now: datetime) -> int:
    """Tell the highest of marks that were passed together; the others are noted as passed."""
    fresh = [
        Mailing(
            kind=NewsKind.MILESTONES,
            subject=f"milestone:{campaign.pk}:{mark}",
            campaign=campaign,
            mark=mark,
            begun_at=now,
            done_at=None if mark == marks[-1] else now,
        )
        for mark in marks
    ]
    return _begin(fresh)


def _begin(fresh: list[Mailing]) -> int:
    """Write down what is to be told; what another worker wrote down meanwhile stays as it is."""
    Mailing.objects.bulk_create(fresh, ignore_conflicts=True)
    return sum(1 for mailing in fresh if mailing.done_at is None)


def _live_batches() -> Iterator[list[Campaign]]:
    last = 0
    while batch := list(Campaign.objects.filter(status=Status.LIVE, pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk
