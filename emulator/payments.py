"""Payments: their creation, their states, the list of them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from emulator.errors import invalid, not_found
from emulator.money import amount_of, fee_kopecks, kopecks_of
from emulator.store import stamp

if TYPE_CHECKING:
    from emulator.settings import Settings
    from emulator.store import Store
    from emulator.webhooks import Webhooks

CONFIRMATION_SECONDS = 3600
LONGEST_DESCRIPTION = 128
MOST_KOPECKS = {"bank_card": 350_000_00, "sbp": 700_000_00}


def new_id() -> str:
    """Return an identifier in ЮKassa's shape."""
    raw = secrets.token_hex(10)
    return f"{raw[:8]}-000f-5000-8{raw[8:11]}-{raw[11:]}{secrets.token_hex(2)}"[:36].ljust(36, "0")


class Payments:
    """The shop's payments."""

    def __init__(self, store: Store, settings: Settings, webhooks: Webhooks) -> None:
        self.store = store
        self.settings = settings
        self.webhooks = webhooks

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        """Make a payment that waits for its payer."""
        kopecks = kopecks_of(body.get("amount"))
        _check(body, kopecks)
        payment_id = new_id()
        url = f"{self.settings.public_url}/checkout/payments/v2/contract?orderId={payment_id}"
        payment: dict[str, Any] = {
            "id": payment_id,
            "status": "pending",
            "paid": False,
            "amount": amount_of(kopecks),
            "confirmation": {
                "type": "redirect",
                "return_url": body["confirmation"]["return_url"],
                "confirmation_url": url,
            },
            "created_at": stamp(self.store.now()),
            "metadata": body.get("metadata") or {},
            "recipient": {"account_id": self.settings.shop_id, "gateway_id": "2000001"},
            "refundable": False,
            "test": True,
        }
        if body.get("description"):
            payment["description"] = body["description"]
        self.store.add("payment", payment)
        return payment

    def get(self, payment_id: str) -> dict[str, Any]:
        """Return a payment as it is now."""
        self.expire_old()
        found = self.store.get("payment", payment_id)
        if found is None:
            raise not_found("Payment")
        return found

    def succeed(self, payment_id: str, method: dict[str, Any]) -> dict[str, Any]:
        """Let the payer pay; a payment that does not wait stays as it is."""
        with self.store.transaction():
            payment = self.get(payment_id)
            if payment["status"] != "pending":
                return payment
            kopecks = kopecks_of(payment["amount"])
            payment |= {
                "status": "succeeded",
                "paid": True,
                "refundable": True,
                "captured_at": stamp(self.store.now()),
                "income_amount": amount_of(kopecks - fee_kopecks(kopecks, method["type"])),
                "refunded_amount": {"value": "0.00", "currency": "RUB"},
                "payment_method": {"id": payment_id, "saved": False, "status": "inactive", **method},
            }
            if method["type"] == "bank_card":
                payment["authorization_details"] = {
                    "rrn": secrets.token_hex(6), "auth_code": f"{secrets.randbelow(10**6):06}",
                    "three_d_secure": {"applied": bool(method.pop("_3ds", False))},
                }  # fmt: skip
                payment["payment_method"].pop("_3ds", None)
            payment["_return_url"] = payment.pop("confirmation")["return_url"]
            self.store.change(payment)
            self.webhooks.enqueue("payment.succeeded", public(payment))
        return payment

    def cancel(self, payment_id: str, reason: str, party: str) -> dict[str, Any]:
        """Let the payment fail; one that does not wait stays as it is."""
        with self.store.transaction():
            payment = self.store.get("payment", payment_id)
            if payment is None:
                raise not_found("Payment")
            if payment["status"] != "pending":
                return payment
            payment |= {"status": "canceled", "cancellation_details": {"party": party, "reason": reason}}
            payment["_return_url"] = payment.pop("confirmation")["return_url"]
            self.store.change(payment)
            self.webhooks.enqueue("payment.canceled", public(payment))
        return payment

    def expire_old(self) -> None:
        """Cancel payments whose payer took longer than an hour."""
        for payment in self.store.pending("payment", self.store.now() - CONFIRMATION_SECONDS):
            self.cancel(payment["id"], "expired_on_confirmation", "yoo_money")


def public(payment: dict[str, Any]) -> dict[str, Any]:
    """Return the object as the API shows it."""
    return {name: value for name, value in payment.items() if not name.startswith("_")}


def _check(body: dict[str, Any], kopecks: int) -> None:
    confirmation = body.get("confirmation")
    method = (body.get("payment_method_data") or {}).get("type", "")
    if kopecks > MOST_KOPECKS.get(method, 700_000_00):
        raise invalid("Payment amount exceeds the limit", "amount.value")
    if not body.get("capture"):
        raise invalid("Two-stage payments are not emulated", "capture")
    if not isinstance(confirmation, dict) or confirmation.get("type") != "redirect":
        raise invalid("Only redirect confirmation is emulated", "confirmation.type")
    address = confirmation.get("return_url")
    if not isinstance(address, str) or not address.startswith(("http://", "https://")) or len(address) > 2048:  # noqa: PLR2004
        raise invalid("Missing or wrong return_url", "confirmation.return_url")
    if len(body.get("description") or "") > LONGEST_DESCRIPTION:
        raise invalid("Description is too long", "description")
    check_metadata(body.get("metadata") or {})


def check_metadata(metadata: Any) -> None:
    """Refuse more than 16 keys, keys over 32 and values over 512 characters."""
    if not isinstance(metadata, dict) or len(metadata) > 16:  # noqa: PLR2004
        raise invalid("Too many metadata keys", "metadata")
    if any(len(key) > 32 or not isinstance(value, str) or len(value) > 512 for key, value in metadata.items()):  # noqa: PLR2004
        raise invalid("Wrong metadata", "metadata")
