"""What ЮKassa pays out, what is spent of projects' money, what suppliers are paid: written down, then booked.

``book_…`` run in the transaction in which a second person confirms the entry, which is locked. Locks go from the entry
to the project's own, or to the act, and last to the books' accounts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum

from fund.ledger.errors import ShortOfMoneyError
from fund.ledger.selectors import balances_kopecks
from fund.money import Kopecks
from fund.payments import purposes
from fund.payments.models import BankEntry
from fund.payments.services.entering import (
    NotHeldError,
    NotOwedError,
    NotSpendableError,
    book_entry,
    known_entry,
    write_entry,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet

    from people.models import User

AT_YOOKASSA = "57.yookassa"
Kind, State = BankEntry.Kind, BankEntry.State


@transaction.atomic
def propose_payout(
    *, amount_kopecks: Kopecks, order_number: int, order_date: date, request_key: str, user: User, now: datetime
) -> BankEntry:
    """Write down what ЮKassa paid out to the bank. Same key: the same entry. Nothing is booked yet.

    :raises NotHeldError: if the books do not hold so much at ЮKassa.
    :raises BankEntryError: another of its kinds; nothing changes.
    """
    known = known_entry(request_key=request_key)
    if known:
        return known
    if amount_kopecks > balances_kopecks(codes=[AT_YOOKASSA])[AT_YOOKASSA]:
        raise NotHeldError
    entry = BankEntry(kind=Kind.PAYOUT, amount_kopecks=amount_kopecks)
    return write_entry(
        entry, number=str(order_number), date=order_date, request_key=request_key, user=user, now=now
    )  # fmt: skip


@transaction.atomic
def propose_expense(
    *,
    subject: str,
    amount_kopecks: Kopecks,
    line: str,
    words: str,
    act_number: str,
    act_date: date,
    request_key: str,
    user: User,
    now: datetime,
) -> BankEntry:
    """Write down a supplier's act for a project. Same key: the same entry. Nothing is booked yet.

    :param line: what of the project's budget it is for.
    :param words: what it is for, for everybody to read: nobody's name, address or number.
    :raises NotSpendableError: if the project's money may not be spent now, or its budget has no such line.
    :raises NotHeldError: if it has not so much, less what other acts that wait will take.
    :raises BankEntryError: another of its kinds; nothing changes.
    """
    found = purposes.spending().spendable(subject=subject, is_held=True)
    known = known_entry(request_key=request_key)
    if known:
        return known
    if found is None or line not in found.lines:
        raise NotSpendableError
    waiting = BankEntry.objects.filter(kind=Kind.EXPENSE, subject=subject, state=State.PROPOSED)
    if amount_kopecks + _total(waiting) > found.left_kopecks:
        raise NotHeldError
    entry = BankEntry(
        kind=Kind.EXPENSE, subject=subject, line=line, words=words.strip(), amount_kopecks=amount_kopecks
    )  # fmt: skip
    return write_entry(
        entry, number=act_number.strip(), date=act_date, request_key=request_key, user=user, now=now
    )  # fmt: skip


@transaction.atomic
def propose_supplier_paid(
    *,
    act_id: int,
    amount_kopecks: Kopecks,
    order_number: int,
    order_date: date,
    request_key: str,
    user: User,
    now: datetime,
) -> BankEntry:
    """Write down that an act, or a part of it, was paid by bank. Same key: the same entry. Nothing is booked yet.

    :raises NotOwedError: if so much is not owed for it, less what orders that wait will pay.
    :raises BankEntryError: another of its kinds; nothing changes.
    """
    act = BankEntry.objects.spent().select_for_update(of=("self",)).get(pk=act_id)
    known = known_entry(request_key=request_key)
    if known:
        return known
    if amount_kopecks > act.amount_kopecks - _total(act.payments.standing()):
        raise NotOwedError
    entry = BankEntry(kind=Kind.SUPPLIER, act=act, subject=act.subject, amount_kopecks=amount_kopecks)
    return write_entry(
        entry, number=str(order_number), date=order_date, request_key=request_key, user=user, now=now
    )  # fmt: skip


def book_payout(entry: BankEntry) -> None:
    """Let the money be at the bank and no longer at ЮKassa.

    :raises NotHeldError: if there is not so much any more.
    """
    try:
        entry.operation = book_entry(entry, "payout", key=f"payout:{entry.pk}", sum_name="net")
    except ShortOfMoneyError as short:
        raise NotHeldError from short


def book_expense(entry: BankEntry) -> None:
    """Book what the supplier did, and that the project's money covers it.

    :raises NotSpendableError: if the project's money may not be spent any more.
    :raises NotHeldError: if it has not so much any more.
    """
    found = purposes.spending().spendable(subject=entry.subject, is_held=True)
    if found is None:
        raise NotSpendableError
    if entry.amount_kopecks > found.left_kopecks:
        raise NotHeldError
    about = {"subject": entry.subject, "reference": entry.number}
    entry.operation = book_entry(entry, "supplier_act", key=f"supplier_act:{entry.pk}", **about)
    entry.cover_operation = book_entry(entry, "project_costs_covered", key=f"costs_covered:{entry.pk}", **about)


def book_supplier_paid(entry: BankEntry) -> None:
    """Book what was paid for an act; the database refuses to approve more than the act says."""
    entry.operation = book_entry(
        entry, "supplier_paid", key=f"supplier_paid:{entry.pk}", subject=entry.subject, reference=f"{entry.act_id:06}"
    )


def _total(entries: QuerySet[BankEntry]) -> Kopecks:
    return Kopecks(entries.aggregate(total=Sum("amount_kopecks"))["total"] or 0)
