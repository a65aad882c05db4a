"""How ЮKassa is reached through its official SDK, hardened: time-outs, one way to fail, a trace of every call.

What the SDK really does was found by reading and running version 3.13.0: it sets no time-out, repeats a POST by
itself, and reports a broken connection as an ``AttributeError``.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3 import Retry
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from yookassa import Configuration
from yookassa.client import ApiClient
from yookassa.domain import exceptions as sdk_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONNECT_SECONDS = 3
PATIENT_SECONDS = 35  # ЮKassa answers within 30 s or sends 500
HASTY_SECONDS = 8  # while a donor waits; the worker goes on from there
CODE_LENGTH = 64
_read_seconds: ContextVar[int] = ContextVar("read_seconds", default=PATIENT_SECONDS)


@dataclass
class _Wire:
    """What the adapter saw of one call."""

    statuses: list[int] = field(default_factory=list)
    is_unreached: bool = False


_wire: ContextVar[_Wire] = ContextVar("wire")


class GatewayError(Exception):
    """ЮKassa did not do what was asked."""

    outcome: ClassVar[str] = "unknown"


class UnknownOutcomeError(GatewayError):
    """Whether ЮKassa did it is not known: ask again with the same key and body."""


class UnreachedError(UnknownOutcomeError):
    """No connection came about: nothing was sent, so ЮKassa did nothing."""


class BusyError(GatewayError):
    """ЮKassa asks to come back later; it did nothing."""

    outcome = "busy"


class RefusedError(GatewayError):
    """ЮKassa refused for good; ``code`` is its own word for why."""

    outcome = "refused"

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CredentialsError(GatewayError):
    """ЮKassa does not accept the shop's key; it did nothing."""

    outcome = "credentials"


class MissingError(GatewayError):
    """ЮKassa knows no such object."""

    outcome = "missing"


@dataclass(frozen=True)
class CallMade:
    """One call and what came of it; never its body, which may hold what a person typed.

    ``reference`` is ours, ``object_id`` ЮKassa's; a list may have neither. ``code`` is ЮKassa's own word, or the kind
    of failure where it said none.
    """

    verb: str
    reference: str
    object_id: str
    key: str
    started_at: datetime
    took_ms: int
    http_status: int | None
    outcome: str
    code: str


_recorders: list[Callable[[CallMade], None]] = []


class _TimedAdapter(HTTPAdapter):
    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        options["timeout"] = (CONNECT_SECONDS, _read_seconds.get())
        try:
            response = super().send(request, **options)
        except requests.ConnectionError as error:
            _wire.get().is_unreached = _is_unreached(error)
            raise
        _wire.get().statuses.append(response.status_code)
        return response


def _is_unreached(error: requests.ConnectionError) -> bool:
    """Return whether it failed before anything could be sent; a connection that breaks later may have sent it."""
    reasons = [getattr(cause, "reason", None) for cause in error.args]
    return any(isinstance(reason, (NewConnectionError, ConnectTimeoutError)) for reason in reasons)


def _get_session(_client: ApiClient) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    adapter = _TimedAdapter(max_retries=Retry(total=0, redirect=0, raise_on_status=False))
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def configure(*, record: Callable[[CallMade], None]) -> None:
    """Point the SDK at the shop, and tell of every call. The one call site.

    A second call of the SDK's own ``configure`` without an address would reset it to production.
    """
    shop = settings.YOOKASSA
    ApiClient.get_session = _get_session
    Configuration.configure(shop.shop_id, shop.secret_key, api_url=shop.api_url, max_attempts=0)
    _recorders[:] = [record]


@contextmanager
def hasty() -> Iterator[None]:
    """Give up sooner within the block: a person waits."""
    token = _read_seconds.set(HASTY_SECONDS)
    try:
        yield
    finally:
        _read_seconds.reset(token)


@contextmanager
def calling(verb: str, *, reference: str = "", object_id: str = "", key: str = "") -> Iterator[None]:
    """Let the block make one call: its failures become ours, and whatever came of it is told to the recorder.

    The wall clock is read here, at the edge to ЮKassa: when a call was made is a fact, nobody's argument.

    :raises GatewayError: one of its kinds.
    """
    started_at, began = datetime.now(UTC), time.monotonic()
    wire = _Wire()
    token = _wire.set(wire)
    outcome, code = GatewayError.outcome, ""
    try:
        with _translated():
            yield
        outcome = "done"
    except GatewayError as error:
        outcome, code = error.outcome, str(error)
        raise
    finally:
        _wire.reset(token)
        made = CallMade(
            verb=verb,
            reference=reference,
            object_id=object_id,
            key=key,
            started_at=started_at,
            took_ms=round((time.monotonic() - began) * 1000),
            http_status=wire.statuses[-1] if wire.statuses else None,
            outcome=outcome,
            code=code[:CODE_LENGTH],
        )
        for record in _recorders:
            record(made)


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
    """Turn the SDK's many ways to fail into the six of this module."""
    try:
        yield
    except sdk_errors.BadRequestError as error:
        raise RefusedError(_code(error)) from error
    except SDK_FAILURES as error:
        ours = next(ours for kinds, ours in TRANSLATIONS if isinstance(error, kinds))
        ours = UnreachedError if _wire.get().is_unreached else ours
        raise ours(type(error).__name__) from error


def _code(error: sdk_errors.ApiError) -> str:
    content = error.content if isinstance(error.content, dict) else {}
    return str(content.get("code") or "invalid_request")[:CODE_LENGTH]
