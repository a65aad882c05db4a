"""Saved ways to pay: kept with the payer's consent, charged later without the payer, refused in every known way."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from emulator.errors import not_found

if TYPE_CHECKING:
    from emulator.store import Store

MOSCOW = timezone(timedelta(hours=3))
PENDING = "pending"  # a charge whose outcome comes later
REVOKED, EXPIRED = "permission_revoked", "card_expired"
# What ЮKassa may answer to a charge of a saved method.
REFUSALS = (
    REVOKED, EXPIRED, "3d_secure_failed", "call_issuer", "country_forbidden", "fraud_suspected", "general_decline",
    "identification_required", "insufficient_funds", "internal_timeout", "invalid_card_number", "issuer_unavailable",
    "payment_method_limit_exceeded", "payment_method_restricted",
)  # fmt: skip
OWN_REFUSALS = {REVOKED, "country_forbidden", "internal_timeout"}  # ЮKassa's own word, not the bank's
TITLES = {"sbp": "СБП", "sberbank": "SberPay", "tinkoff_bank": "T-Pay"}
KIND, PLACE = "payment_method", "method-{}"  # a method's id is its first payment's, so its place has another name


class Methods:
    """The shop's saved ways to pay."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def save(self, payment_id: str, method: dict[str, Any]) -> dict[str, Any]:
        """Keep how a payment was paid; the method's id is the payment's, as in ЮKassa's samples."""
        saved = {**method, "id": payment_id, "saved": True, "status": "active", "title": _title(method)}
        self.store.add(KIND, saved | {"id": PLACE.format(payment_id)})
        return saved

    def get(self, method_id: str) -> dict[str, Any]:
        """Return a saved method.

        :raises ApiError: 404 if there is none.
        """
        found = self.store.get(KIND, PLACE.format(method_id))
        if found is None:
            raise not_found("Payment method")
        return found | {"id": method_id}

    def refusal(self, method_id: str) -> str:
        """Return why a charge of the method fails now, ``pending``, or nothing."""
        method = self.get(method_id)
        wanted = self.store.meta(f"charges:{method_id}") or self.store.meta("charges:")
        if wanted or method["status"] != "active":
            return wanted or REVOKED
        today = datetime.fromtimestamp(self.store.now(), MOSCOW)
        card = method.get("card")
        is_old = card and (int(card["expiry_year"]), int(card["expiry_month"])) < (today.year, today.month)
        return EXPIRED if is_old else ""

    def refuse(self, mode: str, method_id: str) -> None:
        """Let charges of one method, or of all where none is named, end so; an empty ``mode`` ends it.

        :raises ValueError: if ЮKassa never answers so.
        """
        if mode not in {"", PENDING, *REFUSALS}:
            raise ValueError(mode)
        self.store.set_meta(f"charges:{method_id}", mode)

    def unlink(self, method_id: str) -> dict[str, Any]:
        """Let the payer take the permission back."""
        return self._change(self.get(method_id) | {"status": "inactive", "saved": False})

    def expire_card(self, method_id: str) -> dict[str, Any]:
        """Let the card be out of date."""
        method = self.get(method_id)
        return self._change(method | {"card": method["card"] | {"expiry_month": "01", "expiry_year": "2020"}})

    def _change(self, method: dict[str, Any]) -> dict[str, Any]:
        self.store.change(method | {"id": PLACE.format(method["id"])})
        return method


def party_of(reason: str) -> str:
    """Return who refuses for this reason."""
    return "yoo_money" if reason in OWN_REFUSALS else "payment_network"


def _title(method: dict[str, Any]) -> str:
    if method["type"] == "bank_card":
        return f"Bank card *{method['card']['last4']}"
    if method["type"] == "yoo_money":
        return f"YooMoney {method['account_number']}"
    return TITLES[method["type"]]
