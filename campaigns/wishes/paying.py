"""Where the fund pays what it owes a donor: given by the gift's secret link, sealed, shown to few, deleted."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from campaigns.models import BankDetails, Donation
from fund.payments.models import BankEntry, Payment, Refund
from people.sealing import seal, unseal
from people.services import record_act

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

    from people.models import User

PURPOSE = b"campaigns.bank_details"


class NotOwedError(Exception):
    """The fund owes nothing of this gift."""


@dataclass(frozen=True)
class Payee:
    """Whom to pay, and where: the name as the bank knows it, the account, the bank's БИК."""

    name: str
    account: str
    bic: str


@transaction.atomic
def give_details(*, donation_id: int, payee: Payee, now: datetime) -> BankDetails:
    """Keep where to pay what is owed of a gift, sealed; given anew, the later counts.

    :raises NotOwedError: if nothing of the gift is owed: then nothing is kept.
    """
    payment_id = Donation.objects.values_list("payment", flat=True).get(pk=donation_id)
    Payment.objects.select_for_update(no_key=True).get(pk=payment_id)
    if not Refund.objects.owed().filter(payment=payment_id).exists():
        raise NotOwedError
    sealed = seal(json.dumps(asdict(payee), ensure_ascii=False), purpose=PURPOSE)
    found, _is_new = BankDetails.objects.update_or_create(
        donation_id=donation_id, defaults={"sealed": sealed, "given_at": now}
    )
    return found


@transaction.atomic
def read_details(*, refund: Refund, user: User, now: datetime) -> Payee | None:
    """Return where to pay a debt, and write down who read it; None where the donor has not said it."""
    found = BankDetails.objects.filter(donation__payment=refund.payment_id).first()
    if found is None:
        return None
    subject = f"donation:{found.donation_id}"
    record_act(actor=user, action="campaigns.read_bank_details", subject=subject, now=now)
    return Payee(**json.loads(unseal(found.sealed, purpose=PURPOSE)))


def forget_details(*, donation_ids: Collection[int]) -> int:
    """Delete where to pay these gifts' donors; return how many."""
    return BankDetails.objects.filter(donation__in=list(donation_ids)).delete()[0]


def settled_details(*, before: datetime) -> QuerySet[BankDetails]:
    """Return details that are of no more use: nothing is owed, and the last payment by them was before that moment."""
    payment = OuterRef("donation__payment")
    owed = Refund.objects.filter(payment=payment, state="refused", discharged_kopecks__lt=F("amount_kopecks"))
    orders = BankEntry.objects.filter(refund__payment=payment)
    waiting = orders.filter(state=BankEntry.State.PROPOSED)
    late = orders.filter(decided_at__gte=before)
    return (
        BankDetails.objects.filter(given_at__lt=before)
        .exclude(Exists(owed))
        .exclude(Exists(waiting))
        .exclude(Exists(late))
    )
