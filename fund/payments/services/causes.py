"""What made a payment or refund move: said at the edge, written down beside the state, kept by the database."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from fund.payments.models import Cause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fund.payments.models import Payment, Refund

_cause: ContextVar[Cause] = ContextVar("cause", default=Cause.REQUEST)


@contextmanager
def caused_by(cause: Cause) -> Iterator[None]:
    """Let whatever moves within the block, or within the function so decorated, have moved for this cause."""
    token = _cause.set(cause)
    try:
        yield
    finally:
        _cause.reset(token)


def current_cause() -> Cause:
    """Return why things move now."""
    return _cause.get()


def move(row: Payment | Refund, state: Payment.State | Refund.State) -> None:
    """Put a row into a state, and note what moved it. The caller saves."""
    row.state = state
    row.moved_by = current_cause()
