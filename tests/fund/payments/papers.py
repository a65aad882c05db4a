"""What tests of what is paid out and spent begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from fund.ledger.selectors import balances_kopecks
from fund.money import Kopecks
from fund.payments import services
from fund.payments.days import moscow_date
from tests import make

if TYPE_CHECKING:
    from campaigns.models import Campaign
    from fund.payments.models import BankEntry
    from people.models import User

TODAY = moscow_date(make.NOW)


def funded(slug: str = "sad", *, kopecks: int = 500_00, number: int = 1, **terms: Any) -> Campaign:
    """Return a campaign that has ended with one gift."""
    found = make.campaign(slug, **terms)
    make.paid_donation(found, number=number, kopecks=kopecks)
    make.end(found, at=make.NOW)
    found.refresh_from_db()
    return found


def payout(user: User, kopecks: int, *, number: int = 1, key: str = "", day: Any = TODAY) -> BankEntry:
    return services.propose_payout(
        amount_kopecks=Kopecks(kopecks), order_number=number, order_date=day, request_key=key or uuid4().hex,
        user=user, now=make.NOW,
    )  # fmt: skip


def expense(
    user: User, kopecks: int, *, subject: str = "sad", number: str = "А-17/2", key: str = "", line: str = "Саженцы",
    words: str = "Двадцать яблонь", day: Any = TODAY,
) -> BankEntry:  # fmt: skip
    return services.propose_expense(
        subject=subject, amount_kopecks=Kopecks(kopecks), line=line, words=words, act_number=number, act_date=day,
        request_key=key or uuid4().hex, user=user, now=make.NOW,
    )  # fmt: skip


def supplier(user: User, act: BankEntry, kopecks: int, *, number: int = 1, key: str = "") -> BankEntry:
    return services.propose_supplier_paid(
        act_id=act.pk, amount_kopecks=Kopecks(kopecks), order_number=number, order_date=TODAY,
        request_key=key or uuid4().hex, user=user, now=make.NOW,
    )  # fmt: skip


def confirm(entry: BankEntry, user: User) -> BankEntry:
    return services.approve_bank_entry(entry_id=entry.pk, user=user, now=make.NOW)


def spent(treasurer: User, signer: User, kopecks: int, **more: Any) -> BankEntry:
    """Return an expense that is in the books."""
    return confirm(expense(treasurer, kopecks, **more), signer)


def held(*codes: str) -> list[int]:
    found = balances_kopecks(codes=list(codes))
    return [found[code] for code in codes]
