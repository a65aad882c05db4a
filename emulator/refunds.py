"""Refunds: full or in part, at once for cards, a little later for SBP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.errors import invalid, not_found
from emulator.money import amount_of, kopecks_of
from emulator.payments import check_metadata, new_id, public
from emulator.receipts import check_attached
from emulator.store import stamp

if TYPE_CHECKING:
    from emulator.payments import Payments
    from emulator.receipts import Receipts
    from emulator.store import Store
    from emulator.webhooks import Webhooks

SBP_SECONDS = 2
LEAST_KOPECKS = 100
HELD = "held"


class Refunds:
    """The shop's refunds. ``refund_mode`` in the store: empty, ``held``, or a reason to cancel the next ones with.

    Of one payment alone: ``refund_mode:`` and its id, a reason.
    """

    def __init__(self, store: Store, payments: Payments, webhooks: Webhooks, receipts: Receipts) -> None:
        self.store = store
        self.payments = payments
        self.webhooks = webhooks
        self.receipts = receipts

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        """Make a refund of a paid payment."""
        payment = self.payments.store.get("payment", str(body.get("payment_id", "")))
        if payment is None:
            raise invalid("Payment doesn't exist", "payment_id")
        kopecks = kopecks_of(body.get("amount"))
        check_metadata(body.get("metadata") or {})
        check_attached(body, kopecks)
        if payment["status"] != "succeeded":
            raise invalid("Payment is not paid", "payment_id")
        if kopecks < LEAST_KOPECKS or kopecks > self._remaining(payment):
            raise invalid("Refund amount exceeds what remains of the payment", "amount.value")
        refund = {
            "id": new_id(),
            "payment_id": payment["id"],
            "status": "pending",
            "created_at": stamp(self.store.now()),
            "amount": amount_of(kopecks),
            "metadata": body.get("metadata") or {},
        }
        refund |= {"_receipt": body["receipt"]} if body.get("receipt") else {}
        self.store.add("refund", refund)
        return self._go_on(refund, payment)

    def _go_on(self, refund: dict[str, Any], payment: dict[str, Any]) -> dict[str, Any]:
        """Let a new refund end at once, or wait, as the shop was told and its way to pay has it."""
        mode = self.store.meta(f"refund_mode:{payment['id']}") or self.store.meta("refund_mode")
        if mode and mode != HELD:
            return self.finish(refund, reason=mode)
        if mode == HELD or payment["payment_method"]["type"] == "sbp":
            return refund
        return self.finish(refund)

    def refuse(self, reason: str, payment_id: str) -> None:
        """Let refunds of one payment be cancelled for this reason; an empty one ends it."""
        self.store.set_meta(f"refund_mode:{payment_id}", reason)

    def get(self, refund_id: str) -> dict[str, Any]:
        """Return a refund as it is now."""
        found = self.store.get("refund", refund_id)
        if found is None:
            raise not_found("Refund")
        return found

    def finish(self, refund: dict[str, Any], reason: str = "") -> dict[str, Any]:
        """Let a refund reach the payer, or fail with a reason; of a failed one no notification tells."""
        with self.store.transaction():
            if reason:
                refund |= {"status": "canceled", "cancellation_details": {"party": "yoo_money", "reason": reason}}
                self.store.change(refund)
                return refund
            payment = self.payments.store.get("payment", refund["payment_id"])
            if payment is None:
                raise not_found("Payment")
            total = self._refunded(payment["id"]) + kopecks_of(refund["amount"])
            refund["status"] = "succeeded"
            if refund.get("_receipt"):
                refund["receipt_registration"] = "pending"
                self.receipts.attach("refund", refund, refund["_receipt"])
            self.store.change(refund)
            payment["refunded_amount"] = amount_of(total)
            payment["refundable"] = total < kopecks_of(payment["amount"])
            self.store.change(payment)
            self.webhooks.enqueue("refund.succeeded", public(refund))
        return refund

    def dispute(self, payment_id: str, kopecks: int | None = None) -> dict[str, Any]:
        """Let the payer's bank take a payment back, whole or in part: it stands in the list, and nobody is told."""
        with self.store.transaction():
            payment = self.store.get("payment", payment_id)
            if payment is None or payment["status"] != "succeeded":
                raise invalid("Payment is not paid", "payment_id")
            amount = kopecks or kopecks_of(payment["amount"])
            refund = {
                "id": new_id(),
                "payment_id": payment_id,
                "status": "succeeded",
                "created_at": stamp(self.store.now()),
                "amount": amount_of(amount),
            }
            self.store.add("refund", refund)
            total = self._refunded(payment_id)
            payment["refunded_amount"] = amount_of(total)
            payment["refundable"] = total < kopecks_of(payment["amount"])
            self.store.change(payment)
        return refund

    def settle_pending(self) -> None:
        """Finish what waited long enough, unless refunds are held."""
        if self.store.meta("refund_mode") != HELD:
            for refund in self.store.pending("refund", self.store.now() - SBP_SECONDS):
                self.finish(refund)

    def _refunded(self, payment_id: str, *, also_pending: bool = False) -> int:
        wanted = {"succeeded", "pending"} if also_pending else {"succeeded"}
        return sum(
            kopecks_of(refund["amount"]) for refund in self.store.of_payment(payment_id) if refund["status"] in wanted
        )

    def _remaining(self, payment: dict[str, Any]) -> int:
        return kopecks_of(payment["amount"]) - self._refunded(payment["id"], also_pending=True)
