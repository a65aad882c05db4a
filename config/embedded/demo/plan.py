"""Who gives what in the demo history: the same on every machine."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from emulator.cards import DECLINES, PLAIN

if TYPE_CHECKING:
    from collections.abc import Sequence

GIFTS = 60
SEED = 1
SPACE = UUID("5f0c2a4e-6f0b-4f0e-9c53-2f1f6c1d9a60")
SUMS = (100, 200, 300, 300, 500, 500, 500, 700, 1000, 1000, 1500, 2000, 3000, 5000)
NAMES = (
    "Мария Л.", "Семья Котовых", "Иван П.", "Ольга и Пётр", "Сосед с Московской", "Анна К.", "Дед Матвей", "Лида",
    "Выпуск 1998 года", "Тимур", "Хор «Суринка»", "Наталья В.", "Двор на Суворова", "Артём",
)  # fmt: skip
WORDS = ("Спасибо, что делаете!", "Давно ждали.", "Пусть получится.", "")
REFUNDED = {17: 0, 41: 200}  # gift → roubles that go back; 0 is all of it
DECLINED = {8: "insufficient_funds", 23: "card_expired", 34: "3d_secure_failed", 52: "general_decline"}
LEFT = {29, 47}  # went away from the pay page


@dataclass(frozen=True)
class PlannedGift:
    """One gift; ``card`` is empty where the donor goes away, ``refund_roubles`` None where nothing goes back."""

    number: int
    key: UUID
    campaign: str
    roubles: int
    name: str
    message: str
    card: str
    refund_roubles: int | None

    @property
    def email(self) -> str:
        """Return a mailbox that can't exist (RFC 2606)."""
        return f"daritel{self.number}@example.org"

    @property
    def address(self) -> str:
        """Return an address of this machine for this donor alone: limits count by address."""
        return f"127.0.1.{self.number}"

    @property
    def is_by_form(self) -> bool:
        """Return whether the gift comes by the site's form, the rest by the API."""
        return self.number % 2 == 1

    def body(self) -> dict[str, object]:
        """Return what the API is sent."""
        return {
            "campaign": self.campaign,
            "amount_kopecks": self.roubles * 100,
            "email": self.email,
            "public_name": self.name or None,
            "consents": {"offer": True, "personal_data": True},
        }

    def words(self) -> dict[str, str]:
        """Return what is written into the site's form."""
        named = {"public_name": self.name, "public_name_consent": "on"} if self.name else {}
        return named | {
            "key": str(self.key),
            "amount": str(self.roubles),
            "email": self.email,
            "message": self.message,
            "offer": "on",
            "personal_data": "on",
        }


def planned_gifts(campaigns: Sequence[str]) -> list[PlannedGift]:
    """Return the gifts in their order, to the campaigns given: the first get more."""
    chance = random.Random(SEED)  # noqa: S311 - no secret
    names, weights = list(NAMES), [1 / (place + 1) for place in range(len(campaigns))]
    found = []
    for number in range(1, GIFTS + 1):
        declined = DECLINED.get(number)
        card = DECLINES[declined][0] if declined else chance.choice(sorted(PLAIN))
        found.append(
            PlannedGift(
                number=number,
                key=uuid5(SPACE, str(number)),
                campaign=chance.choices(campaigns, weights)[0],
                roubles=chance.choice(SUMS[5:] if number in REFUNDED else SUMS),
                name=names.pop(0) if names and number % 4 == 1 else "",
                message=chance.choice(WORDS),
                card="" if number in LEFT else card,
                refund_roubles=REFUNDED.get(number),
            )
        )
    return found
