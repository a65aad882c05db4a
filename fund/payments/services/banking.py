"""Payment orders of the fund's own bank: one person writes them down, another confirms, then they are booked once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from fund.ledger import services as ledger
from fund.money import Kopecks
from fund.payments import purposes
from fund.payments.days import moscow_date
from fund.payments.models import Alarm, BankEntry, Payment, Refund
from fund.payments.services.alarms import close_alarms
from fund.payments.services.proposing import NotOwnProposalError, OwnProposalError, ProposalDecidedError
from fund.payments.services.shortages import wake_short_refunds
from people.services import record_act, subject_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from fund.ledger.models import Operation
    from people.models import User

State = BankEntry.State
VERBS = {State.APPROVED: "confirm", State.REJECTED: "reject", State.WITHDRAWN: "withdraw"}


class BankEntryError(Exception):
    """The payment order can't be written down."""


class NotOwedError(BankEntryError):
    """The fund does not owe this any more, or another order of it stands already."""


class OrderKnownError(BankEntryError):
    """A payment order of this number and day is written down already."""


class OrderDateError(BankEntryError):
    """A payment order is of today or before, and not of before the debt."""


@transaction.atomic
def propose_debt_paid(
    *, refund_id: int, order_number: int, order_date: date, request_key: str, user: User, now: datetime
) -> BankEntry:
    """Write down that a debt was paid by bank, all of it. Same key: the same entry. Nothing is booked yet.

    :param order_number: of the bank's payment order, up to six digits.
    :raises BankEntryError: one of its kinds; nothing changes.
    """
    refund = _lock_refund(refund_id)
    known = BankEntry.objects.filter(request_key=request_key).first()
    if known:
        return known
    if not refund.owed_kopecks or refund.bank_entries.filter(state=State.PROPOSED).exists():
        raise NotOwedError
    entry = BankEntry(kind=BankEntry.Kind.DEBT, refund=refund, amount_kopecks=refund.owed_kopecks)
    return _propose(entry, order_number, order_date, request_key, user, now)


@transaction.atomic
def propose_top_up(
    *, amount_kopecks: Kopecks, order_number: int, order_date: date, request_key: str, user: User, now: datetime
) -> BankEntry:
    """Write down that ЮKassa's account was topped up from the bank. Same key: the same entry. Nothing is booked yet.

    :raises BankEntryError: one of its kinds; nothing changes.
    """
    known = BankEntry.objects.filter(request_key=request_key).first()
    if known:
        return known
    entry = BankEntry(kind=BankEntry.Kind.TOP_UP, amount_kopecks=amount_kopecks)
    return _propose(entry, order_number, order_date, request_key, user, now)


@transaction.atomic
def approve_bank_entry(*, entry_id: int, user: User, now: datetime) -> BankEntry:
    """Book the payment order, as the second person, and write the act down.

    :raises ProposalDecidedError: if it was decided before.
    :raises OwnProposalError: if the same person wrote it down.
    :raises NotOwedError: if that sum is not owed any more: the donor's bank took it back meanwhile.
    """
    entry = _lock(entry_id)
    if entry.proposed_by_id == user.pk:
        raise OwnProposalError
    if entry.refund is None:
        entry.operation = _book(entry, "top_up", f"top_up:{entry.pk}", "")
        wake_short_refunds(now=now)
    else:
        _discharge(entry, entry.refund, now)
    decided = _decide(entry, State.APPROVED, user, "", now)
    if entry.refund is not None:
        purposes.find(entry.refund.payment.purpose).repaid(refund=entry.refund, now=now)
    return decided


@transaction.atomic
def reject_bank_entry(*, entry_id: int, user: User, answer: str, now: datetime) -> BankEntry:
    """Refuse the entry, as the second person; ``answer`` tells the first one why.

    :raises ProposalDecidedError: if it was decided before.
    :raises OwnProposalError: if the same person wrote it down.
    """
    entry = _lock(entry_id)
    if entry.proposed_by_id == user.pk:
        raise OwnProposalError
    return _decide(entry, State.REJECTED, user, answer, now)


@transaction.atomic
def withdraw_bank_entry(*, entry_id: int, user: User, now: datetime) -> BankEntry:
    """Take the entry back, as who wrote it down.

    :raises ProposalDecidedError: if it was decided before.
    :raises NotOwnProposalError: if somebody else wrote it down.
    """
    entry = _lock(entry_id)
    if entry.proposed_by_id != user.pk:
        raise NotOwnProposalError
    return _decide(entry, State.WITHDRAWN, user, "", now)


def _propose(
    entry: BankEntry, order_number: int, order_date: date, request_key: str, user: User, now: datetime
) -> BankEntry:
    since = moscow_date(entry.refund.settled_at or now) if entry.refund else None
    if order_date > moscow_date(now) or (since is not None and order_date < since):
        raise OrderDateError
    entry.order_number, entry.order_date, entry.request_key = str(order_number), order_date, request_key
    entry.proposed_by, entry.proposed_at = user, now
    BankEntry.objects.bulk_create([entry], ignore_conflicts=True)  # the order, or at this moment the key, may be there
    written = BankEntry.objects.filter(request_key=request_key).first()
    if written is None:
        raise OrderKnownError
    _record("enter", written, user, now)
    return written


def _lock_refund(refund_id: int) -> Refund:
    """Lock the payment, then its refund: everywhere in this order."""
    payment_id = Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id)
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    refund = Refund.objects.select_for_update().get(pk=refund_id)
    refund.payment = payment
    return refund


def _lock(entry_id: int) -> BankEntry:
    """Lock what the entry is about, then the entry, if it still waits."""
    refund_id = BankEntry.objects.values_list("refund_id", flat=True).get(pk=entry_id)
    refund = _lock_refund(refund_id) if refund_id else None
    entry = BankEntry.objects.select_for_update().get(pk=entry_id)
    if entry.state != State.PROPOSED:
        raise ProposalDecidedError
    entry.refund = refund
    return entry


def _discharge(entry: BankEntry, refund: Refund, now: datetime) -> None:
    if refund.owed_kopecks != entry.amount_kopecks:
        raise NotOwedError
    entry.operation = _book(entry, "debt_paid", f"debt_paid:{refund.reference}", refund.payment.booked_reference)
    refund.discharged_kopecks += entry.amount_kopecks
    refund.save(update_fields=["discharged_kopecks"])
    close_alarms(subject=f"refund:{refund.pk}", now=now, kinds=[Alarm.Kind.REFUND_REFUSED])


def _book(entry: BankEntry, event: str, key: str, reference: str) -> Operation:
    return ledger.post_event(
        event=event,
        subject="fund",
        amounts={"gross": Kopecks(entry.amount_kopecks)},
        key=key,
        business_date=entry.order_date,
        reference=reference,
    )


def _decide(entry: BankEntry, state: BankEntry.State, user: User, answer: str, now: datetime) -> BankEntry:
    entry.state, entry.decided_by, entry.decided_at, entry.answer = state, user, now, answer
    entry.save(update_fields=["state", "decided_by", "decided_at", "answer", "operation"])
    _record(VERBS[state], entry, user, now)
    return entry


def _record(verb: str, entry: BankEntry, user: User, now: datetime) -> None:
    """Write the act down; what people typed stays in the entry."""
    details = {"kind": entry.kind, "kopecks": entry.amount_kopecks, "refund": entry.refund_id}
    record_act(actor=user, action=f"payments.{verb}_bank_payment", subject=subject_of(entry), details=details, now=now)
