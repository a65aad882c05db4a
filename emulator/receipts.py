"""Fiscal receipts (54-ФЗ): with a payment or a refund, or by themselves; registered a little later.

Shapes: POST /v3/receipts and ``receipt`` of payments and refunds in ЮKassa's OpenAPI; what «Чеки от ЮKassa» asks of
them beyond that (an e-mail, ``measure``): yookassa.ru/developers/payment-acceptance/receipts/54fz/yoomoney/basics.
"""

from __future__ import annotations

import re
import secrets
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from emulator.errors import invalid, not_found
from emulator.money import kopecks_of
from emulator.store import stamp

if TYPE_CHECKING:
    from emulator.store import Store

REGISTER_SECONDS = 1
HELD = "held"
MOST_ITEMS, LONGEST_DESCRIPTION, VAT_CODES = 80, 128, range(1, 13)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
MODES = {
    "full_prepayment",
    "partial_prepayment",
    "advance",
    "full_payment",
    "partial_payment",
    "credit",
    "credit_payment",
}
SUBJECTS = {"commodity", "excise", "job", "service", "payment", "composite", "another", "non_operating_gain", "marked",
            "non_marked", "agent_commission", "property_right", "gambling_bet", "gambling_prize", "lottery",
            "lottery_prize", "intellectual_activity"}  # fmt: skip
SETTLEMENTS = {"cashless", "prepayment", "postpayment", "consideration"}
TYPES = {"payment", "refund"}
SHOWN = ("items", "tax_system_code", "settlements")


class Receipts:
    """The shop's receipts. ``receipt_mode`` in the store: empty, ``held``, or ``refuse`` for the next ones."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        """Take a receipt that belongs to a payment or refund made before, such as the offset of a prepayment."""
        kind = body.get("type")
        if kind not in TYPES or body.get("send") is not True:
            raise invalid("Wrong receipt type, or not to be sent", "type" if kind not in TYPES else "send")
        of = (
            "refund" if kind == "refund" and body.get("refund_id") else "payment"
        )  # of one that went by bank: its payment
        parent = f"{of}_id"
        if self.store.get(of, str(body.get(parent, ""))) is None:
            raise invalid(f"The {of} of the receipt doesn't exist", parent)
        total = check(body)
        settled = body.get("settlements")
        if not isinstance(settled, list) or not settled:
            raise invalid("A receipt says how it is settled", "settlements")
        if any(not isinstance(row, dict) or row.get("type") not in SETTLEMENTS for row in settled):
            raise invalid("Wrong settlement", "settlements.type")
        if sum(kopecks_of(row.get("amount"), "settlements.amount") for row in settled) != total:
            raise invalid("Settlements don't add up to the items", "settlements.amount")
        return self._add(str(kind), of, str(body[parent]), body)

    def attach(self, kind: str, parent: dict[str, Any], receipt: dict[str, Any]) -> None:
        """Begin to register the receipt that came with a payment or refund, now that its money went."""
        settled = [{"type": "cashless", "amount": parent["amount"]}]
        self._add(kind, kind, parent["id"], {**receipt, "settlements": settled})

    def get(self, receipt_id: str) -> dict[str, Any]:
        """Return a receipt as it is now."""
        found = self.store.get("receipt", receipt_id)
        if found is None:
            raise not_found("Receipt")
        return found

    def settle_pending(self) -> None:
        """Register what waited long enough, or refuse it; nothing while receipts are held."""
        mode = self.store.meta("receipt_mode")
        if mode == HELD:
            return
        for receipt in self.store.pending("receipt", self.store.now() - REGISTER_SECONDS):
            with self.store.transaction():
                self._finish(receipt, "canceled" if mode else "succeeded")

    def _finish(self, receipt: dict[str, Any], status: str) -> None:
        receipt["status"] = status
        if status == "succeeded":
            receipt |= {
                "fiscal_document_number": str(secrets.randbelow(10**5) + 1),
                "fiscal_storage_number": "9960440300000000",
                "fiscal_attribute": str(secrets.randbelow(10**9)),
                "fiscal_provider_id": secrets.token_hex(8),
                "registered_at": stamp(self.store.now()),
            }
        self.store.change(receipt)
        parent = self.store.get(receipt["type"], receipt["_parent"])
        if parent and parent.get("receipt_registration") == "pending" and receipt["_with_parent"]:
            parent["receipt_registration"] = status
            self.store.change(parent)

    def _add(self, kind: str, of: str, parent_id: str, body: dict[str, Any]) -> dict[str, Any]:
        receipt = {
            "id": f"rt-{secrets.token_hex(4)}-000f-5000-8{secrets.token_hex(2)[:3]}-{secrets.token_hex(6)}",
            "type": kind,
            f"{of}_id": parent_id,
            "status": "pending",
            "_parent": parent_id,
            "_with_parent": "type" not in body,
            **{name: body[name] for name in SHOWN if name in body},
        }
        if of == "refund":
            refund = self.store.get("refund", parent_id) or {}
            receipt["payment_id"] = refund.get("payment_id")
        self.store.add("receipt", receipt)
        return receipt


def check_attached(body: dict[str, Any], kopecks: int) -> None:
    """Refuse a payment's or refund's ``receipt`` that is none, or whose items are not the sum."""
    receipt = body.get("receipt")
    if receipt is None:
        return
    if not isinstance(receipt, dict) or check(receipt, "receipt.") != kopecks:
        raise invalid("The receipt's items don't add up to the amount", "receipt.items")


def check(receipt: dict[str, Any], path: str = "") -> int:
    """Return what a receipt's items cost together, in kopecks; refuse what ЮKassa would."""
    customer = receipt.get("customer")
    if not isinstance(customer, dict) or not EMAIL.fullmatch(str(customer.get("email", ""))):
        raise invalid("A receipt needs the customer's e-mail", f"{path}customer.email")
    items = receipt.get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_ITEMS:
        raise invalid("A receipt has 1 to 80 items", f"{path}items")
    return sum(_item_kopecks(item, f"{path}items") for item in items)


def _item_kopecks(item: Any, path: str) -> int:
    if not isinstance(item, dict):
        raise invalid("Wrong item", path)
    faults = {
        "description": not 1 <= len(str(item.get("description") or "")) <= LONGEST_DESCRIPTION,
        "vat_code": item.get("vat_code") not in VAT_CODES,
        "measure": item.get("measure") != "piece",
        "payment_mode": item.get("payment_mode") not in MODES,
        "payment_subject": item.get("payment_subject") not in SUBJECTS,
    }
    for name, is_wrong in faults.items():
        if is_wrong:
            raise invalid(f"Wrong {name}", f"{path}.{name}")
    try:
        quantity = Decimal(str(item.get("quantity")))
    except InvalidOperation:
        raise invalid("Wrong quantity", f"{path}.quantity") from None
    if not 0 < quantity <= 99_999 or quantity != quantity.to_integral_value():  # noqa: PLR2004 - the OAS's bound
        raise invalid("Wrong quantity", f"{path}.quantity")
    return kopecks_of(item.get("amount"), f"{path}.amount") * int(quantity)
