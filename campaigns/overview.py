"""All campaigns together, and one campaign's days: the same figures as everywhere, read from the books."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaigns.models import Campaign, Donation
from fund.ledger import turnovers
from fund.ledger.purposes import COSTS_HEAD, NO_PURPOSES, PURPOSE_HEADS, purpose_money
from fund.ledger.selectors import balances_kopecks
from fund.ledger.turnovers import Turnover
from fund.money import Kopecks

if TYPE_CHECKING:
    from datetime import date, datetime

    from fund.ledger.selectors import OperationRow

GIFT_KINDS = ("gift", "gift_until_goal", "bank_gift")
LOOKED_THROUGH = 40  # of the newest entries, to find gifts that the fund still has


@dataclass(frozen=True)
class Overview:
    """What the fund has done so far; sums in kopecks."""

    raised_kopecks: Kopecks
    spent_kopecks: Kopecks
    open_campaigns: int
    entries: int

    @property
    def held_kopecks(self) -> Kopecks:
        """Return what is raised and not spent yet."""
        return Kopecks(self.raised_kopecks - self.spent_kopecks)


@dataclass(frozen=True)
class MoneyWay:
    """What lies at each stop of the money's way now, in kopecks; the commission is what ЮKassa kept for its work."""

    raised_kopecks: Kopecks
    at_yookassa_kopecks: Kopecks
    at_bank_kopecks: Kopecks
    commission_kopecks: Kopecks
    held_kopecks: Kopecks
    spent_kopecks: Kopecks


@dataclass(frozen=True)
class LastGift:
    """One gift without a name: the sum that stays, what for, its entry in the books."""

    kept_kopecks: Kopecks
    campaign_title: str
    campaign_slug: str
    operation_number: int
    day: date


@dataclass(frozen=True)
class RaisedDay:
    """What a campaign had raised by the end of a day."""

    day: date
    raised_kopecks: Kopecks


def overview(*, now: datetime) -> Overview:
    """Return what all purposes together raised and spent. Five queries, six after a new checkpoint."""
    heads = turnovers.by_head(but=NO_PURPOSES)
    purposes = [heads.get(head, Turnover()) for head in PURPOSE_HEADS]
    held = sum(found.credit_kopecks - found.debit_kopecks for found in purposes)
    costs = heads.get(COSTS_HEAD, Turnover()).credit_kopecks
    money = purpose_money(held_kopecks=held, costs_credit_kopecks=costs)
    live = Campaign.objects.filter(status=Campaign.Status.LIVE, opens_at__lte=now)
    return Overview(
        raised_kopecks=money.raised_kopecks,
        spent_kopecks=money.spent_kopecks,
        open_campaigns=live.exclude(closes_at__lte=now).count(),
        entries=turnovers.entries(),
    )


def last_gifts(*, limit: int = 6) -> list[LastGift]:
    """Return the newest gifts that the fund still has, nobody named. Two queries."""
    numbers = turnovers.newest_numbers(kinds=GIFT_KINDS, limit=LOOKED_THROUGH)
    kept = Donation.objects.filter(payment__operation__in=numbers).kept().order_by("-payment__operation")
    rows = kept.values_list(
        "kept_kopecks", "campaign__title", "campaign__slug", "payment__operation", "payment__operation__business_date"
    )
    return [LastGift(Kopecks(row[0]), *row[1:]) for row in rows[:limit]]


def raised_by_day(*, campaign: Campaign) -> list[RaisedDay]:
    """Return what the campaign had raised by the end of each day on which that changed. Two or three queries.

    The last is what ``selectors.figures`` calls raised: 86 and 76, and what of it is spent already. Nothing where it
    all went back on the day on which it came: there is no line to draw.
    """
    codes = [f"{head}.{campaign.slug}" for head in ("86", "76", "20")]
    changes: dict[date, int] = {}
    for row in turnovers.daily(codes=codes):
        came = row.turnover.credit_kopecks
        went = 0 if row.code.startswith("20.") else row.turnover.debit_kopecks
        changes[row.day] = changes.get(row.day, 0) + came - went
    found, total = [], 0
    for day in sorted(changes):
        total += changes[day]
        found.append(RaisedDay(day, Kopecks(total)))
    return found if any(row.raised_kopecks for row in found) else []


def money_way(*, overview: Overview) -> MoneyWay:
    """Return what lies at each stop of the money's way. One query."""
    held = balances_kopecks(codes=["57.yookassa", "51", "26.acquiring"])
    return MoneyWay(
        raised_kopecks=overview.raised_kopecks,
        at_yookassa_kopecks=held.get("57.yookassa", Kopecks(0)),
        at_bank_kopecks=held.get("51", Kopecks(0)),
        commission_kopecks=held.get("26.acquiring", Kopecks(0)),
        held_kopecks=overview.held_kopecks,
        spent_kopecks=overview.spent_kopecks,
    )


def latest_gift_entry() -> OperationRow | None:
    """Return the newest gift as the books hold it. Five queries at most."""
    return turnovers.newest_of(kinds=GIFT_KINDS)
