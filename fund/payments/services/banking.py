"""Papers about the fund's money: one person writes them down, another confirms, then they are booked once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from fund.payments import purposes
from fund.payments.days import moscow_date
from fund.payments.models import Alarm, BankEntry
from fund.payments.services import spending
from fund.payments.services.alarms import close_alarms
from fund.payments.services.entering import NotOwedError, book_entry, known_entry, record_entry, write_entry
from fund.payments.services.proposing import NotOwnProposalError, OwnProposalError, ProposalDecidedError
from fund.payments.services.refunding import lock_refund
from fund.payments.services.shortages import wake_short_refunds

if TYPE_CHECKING:
    from datetime import date, datetime

    from fund.money import Kopecks
    from fund.payments.models import Refund
    from people.models import User

Kind, State = BankEntry.Kind, BankEntry.State
VERBS = {State.APPROVED: "confirm", State.REJECTED: "reject", State.WITHDRAWN: "withdraw"}


@transaction.atomic
def propose_debt_paid(
    *, refund_id: int, order_number: int, order_date: date, request_key: str, user: User, now: datetime
) -> BankEntry:
    """Write down that a debt was paid by bank, all of it. Same key: the same entry. Nothing is booked yet.

    :param order_number: of the bank's payment order, up to six digits.
    :raises BankEntryError: one of its kinds; nothing changes.
    """
    refund = lock_refund(refund_id)
    known = known_entry(request_key=request_key)
    if known:
        return known
    if not refund.owed_kopecks or refund.bank_entries.filter(state=State.PROPOSED).exists():
        raise NotOwedError
    entry = BankEntry(kind=BankEntry.Kind.DEBT, refund=refund, amount_kopecks=refund.owed_kopecks)
    return write_entry(
        entry, number=str(order_number), date=order_date, request_key=request_key, user=user, now=now,
        not_before=moscow_date(refund.settled_at or now),
    )  # fmt: skip


@transaction.atomic
def propose_top_up(
    *, amount_kopecks: Kopecks, order_number: int, order_date: date, request_key: str, user: User, now: datetime
) -> BankEntry:
    """Write down that ЮKassa's account was topped up from the bank. Same key: the same entry. Nothing is booked yet.

    :raises BankEntryError: one of its kinds; nothing changes.
    """
    known = known_entry(request_key=request_key)
    if known:
        return known
    entry = BankEntry(kind=BankEntry.Kind.TOP_UP, amount_kopecks=amount_kopecks)
    return write_entry(
        entry, number=str(order_number), date=order_date, request_key=request_key, user=user, now=now
    )  # fmt: skip


@transaction.atomic
def approve_bank_entry(*, entry_id: int, user: User, now: datetime) -> BankEntry:
    """Book what the paper says, as the second person, and write the act down.

    :raises ProposalDecidedError: if it was decided before.
    :raises OwnProposalError: if the same person wrote it down.
    :raises BankEntryError: if that sum is not owed any more: the donor's bank took it back meanwhile; or not held any
        more, or may not be spent any more.
    """
    entry = _lock(entry_id)
    if entry.proposed_by_id == user.pk:
        raise OwnProposalError
    match entry.kind:
        case Kind.PAYOUT:
            spending.book_payout(entry)
        case Kind.EXPENSE:
            spending.book_expense(entry)
        case Kind.SUPPLIER:
            spending.book_supplier_paid(entry)
        case _:
            _pay(entry, now)
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


def _lock(entry_id: int) -> BankEntry:
    """Lock what the entry is about, then the entry, if it still waits."""
    refund_id = BankEntry.objects.values_list("refund_id", flat=True).get(pk=entry_id)
    refund = lock_refund(refund_id) if refund_id else None
    entry = BankEntry.objects.select_for_update().get(pk=entry_id)
    if entry.state != State.PROPOSED:
        raise ProposalDecidedError
    entry.refund = refund
    return entry


def _pay(entry: BankEntry, now: datetime) -> None:
    """Book what was paid to a donor, or to ЮKassa for what is to go back."""
    if entry.refund is not None:
        _discharge(entry, entry.refund, now)
        return
    entry.operation = book_entry(entry, "top_up", key=f"top_up:{entry.pk}")
    wake_short_refunds(now=now)


def _discharge(entry: BankEntry, refund: Refund, now: datetime) -> None:
    if refund.owed_kopecks != entry.amount_kopecks:
        raise NotOwedError
    reference = refund.payment.booked_reference
    entry.operation = book_entry(entry, "debt_paid", key=f"debt_paid:{refund.reference}", reference=reference)
    refund.discharged_kopecks += entry.amount_kopecks
    refund.save(update_fields=["discharged_kopecks"])
    close_alarms(subject=f"refund:{refund.pk}", now=now, kinds=[Alarm.Kind.REFUND_REFUSED])


def _decide(entry: BankEntry, state: BankEntry.State, user: User, answer: str, now: datetime) -> BankEntry:
    entry.state, entry.decided_by, entry.decided_at, entry.answer = state, user, now, answer
    entry.save(update_fields=["state", "decided_by", "decided_at", "answer", "operation", "cover_operation"])
    record_entry(VERBS[state], entry, user, now)
    return entry
