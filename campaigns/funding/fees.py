"""Who bears ЮKassa's fee of a gift that goes back while it is still the donor's: the fund, or the donor.

What was said when the gift was made holds for it, whatever the setting says later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from fund.money import Kopecks
from fund.payments.selectors import refundable_kopecks
from fund.payments.services.pace import COMMISSION_PATIENCE

if TYPE_CHECKING:
    from datetime import datetime

    from campaigns.models import Campaign
    from fund.payments.models import Payment

DONOR = "donor"


@dataclass(frozen=True)
class Split:
    """What of a gift goes back, and what is kept since ЮKassa does not give its fee back; in kopecks."""

    back_kopecks: Kopecks
    fee_kopecks: Kopecks


def is_fee_kept(*, campaign: Campaign) -> bool:
    """Return whether a gift to this campaign, made now, goes back less ЮKassa's fee."""
    return campaign.is_owed and settings.REFUND_FEE_BORNE_BY == DONOR


def split(*, payment: Payment, is_fee_kept: bool, now: datetime) -> Split | None:
    """Return how all that is left of a payment goes back; None while ЮKassa has not told its fee. One query.

    A fee that it does not tell for days is the fund's; so is the fee of a payment of which a part went before.
    """
    left = refundable_kopecks(payment=payment)
    if not is_fee_kept or left != payment.amount_kopecks:
        return Split(left, Kopecks(0))
    fee = payment.commission_kopecks
    if fee is None:
        is_late = payment.settled_at is None or now - payment.settled_at >= COMMISSION_PATIENCE
        return Split(left, Kopecks(0)) if is_late else None
    return Split(Kopecks(left - fee), Kopecks(fee))
