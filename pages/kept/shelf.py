"""Where kept pages lie, in Redis, and what they are right for.

Three things decide whether a kept page is still right. Its *epoch*: another one begins with every change that somebody
makes through the site, so that a name is gone with the answer to who took it away. Its *state*: the database's own
list of finished transactions, looked at once a second, so that nothing that was committed is missed, however late its
number. Its *life*: five seconds after it was read nobody sees it, whatever else fails.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from django.core.cache import cache
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pages.kept.body import Body

EPOCH = "kept:epoch"
STATE = "kept:state"
LOOKED = "kept:looked"  # while it lies there the state is young enough
STATE_SECONDS = 1
STATE_LIFE_SECONDS = 3
LIFE_SECONDS = 5
PATIENCE_SECONDS = 2.0
GLANCE_SECONDS = 0.02


@dataclass(frozen=True)
class Look:
    """What lies there for one page, and what it must have been made from to be right."""

    epoch: str
    state: str
    body: Body | None
    looked_at: float

    @property
    def is_right(self) -> bool:
        """Return whether nothing has changed since the page was made."""
        return self.body is not None and self.body.state == self.state


def committed_state() -> str:
    """Return what changes whenever any transaction commits. One query.

    A number, the highest one, would miss what commits late; this is the very list by which PostgreSQL decides what
    a reader sees: two looks with the same list see the same rows of every table.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return str(cursor.fetchone()[0])


def look(*, place: str, encoding: str) -> Look:
    """Return what is kept of a page. One call of Redis; each second, for one of all callers, one query.

    :raises RedisError: if Redis is away.
    :raises DatabaseError: if the database is.
    """
    looked_at = time.monotonic()
    name = _body(place, encoding)
    found = cache.get_many([EPOCH, STATE, LOOKED, name])
    state = found.get(STATE)
    if state is None or (LOOKED not in found and cache.add(LOOKED, 1, STATE_SECONDS)):
        state = committed_state()
        cache.set(STATE, state, STATE_LIFE_SECONDS)
    epoch = found.get(EPOCH, "")
    return Look(epoch, state, _of_epoch(found.get(name), epoch), looked_at)


def begin(*, place: str) -> bool:
    """Return whether the caller is the one who makes the page anew."""
    return bool(cache.add(_turn(place), 1, LIFE_SECONDS))


def end(*, place: str) -> None:
    """Let the next one make it."""
    cache.delete(_turn(place))


def put(*, place: str, bodies: Mapping[str, Body], looked_at: float) -> None:
    """Keep a page for what is left of its life since it was read."""
    left = int(LIFE_SECONDS - (time.monotonic() - looked_at))
    if left > 0:
        cache.set_many({_body(place, name): body for name, body in bodies.items()}, left)
    end(place=place)


def await_body(*, place: str, encoding: str, epoch: str) -> Body | None:
    """Return the page that another one is making; None where nothing comes of it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    name = _body(place, encoding)
    while time.monotonic() < deadline:
        found = cache.get_many([_turn(place), name])
        body = _of_epoch(found.get(name), epoch)
        if body is not None or _turn(place) not in found:
            return body
        time.sleep(GLANCE_SECONDS)
    return None


def forget_all() -> None:
    """Let no kept page be shown any more, not even for a moment."""
    cache.set(EPOCH, uuid4().hex, None)


def _of_epoch(body: Body | None, epoch: str) -> Body | None:
    return body if body is not None and body.epoch == epoch else None


def _body(place: str, encoding: str) -> str:
    return f"kept:page:{place}:{encoding}"


def _turn(place: str) -> str:
    return f"kept:turn:{place}"
