"""What donors see of their own gifts; every question costs the same however many they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import ExtractYear

from campaigns.models import Donation, DonationQuerySet, Statement
from campaigns.repurposing.selectors import Notice, notices
from campaigns.selectors import GiftState, gift_states, is_sent_to_fund
from campaigns.wishes.selectors import Wish, wishes
from fund.money import Kopecks
from people.models import ErasureRequest, Visit
from people.selectors import AcceptedText, accepted_texts, donors_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.core.paginator import Page

PAGE_SIZE = 10


@dataclass(frozen=True)
class OwnGift:
    """One gift as its donor sees it: how far it has come, what was agreed to, whether the name is shown."""

    donation: Donation
    state: GiftState
    accepted: list[AcceptedText]
    is_name_shown: bool
    is_sent_to_fund: bool
    notice: Notice | None
    wish: Wish | None


@dataclass(frozen=True)
class Year:
    """What a donor gave in one year of the books and did not get back."""

    year: int
    gifts: int
    kept_kopecks: Kopecks


@dataclass(frozen=True)
class StatementRow:
    """One paid gift of a year."""

    donation: Donation
    kept_kopecks: Kopecks
    gone_back_kopecks: Kopecks
    is_sent_to_fund: bool


def gifts_page(*, email: str, number: str | None) -> tuple[Page[Donation], list[OwnGift]]:
    """Return one page of a donor's gifts, the newest first. Seven queries, one more where answers name projects."""
    found = (
        _own(email).select_related("campaign", "payment__operation", "letter", "donor").order_by("-created_at", "-pk")
    )
    page = Paginator(found, PAGE_SIZE).get_page(number)
    donations = list(page)
    states = gift_states(donations=donations)
    asked = notices(donations=donations)
    wished = wishes(donation_ids=[row.pk for row in donations])
    accepted = accepted_texts(donor_ids=[row.donor_id for row in donations if row.donor_id])
    rows = [
        OwnGift(
            donation=row,
            state=states[row.pk],
            accepted=accepted.get(row.donor_id or 0, []),
            is_name_shown=bool(row.donor and row.donor.public_name),
            is_sent_to_fund=is_sent_to_fund(donation=row),
            notice=asked.get(row.pk),
            wish=wished.get(row.pk),
        )
        for row in donations
    ]
    return page, rows


def years(*, email: str) -> list[Year]:
    """Return what a donor gave by year, the newest first. One query."""
    paid = _own(email).paid().annotate(year=ExtractYear("payment__operation__business_date"))
    rows = paid.values("year").annotate(gifts=Count("pk"), kept=Sum("kept_kopecks")).order_by("-year")
    return [Year(row["year"], row["gifts"], Kopecks(row["kept"])) for row in rows]


def year_rows(*, email: str, year: int) -> list[StatementRow]:
    """Return the paid gifts of a year in the order of the books. One query."""
    paid = _own(email).paid().filter(payment__operation__business_date__year=year)
    rows = paid.select_related("campaign", "payment__operation").order_by("payment__operation")
    return [
        StatementRow(
            donation=row,
            kept_kopecks=Kopecks(row.kept_kopecks),
            gone_back_kopecks=Kopecks(row.amount_kopecks - row.kept_kopecks),
            is_sent_to_fund=is_sent_to_fund(donation=row),
        )
        for row in rows
    ]


def shown_names(*, email: str, donation_ids: Iterable[int] | None = None) -> list[int]:
    """Return the donors of a person whose names are shown: all, or those of some gifts. One query."""
    named = donors_of(email=email).exclude(public_name="")
    if donation_ids is not None:
        named = named.filter(donation__in=list(donation_ids))
    return list(named.values_list("pk", flat=True))


def find_statement(*, visit: Visit, reference: UUID) -> Statement | None:
    """Return a statement that this visit asked for. One query."""
    return Statement.objects.filter(visit=visit, reference=reference).first()


def open_erasure(*, email: str) -> ErasureRequest | None:
    """Return a person's request to be erased that is not done. One query."""
    return ErasureRequest.objects.filter(email__iexact=email, done_at__isnull=True).first()


def unmade_statements(*, before: datetime) -> list[int]:
    """Return statements whose task was lost. One query."""
    lost = Statement.objects.filter(made_at__isnull=True, asked_at__lte=before, visit__ends_at__gt=before)
    return list(lost.exclude(visit__email="").order_by("asked_at").values_list("pk", flat=True)[:100])


def owed_kopecks(*, email: str) -> Kopecks:
    """Return what the fund owes a donor, since ЮKassa refused to take it back. One query."""
    left = F("payment__refunds__amount_kopecks") - F("payment__refunds__discharged_kopecks")
    owed = _own(email).aggregate(total=Sum(left, filter=Q(payment__refunds__state="refused")))
    return Kopecks(owed["total"] or 0)


def _own(email: str) -> DonationQuerySet:
    return Donation.objects.filter(donor__in=donors_of(email=email))
