"""The one rule by which money with a purpose is counted, whoever asks: raised, spent, held.

What goes on to another purpose is the other's from then on: it is raised there, and no longer here. Together they
have raised what they had.
"""

from __future__ import annotations

from dataclasses import dataclass

from fund.money import Kopecks

PURPOSE_HEADS = ("86", "76")  # what belongs to a purpose, and what does once its goal is met
COSTS_HEAD = "20"
NO_PURPOSES = ("76.debts",)


@dataclass(frozen=True)
class PurposeMoney:
    """What came in for a purpose less what went back, and what of it is spent; in kopecks."""

    raised_kopecks: Kopecks
    spent_kopecks: Kopecks


def purpose_money(*, held_kopecks: int, costs_credit_kopecks: int) -> PurposeMoney:
    """Return raised and spent: costs that the purpose's money covered (the credit of 20) are spent, not gone back.

    :param held_kopecks: what the accounts of 86 and 76 hold, but for debts.
    """
    return PurposeMoney(Kopecks(held_kopecks + costs_credit_kopecks), Kopecks(costs_credit_kopecks))


def subject_of(code: str) -> str:
    """Return whose money or costs an account holds: «jazz-may» of «86.jazz-may»; empty for any other account."""
    head, _, subject = code.partition(".")
    return subject if head in {*PURPOSE_HEADS, COSTS_HEAD} and code not in NO_PURPOSES else ""


def is_purpose(code: str) -> bool:
    """Return whether an account holds money with a purpose."""
    return code.partition(".")[0] in PURPOSE_HEADS and code not in NO_PURPOSES


def purpose_name(account_name: str) -> str:
    """Return «Общие цели фонда» of «Целевые средства: общие цели фонда», a campaign's title of its accounts' names."""
    own = account_name.partition(": ")[2]
    return own[:1].upper() + own[1:]
