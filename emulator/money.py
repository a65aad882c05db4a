"""Sums as ЮKassa writes them; whole kopecks inside."""

from __future__ import annotations

import re
from typing import Any

from emulator.errors import invalid

VALUE = re.compile(r"\d{1,13}\.\d{2}", re.ASCII)
FEE_PER_MILLE = {"bank_card": 35, "sbp": 7}
VAT_PERCENT = 22


def kopecks_of(amount: Any, parameter: str = "amount") -> int:
    """Return the kopecks of ``{"value": "10.00", "currency": "RUB"}``; anything else is a 400."""
    if not isinstance(amount, dict) or amount.get("currency") != "RUB":
        raise invalid("Currency is not supported", f"{parameter}.currency")
    value = str(amount.get("value", ""))
    if not VALUE.fullmatch(value) or not int(value.replace(".", "")):
        raise invalid("Incorrect payment amount. Specify the amount in the correct format.", f"{parameter}.value")
    return int(value.replace(".", ""))


def amount_of(kopecks: int) -> dict[str, str]:
    """Return a sum as ЮKassa writes it."""
    return {"value": f"{kopecks // 100}.{kopecks % 100:02}", "currency": "RUB"}


def fee_kopecks(kopecks: int, method: str) -> int:
    """Return the commission with its VAT, each rounded half up to the kopeck."""
    fee = (kopecks * FEE_PER_MILLE.get(method, 35) * 2 + 1000) // 2000
    return fee + (fee * VAT_PERCENT * 2 + 100) // 200
