"""ЮKassa through its official SDK, hardened: time-outs, one way to fail, plain values out.

What the SDK really does was found by reading and running version 3.13.0: it sets no time-out, repeats a POST by
itself, and reports a broken connection as an ``AttributeError``.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3 import Retry
from yookassa import Configuration
from yookassa import Payment as SdkPayment
from yookassa import Refund as SdkRefund
from yookassa.client import ApiClient
from yookassa.domain import exceptions as sdk_errors

from fund.money import Kopecks, from_decimal_text, to_decimal_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CONNECT_SECONDS = 3
PATIENT_SECONDS = 35  # ЮKassa answers within 30 s or sends 500
HASTY_SECONDS = 8  # while a donor waits; the worker goes on from there
PAGE_SIZE = 100
DESCRIPTION_LENGTH = 128
_read_seconds: ContextVar[int] = ContextVar("read_seconds", default=PATIENT_SECONDS)


Remote = TypeVar("Remote")


class GatewayError(Exception):
    """ЮKassa did not do what was asked."""


class UnknownOutcomeError(GatewayError):
    """Whether ЮKassa did it is not known: ask again with the same key and body."""


class BusyError(GatewayError):
    """ЮKassa asks to come back later; it did nothing."""


class RefusedError(GatewayError):
    """ЮKassa refused for good; ``code`` is its own word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CredentialsError(GatewayError):
    """ЮKassa does not accept the shop's key; it did nothing."""


class MissingError(GatewayError):
    """ЮKassa knows no such object."""


@dataclass(frozen=True)
class RemotePayment:
    """A payment as ЮKassa tells it."""

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


class _TimedAdapter(HTTPAdapter):
    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        options["timeout"] = (CONNECT_SECONDS, _read_seconds.get())
        return super().send(request, **options)


def _get_session(_client: ApiClient) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    adapter = _TimedAdapter(max_retries=Retry(total=0, redirect=0, raise_on_status=False))
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def configure() -> None:
    """Point the SDK at the shop. The one call site: a second call without an address resets it to production."""
    shop = settings.YOOKASSA
    ApiClient.get_session = _get_session
    Configuration.configure(shop.shop_id, shop.secret_key, api_url=shop.api_url, max_attempts=0)


@contextmanager
def hasty() -> Iterator[None]:
    """Give up sooner within the block: a person waits."""
    token = _read_seconds.set(HASTY_SECONDS)
    try:
        yield
    finally:
        _read_seconds.reset(token)


# What the SDK raises, first fit first. Last: no answer at all, HTML, an empty body, an object without its parts.
TRANSLATIONS: tuple[tuple[tuple[type[Exception], ...], type[GatewayError]], ...] = (
    ((sdk_errors.ResponseProcessingError, sdk_errors.InternalServerError), UnknownOutcomeError),
    ((sdk_errors.TooManyRequestsError,), BusyError),
    ((sdk_errors.UnauthorizedError, sdk_errors.ForbiddenError), CredentialsError),
    ((sdk_errors.NotFoundError, sdk_errors.GoneError), MissingError),
    (
        (sdk_errors.ApiError, requests.RequestException, ValueError, AttributeError, KeyError, TypeError),
        UnknownOutcomeError,
    ),
)
SDK_FAILURES = tuple(kind for kinds, _ours in TRANSLATIONS for kind in kinds)


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the SDK's many ways to fail into the five of this module."""
    try:
        yield
    except sdk_errors.BadRequestError as error:
        raise RefusedError(_code(error)) from error
    except SDK_FAILURES as error:
        ours = next(ours for kinds, ours in TRANSLATIONS if isinstance(error, kinds))
        raise ours(type(error).__name__) from error


def _code(error: sdk_errors.ApiError) -> str:
    content = error.content if isinstance(error.content, dict) else {}
    return str(content.get("code") or "invalid_request")[:64]


def create_payment(
    *, key: str, amount_kopecks: Kopecks, description: str, return_url: str, reference: str
) -> RemotePayment:
    """Create a payment, or get the one that this key already made within 24 hours.

    :raises GatewayError: one of its kinds; only :class:`UnknownOutcomeError` may have made the payment.
    """
    body = {
        "amount": {"value": to_decimal_text(amount_kopecks), "currency": "RUB"},
        "capture": True,
        "confirmation": {"type": "redirect", "return_url": return_url},
        "description": description[:DESCRIPTION_LENGTH],
        "metadata": {"reference": reference},
    }
    with _translated():
        return _payment(SdkPayment.create(body, key))


def find_payment(*, yookassa_id: str) -> RemotePayment:
    """Read a payment again.

    :raises GatewayError: :class:`MissingError` where ЮKassa knows no such payment.
    """
    with _translated():
        return _payment(SdkPayment.find_one(yookassa_id))


def payments_between(*, filters: Mapping[str, str]) -> Iterator[RemotePayment]:
    """Yield ЮKassa's payments, newest first, page by page.

    :param filters: ЮKassa's own, such as ``{"created_at.gte": …, "status": …}``.
    :raises GatewayError: if a page can't be read.
    """
    return _listed(SdkPayment.list, _payment, filters)


def create_refund(*, key: str, payment_id: str, amount_kopecks: Kopecks, reference: str) -> RemoteRefund:
    """Create a refund, or get the one that this key already made within 24 hours.

    :raises GatewayError: one of its kinds; only :class:`UnknownOutcomeError` may have made the refund.
    """
    body = {
        "payment_id": payment_id,
        "amount": {"value": to_decimal_text(amount_kopecks), "currency": "RUB"},
        "metadata": {"reference": reference},
    }
    with _translated():
        return _refund(SdkRefund.create(body, key))


def find_refund(*, yookassa_id: str) -> RemoteRefund:
    """Read a refund again.

    :raises GatewayError: :class:`MissingError` where ЮKassa knows no such refund.
    """
    with _translated():
        return _refund(SdkRefund.find_one(yookassa_id))


def refunds_between(*, filters: Mapping[str, str]) -> Iterator[RemoteRefund]:
    """Yield ЮKassa's refunds, newest first, page by page.

    :raises GatewayError: if a page can't be read.
    """
    return _listed(SdkRefund.list, _refund, filters)


def _listed(
    read_page: Callable[[dict[str, str]], Any], convert: Callable[[Any], Remote], filters: Mapping[str, str]
) -> Iterator[Remote]:
    cursor = ""
    while True:
        query = {"limit": str(PAGE_SIZE), **filters, **({"cursor": cursor} if cursor else {})}
        with _translated():
            page = read_page(query)
            found = [convert(item) for item in page.items or []]
            cursor = page.next_cursor or ""
        yield from found
        if not cursor:
            return


def _payment(found: Any) -> RemotePayment:
    details = found.cancellation_details
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
        method=str(getattr(found.payment_method, "type", None) or "")[:32],
        cancel_reason=str(details.reason)[:64] if details else "",
        captured_at=datetime.fromisoformat(found.captured_at) if found.captured_at else None,
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
    )


def _id(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("an object without an id")
    return value


def _kopecks(amount: Any) -> Kopecks:
    return from_decimal_text(f"{amount.value:.2f}")
