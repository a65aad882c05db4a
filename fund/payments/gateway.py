"""What ЮKassa can be asked, as plain functions: typed values in, plain values out, one way to fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from yookassa import Payment as SdkPayment
from yookassa import Receipt as SdkReceipt
from yookassa import Refund as SdkRefund

from fund.money import Kopecks, from_decimal_text, to_decimal_text
from fund.payments.transport import (
    BusyError,
    CredentialsError,
    GatewayError,
    MissingError,
    RefusedError,
    UnknownOutcomeError,
    UnreachedError,
    calling,
    configure,
    hasty,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = [
    "BusyError",
    "CredentialsError",
    "GatewayError",
    "MissingError",
    "RefusedError",
    "RemotePayment",
    "RemoteReceipt",
    "RemoteRefund",
    "UnknownOutcomeError",
    "UnreachedError",
    "configure",
    "create_payment",
    "create_receipt",
    "create_refund",
    "find_payment",
    "find_receipt",
    "find_refund",
    "hasty",
    "payments_between",
    "receipts_of",
    "refunds_between",
]

PAGE_SIZE = 100
DESCRIPTION_LENGTH = 128
Remote = TypeVar("Remote")


@dataclass(frozen=True)
class RemotePayment:
    """A payment as ЮKassa tells it; ``saved_method_id`` only where it keeps how it was paid, never in a log."""

    yookassa_id: str
    status: str
    amount_kopecks: Kopecks
    currency: str
    account_id: str
    is_test: bool
    reference: str
    income_kopecks: Kopecks | None = None
    confirmation_url: str = ""
    method: str = ""
    cancel_reason: str = ""
    captured_at: datetime | None = None
    saved_method_id: str = field(default="", repr=False)
    saved_method_title: str = ""
    receipt_status: str = ""


@dataclass(frozen=True)
class RemoteRefund:
    """A refund as ЮKassa tells it."""

    yookassa_id: str
    payment_id: str
    status: str
    amount_kopecks: Kopecks
    currency: str
    reference: str
    cancel_reason: str = ""
    receipt_status: str = ""


@dataclass(frozen=True)
class RemoteReceipt:
    """A fiscal receipt as ЮKassa tells it; ``status`` is pending, succeeded or canceled.

    ``refund_id``: whose it is, if a refund's. ``is_prepaid``: it takes up what was paid before, as an offset does.
    """

    yookassa_id: str
    kind: str
    status: str
    amount_kopecks: Kopecks
    is_prepaid: bool
    refund_id: str = ""


def create_payment(
    *,
    key: str,
    amount_kopecks: Kopecks,
    description: str,
    return_url: str,
    reference: str,
    saves_method: bool = False,
    method_id: str = "",
    receipt: Mapping[str, Any] | None = None,
) -> RemotePayment:
    """Create a payment, or get the one that this key already made within 24 hours.

    :param saves_method: ask ЮKassa to keep how it is paid.
    :param method_id: charge what ЮKassa keeps under this id; then nobody confirms the payment.
    :param receipt: ЮKassa's ``receipt`` (54-ФЗ), to be registered once it is paid.

    :raises GatewayError: one of its kinds; only :class:`UnknownOutcomeError` may have made the payment.
    """
    body: dict[str, Any] = {
        "amount": {"value": to_decimal_text(amount_kopecks), "currency": "RUB"},
        "capture": True,
        "description": description[:DESCRIPTION_LENGTH],
        "metadata": {"reference": reference},
    }
    if method_id:
        body["payment_method_id"] = method_id
    else:
        body["confirmation"] = {"type": "redirect", "return_url": return_url}
    if saves_method:
        body["save_payment_method"] = True
    if receipt:
        body["receipt"] = receipt
    with calling("create_payment", reference=reference, key=key):
        return _payment(SdkPayment.create(body, key))


def find_payment(*, yookassa_id: str) -> RemotePayment:
    """Read a payment again.

    :raises GatewayError: :class:`MissingError` where ЮKassa knows no such payment.
    """
    with calling("find_payment", object_id=yookassa_id):
        return _payment(SdkPayment.find_one(yookassa_id))


def payments_between(*, filters: Mapping[str, str], reference: str = "") -> Iterator[RemotePayment]:
    """Yield ЮKassa's payments, newest first, page by page.

    :param filters: ЮKassa's own, such as ``{"created_at.gte": …, "status": …}``.
    :param reference: of the one payment that is looked for, so that its history tells of it.
    :raises GatewayError: if a page can't be read.
    """
    return _listed("list_payments", SdkPayment.list, _payment, filters, reference)


def create_refund(
    *,
    key: str,
    payment_id: str,
    amount_kopecks: Kopecks,
    reference: str,
    receipt: Mapping[str, Any] | None = None,
) -> RemoteRefund:
    """Create a refund, or get the one that this key already made within 24 hours.

    :param receipt: ЮKassa's ``receipt`` (54-ФЗ) of what goes back.

    :raises GatewayError: one of its kinds; only :class:`UnknownOutcomeError` may have made the refund.
    """
    body: dict[str, Any] = {
        "payment_id": payment_id,
        "amount": {"value": to_decimal_text(amount_kopecks), "currency": "RUB"},
        "metadata": {"reference": reference},
    }
    if receipt:
        body["receipt"] = receipt
    with calling("create_refund", reference=reference, key=key):
        return _refund(SdkRefund.create(body, key))


def find_refund(*, yookassa_id: str) -> RemoteRefund:
    """Read a refund again.

    :raises GatewayError: :class:`MissingError` where ЮKassa knows no such refund.
    """
    with calling("find_refund", object_id=yookassa_id):
        return _refund(SdkRefund.find_one(yookassa_id))


def refunds_between(*, filters: Mapping[str, str], reference: str = "") -> Iterator[RemoteRefund]:
    """Yield ЮKassa's refunds, newest first, page by page.

    :param reference: of the one refund that is looked for.

    :raises GatewayError: if a page can't be read.
    """
    return _listed("list_refunds", SdkRefund.list, _refund, filters, reference)


def create_receipt(*, key: str, reference: str, body: Mapping[str, Any]) -> RemoteReceipt:
    """Have a fiscal receipt of its own registered, or get the one that this key already made within 24 hours.

    :param body: ЮKassa's, with ``settlements``; it holds the payer's address, so that nothing keeps it.
    :raises GatewayError: one of its kinds; only :class:`UnknownOutcomeError` may have made the receipt.
    """
    with calling("create_receipt", reference=reference, key=key):
        return _receipt(SdkReceipt.create(dict(body), key))


def find_receipt(*, yookassa_id: str) -> RemoteReceipt:
    """Read a receipt again.

    :raises GatewayError: :class:`MissingError` where ЮKassa knows no such receipt.
    """
    with calling("find_receipt", object_id=yookassa_id):
        return _receipt(SdkReceipt.find_one(yookassa_id))


def receipts_of(*, filters: Mapping[str, str], reference: str = "") -> Iterator[RemoteReceipt]:
    """Yield the receipts of one payment or refund, newest first, page by page.

    :param filters: ``{"payment_id": …}`` or ``{"refund_id": …}``.
    :raises GatewayError: if a page can't be read.
    """
    return _listed("list_receipts", SdkReceipt.list, _receipt, filters, reference)


def _listed(
    verb: str,
    read_page: Callable[[dict[str, str]], Any],
    convert: Callable[[Any], Remote],
    filters: Mapping[str, str],
    reference: str,
) -> Iterator[Remote]:
    cursor = ""
    while True:
        query = {"limit": str(PAGE_SIZE), **filters, **({"cursor": cursor} if cursor else {})}
        with calling(verb, reference=reference):
            page = read_page(query)
            found = [convert(item) for item in page.items or []]
            cursor = page.next_cursor or ""
        yield from found
        if not cursor:
            return


def _payment(found: Any) -> RemotePayment:
    details, method = found.cancellation_details, found.payment_method
    is_saved = method is not None and method.saved
    return RemotePayment(
        yookassa_id=_id(found.id),
        status=str(found.status),
        amount_kopecks=_kopecks(found.amount),
        currency=str(found.amount.currency),
        account_id=str(found.recipient.account_id),
        is_test=bool(found.test),
        reference=str((found.metadata or {}).get("reference", "")),
        income_kopecks=_kopecks(found.income_amount) if found.income_amount else None,
        confirmation_url=str(getattr(found.confirmation, "confirmation_url", None) or ""),
        method=str(getattr(method, "type", None) or "")[:32],
        cancel_reason=str(details.reason)[:64] if details else "",
        captured_at=datetime.fromisoformat(found.captured_at) if found.captured_at else None,
        saved_method_id=_id(method.id) if is_saved else "",
        saved_method_title=str(method.title or "")[:64] if is_saved else "",
        receipt_status=str(found.receipt_registration or ""),
    )


def _refund(found: Any) -> RemoteRefund:
    details = found.cancellation_details
    return RemoteRefund(
        yookassa_id=_id(found.id),
        payment_id=_id(found.payment_id),
        status=str(found.status),
        amount_kopecks=_kopecks(found.amount),
        currency=str(found.amount.currency),
        reference=str((found.metadata or {}).get("reference", "")),
        cancel_reason=str(details.reason)[:64] if details else "",
        receipt_status=str(found.receipt_registration or ""),
    )


def _receipt(found: Any) -> RemoteReceipt:
    sums = [_kopecks(row.amount) for row in found.settlements or []]
    return RemoteReceipt(
        yookassa_id=_id(found.id),
        kind=str(found.type),
        status=str(found.status),
        amount_kopecks=Kopecks(sum(sums)),
        is_prepaid=any(row.type == "prepayment" for row in found.settlements or []),
        refund_id=str(found.refund_id or ""),
    )


def _id(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("an object without an id")
    return value


def _kopecks(amount: Any) -> Kopecks:
    return from_decimal_text(f"{amount.value:.2f}")
