"""What the year's treasurer and second signer do: expenses, payouts and suppliers paid, by the fund's own services."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid5

from django.utils import timezone

from config.embedded.city_year.plan import SPACE
from fund.money import Kopecks
from fund.payments import purposes, services
from fund.payments.days import moscow_date
from fund.payments.models import BankEntry
from people.services import grant_role, open_account

if TYPE_CHECKING:
    from collections.abc import Iterator

    from campaigns.models import Campaign
    from people.models import User


def seat_hands() -> tuple[User, User]:
    """Return the year's treasurer and second signer. Repeat-safe."""
    hands = tuple(open_account(email=f"god-{role}@demo.example") for role in ("treasurer", "signer"))
    for user, role in zip(hands, ("treasurer", "signer"), strict=True):
        if not user.is_staff:
            grant_role(user=user, role=role, granted_by=None, now=timezone.now())
    treasurer, signer = hands
    return treasurer, signer


def spend(campaign: Campaign, hands: tuple[User, User]) -> None:
    """Let all that the campaign may spend be spent line by line, ЮKassa pay it out and suppliers be paid. Repeat-safe.

    Cut short, it goes on with what is not spent or not paid yet.
    """
    treasurer, signer = hands
    for entry in BankEntry.objects.filter(proposed_by=treasurer, state=BankEntry.State.PROPOSED).order_by("pk"):
        _confirm(entry, signer)
    for number, (line, kopecks) in enumerate(_shares(campaign), start=1):
        now = timezone.now()
        key = uuid5(SPACE, f"{campaign.slug}:{line}:{kopecks}:{number}").hex
        act = services.propose_expense(
            subject=campaign.slug, amount_kopecks=kopecks, line=line, words=line, act_number=f"{campaign.pk}/{number}",
            act_date=moscow_date(now), request_key=key, user=treasurer, now=now,
        )  # fmt: skip
        _confirm(act, signer)
    for act in BankEntry.objects.spent().filter(subject=campaign.slug, payments=None).order_by("pk"):
        _pay(act, hands)


def _shares(campaign: Campaign) -> Iterator[tuple[str, Kopecks]]:
    """Give what is spent on each line of the budget: its own sum as far as the money goes, the last one the rest."""
    found = purposes.spending().spendable(subject=campaign.slug)
    left = found.left_kopecks if found else Kopecks(0)
    lines = list(campaign.budget_lines.order_by("position"))
    for line in lines:
        share = Kopecks(left if line == lines[-1] else min(left, line.amount_kopecks))
        left = Kopecks(left - share)
        if share:
            yield line.title, share


def _pay(act: BankEntry, hands: tuple[User, User]) -> None:
    """Let ЮKassa pay out what an act says, and the bank pay it on to the supplier."""
    treasurer, signer = hands
    amount, now = Kopecks(act.amount_kopecks), timezone.now()
    number, day = act.pk % 999_999 + 1, moscow_date(now)
    out = services.propose_payout(
        amount_kopecks=amount, order_number=number, order_date=day, request_key=uuid5(SPACE, f"payout:{act.pk}").hex,
        user=treasurer, now=now,
    )  # fmt: skip
    _confirm(out, signer)
    paid = services.propose_supplier_paid(
        act_id=act.pk, amount_kopecks=amount, order_number=number, order_date=day,
        request_key=uuid5(SPACE, f"supplier:{act.pk}").hex, user=treasurer, now=now,
    )  # fmt: skip
    _confirm(paid, signer)


def _confirm(entry: BankEntry, signer: User) -> None:
    if entry.state == BankEntry.State.PROPOSED:
        services.approve_bank_entry(entry_id=entry.pk, user=signer, now=timezone.now())
