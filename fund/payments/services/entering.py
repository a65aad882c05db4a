"""How a paper about the fund's money is written down, and how it is put into the books; whatever it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fund.ledger import services as ledger
from fund.money import Kopecks
from fund.payments.days import moscow_date
from fund.payments.models import BankEntry
from people.services import record_act, subject_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from fund.ledger.models import Operation
    from people.models import User


class BankEntryError(Exception):
    """The paper can't be written down, or not be booked."""


class NotOwedError(BankEntryError):
    """The fund does not owe this any more, or another order of it stands already."""


class NotHeldError(BankEntryError):
    """There is not so much money where it would be taken from."""


class NotSpendableError(BankEntryError):
    """The project's money may not be spent (any more), or not for this."""


class OrderKnownError(BankEntryError):
    """A paper of this number and day is written down already."""


class OrderDateError(BankEntryError):
    """A paper is of today or before, and not of before the debt."""


def known_entry(*, request_key: str) -> BankEntry | None:
    """Return what was written down with this key before. One query."""
    return BankEntry.objects.filter(request_key=request_key).first()


def write_entry(
    entry: BankEntry,
    *,
    number: str,
    date: date,
    request_key: str,
    user: User,
    now: datetime,
    not_before: date | None = None,
) -> BankEntry:
    """Keep an entry as proposed, once by its key, inside the caller's transaction; write the act down.

    :raises OrderKnownError: if the same paper stands already.
    :raises OrderDateError: if the paper is of a day to come, or of before ``not_before``.
    """
    if date > moscow_date(now) or (not_before is not None and date < not_before):
        raise OrderDateError
    entry.order_number, entry.order_date, entry.request_key = number, date, request_key
    entry.proposed_by, entry.proposed_at = user, now
    BankEntry.objects.bulk_create([entry], ignore_conflicts=True)  # the order, or at this moment the key, may be there
    written = known_entry(request_key=request_key)
    if written is None:
        raise OrderKnownError
    record_entry("enter", written, user, now)
    return written


def book_entry(
    entry: BankEntry, event: str, *, key: str, reference: str = "", subject: str = "fund", sum_name: str = "gross"
) -> Operation:
    """Put an entry into the books by the day of its paper."""
    return ledger.post_event(
        event=event,
        subject=subject,
        amounts={sum_name: Kopecks(entry.amount_kopecks)},
        key=key,
        business_date=entry.order_date,
        reference=reference,
    )


def record_entry(verb: str, entry: BankEntry, user: User, now: datetime) -> None:
    """Write the act down; what people typed stays in the entry."""
    about = {"refund": entry.refund_id, "project": entry.subject or None, "act": entry.act_id}
    details = {"kind": entry.kind, "kopecks": entry.amount_kopecks, **about}
    record_act(actor=user, action=f"payments.{verb}_bank_payment", subject=subject_of(entry), details=details, now=now)
