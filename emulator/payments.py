"""Payments: their creation, their states, the list of them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from emulator.errors import ApiError, invalid, not_found
from emulator.methods import PENDING, party_of
from emulator.money import amount_of, fee_kopecks, kopecks_of
from emulator.receipts import check_attached
from emulator.store import stamp

if TYPE_CHECKING:
    from emulator.methods import Methods
    from emulator.receipts import Receipts
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

    def __init__(
        self, store: Store, settings: Settings, webhooks: Webhooks, methods: Methods, receipts: Receipts
    ) -> None:
        self.store = store
        self.settings = settings
        self.webhooks = webhooks
        self.methods = methods
        self.receipts = receipts

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        """Make a payment that waits for its payer, or one by a saved method, which ends at once."""
        kopecks = kopecks_of(body.get("amount"))
        _check(body, kopecks)
        check_attached(body, kopecks)
        if body.get("payment_method_id"):
            return self._charge(body, kopecks)
        _check_confirmation(body)
        payment = self._new(body, kopecks)
        url = f"{self.settings.public_url}/checkout/payments/v2/contract?orderId={payment['id']}"
        payment["confirmation"] = {
            "type": "redirect",
            "return_url": body["confirmation"]["return_url"],
            "confirmation_url": url,
        }
        payment["_saves"] = bool(body.get("save_payment_method"))
        self.store.add("payment", payment)
        return payment

    def recipient(self) -> dict[str, str]:
        """Return the shop as the API shows it."""
        return {"account_id": self.settings.shop_id, "gateway_id": "2000001"}

    def _new(self, body: dict[str, Any], kopecks: int) -> dict[str, Any]:
        payment: dict[str, Any] = {
            "id": new_id(),
            "status": "pending",
            "paid": False,
            "amount": amount_of(kopecks),
            "created_at": stamp(self.store.now()),
            "metadata": body.get("metadata") or {},
            "recipient": self.recipient(),
            "refundable": False,
            "test": True,
        }
        if body.get("receipt"):
            payment["_receipt"] = body["receipt"]
        if body.get("description"):
            payment["description"] = body["description"]
        return payment

    def _charge(self, body: dict[str, Any], kopecks: int) -> dict[str, Any]:
        """Charge a saved method: there is nobody to confirm it."""
        method_id = str(body["payment_method_id"])
        try:
            method = self.methods.get(method_id)
        except ApiError:
            raise invalid("Payment method doesn't exist", "payment_method_id") from None
        payment = self._new(body, kopecks) | {"payment_method": method}
        self.store.add("payment", payment)
        refusal = self.methods.refusal(method_id)
        if refusal == PENDING:
            return payment
        if refusal:
            return self.cancel(payment["id"], refusal, party_of(refusal))
        return self.succeed(payment["id"], method)

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
            }
            if method["type"] == "bank_card":
                payment["authorization_details"] = {
                    "rrn": secrets.token_hex(6), "auth_code": f"{secrets.randbelow(10**6):06}",
                    "three_d_secure": {"applied": bool(method.pop("_3ds", False))},
                }  # fmt: skip
            if payment.get("_saves"):
                payment["payment_method"] = self.methods.save(payment_id, method)
            elif "payment_method" not in payment:
                payment["payment_method"] = {"id": payment_id, "saved": False, "status": "inactive", **method}
            if payment.get("_receipt"):
                payment["receipt_registration"] = "pending"
                self.receipts.attach("payment", payment, payment["_receipt"])
            _end_confirmation(payment)
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
            _end_confirmation(payment)
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


def _end_confirmation(payment: dict[str, Any]) -> None:
    if "confirmation" in payment:
        payment["_return_url"] = payment.pop("confirmation")["return_url"]


def _check(body: dict[str, Any], kopecks: int) -> None:
    method = (body.get("payment_method_data") or {}).get("type", "")
    if method and body.get("payment_method_id"):
        raise invalid("Either payment_method_id or payment_method_data", "payment_method_id")
    if kopecks > MOST_KOPECKS.get(method, 700_000_00):
        raise invalid("Payment amount exceeds the limit", "amount.value")
    if not body.get("capture"):
        raise invalid("Two-stage payments are not emulated", "capture")
    if len(body.get("description") or "") > LONGEST_DESCRIPTION:
        raise invalid("Description is too long", "description")
    check_metadata(body.get("metadata") or {})


def _check_confirmation(body: dict[str, Any]) -> None:
    confirmation = body.get("confirmation")
    if not isinstance(confirmation, dict) or confirmation.get("type") != "redirect":
        raise invalid("Only redirect confirmation is emulated", "confirmation.type")
    address = confirmation.get("return_url")
    if not isinstance(address, str) or not address.startswith(("http://", "https://")) or len(address) > 2048:  # noqa: PLR2004
        raise invalid("Missing or wrong return_url", "confirmation.return_url")


def check_metadata(metadata: Any) -> None:
    """Refuse more than 16 keys, keys over 32 and values over 512 characters."""
    if not isinstance(metadata, dict) or len(metadata) > 16:  # noqa: PLR2004
        raise invalid("Too many metadata keys", "metadata")
    if any(len(key) > 32 or not isinstance(value, str) or len(value) > 512 for key, value in metadata.items()):  # noqa: PLR2004
        raise invalid("Wrong metadata", "metadata")
