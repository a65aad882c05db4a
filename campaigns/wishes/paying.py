"""Where the fund pays what it owes a donor: given by the gift's secret link, sealed, shown to few, deleted."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from campaigns.letters import DETAILS
from campaigns.models import BankDetails, Donation
from fund.payments.models import BankEntry, Payment, Refund
from people.models import Letter
from people.outbox import queue_letter
from people.sealing import seal, unseal
from people.services import record_act

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

    from people.models import User

PURPOSE = b"campaigns.bank_details"
MOST_CHANGES, WINDOW = 5, timedelta(days=1)  # each writes the donor a letter


class DetailsError(Exception):
    """Where to pay can't be said."""


class NotOwedError(DetailsError):
    """The fund owes nothing of this gift."""


class OrderWaitsError(DetailsError):
    """The fund has paid already: a second person is about to confirm the order."""


class TooManyDetailsError(DetailsError):
    """The details change more often than anybody mistakes them."""


@dataclass(frozen=True)
class Payee:
    """Whom to pay, and where: the name as the bank knows it, the account, the bank's БИК."""

    name: str
    account: str
    bic: str


@transaction.atomic
def give_details(*, donation_id: int, payee: Payee, now: datetime) -> BankDetails:
    """Keep where to pay what is owed of a gift, sealed; given anew, the later counts. The donor is written each time.

    Whoever holds the gift's link may do it, so the letter is how a donor learns of a stranger.

    :raises NotOwedError: if nothing of the gift is owed: then nothing is kept.
    :raises OrderWaitsError: if a payment order of the debt waits for its second person.
    :raises TooManyDetailsError: if they changed too often today.
    """
    donation = Donation.objects.select_related("donor").get(pk=donation_id)
    Payment.objects.select_for_update(no_key=True).get(pk=donation.payment_id)
    debts = Refund.objects.filter(payment=donation.payment_id)
    if not debts.owed().exists():
        raise NotOwedError
    if BankEntry.objects.filter(refund__in=debts, state=BankEntry.State.PROPOSED).exists():
        raise OrderWaitsError
    known = BankDetails.objects.filter(donation=donation).first()
    if known is not None and _payee(known) == payee:
        return known
    sealed = seal(json.dumps(asdict(payee), ensure_ascii=False), purpose=PURPOSE)
    found, is_new = BankDetails.objects.update_or_create(
        donation=donation, defaults={"sealed": sealed, "given_at": now}
    )
    _tell(donation, now, is_new=is_new)
    return found


def _tell(donation: Donation, now: datetime, *, is_new: bool) -> None:
    if donation.donor is None:
        return
    told = Letter.objects.filter(kind=DETAILS, donor=donation.donor, queued_at__gt=now - WINDOW).count()
    if told >= MOST_CHANGES:
        raise TooManyDetailsError
    context = {"donation": donation.pk, "is_new": is_new}
    queue_letter(kind=DETAILS, key=f"details:{uuid4()}", to=donation.donor, context=context, now=now)


@transaction.atomic
def read_details(*, refund: Refund, user: User, now: datetime) -> Payee | None:
    """Return where to pay a debt, and write down who read it; None where the donor has not said it."""
    found = BankDetails.objects.filter(donation__payment=refund.payment_id).first()
    if found is None:
        return None
    subject = f"donation:{found.donation_id}"
    record_act(actor=user, action="campaigns.read_bank_details", subject=subject, now=now)
    return _payee(found)


def _payee(details: BankDetails) -> Payee:
    return Payee(**json.loads(unseal(details.sealed, purpose=PURPOSE)))


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
