"""What was asked of gifts, as donors and staff see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from campaigns.models import RefundRequest
from campaigns.wishes.asking import is_standing
from fund.payments.models import RefundProposal

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

Proposal = RefundProposal.State
REOPENED = (Proposal.REJECTED, Proposal.WITHDRAWN)


@dataclass(frozen=True)
class Wish:
    """The last request of a gift; ``state``: open, agreed, declined, closed; ``answer``: why it was declined."""

    state: str
    answer: str
    is_standing: bool


def wishes(*, donation_ids: Collection[int]) -> dict[int, Wish]:
    """Return the last request of each gift that has one, by gift. One query."""
    rows = RefundRequest.objects.filter(donation__in=list(donation_ids)).select_related("proposal").order_by("pk")
    return {row.donation_id: Wish(_state(row), row.answer, is_standing(row)) for row in rows}


def waiting() -> QuerySet[RefundRequest]:
    """Return requests that wait for the staff's answer, the oldest first."""
    again = Q(state=RefundRequest.State.AGREED, proposal__state__in=REOPENED)
    found = RefundRequest.objects.filter(Q(state=RefundRequest.State.OPEN) | again)
    return found.select_related("donation__campaign", "donation__payment", "proposal").order_by("asked_at", "pk")


def answered() -> QuerySet[RefundRequest]:
    """Return requests that wait for nobody, the newest answer first."""
    found = RefundRequest.objects.exclude(pk__in=waiting().order_by().values("pk"))
    return found.select_related("donation__campaign", "proposal", "answered_by").order_by("-answered_at", "-pk")


def _state(row: RefundRequest) -> str:
    """Return the state as the donor sees it: what a second person rejected is open again."""
    if row.proposal is not None and row.proposal.state in REOPENED:
        return RefundRequest.State.OPEN.value
    return row.state
