"""Whether everything that the site needs is alive."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING

import requests
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from redis.exceptions import RedisError

from fund.ledger.sealing import lag_seconds

if TYPE_CHECKING:
    from collections.abc import Callable

PULSE_KEY = "health:{}"
PULSE_SECONDS = 20
YOOKASSA_SECONDS = 3


def note_pulse(*, name: str) -> None:
    """Remember that a process was alive now; forgotten after twenty seconds."""
    cache.set(PULSE_KEY.format(name), int(time.time()), PULSE_SECONDS)


def states() -> dict[str, str]:
    """Return ``ok`` or ``down`` for each service; two queries, one short HTTP call at most every ten seconds."""
    checks: dict[str, Callable[[], bool]] = {
        "database": _is_database_up,
        "redis": _is_redis_up,
        "worker": lambda: _has_pulse("worker"),
        "beat": lambda: _has_pulse("beat"),
        "sealer": _is_sealer_in_time,
        "yookassa": _is_yookassa_up,
    }
    return {name: "ok" if check() else "down" for name, check in checks.items()}


def _is_database_up() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError:
        connection.close()
        return False


def _is_redis_up() -> bool:
    try:
        cache.set("health:probe", 1, 5)
    except RedisError:
        return False
    return True


def _has_pulse(name: str) -> bool:
    try:
        return cache.get(PULSE_KEY.format(name)) is not None
    except RedisError:
        return False


def _is_sealer_in_time() -> bool:
    """Return whether no operation waits for a signed checkpoint longer than it may."""
    try:
        return lag_seconds() <= settings.SEALING_LAG_SECONDS
    except DatabaseError:
        connection.close()
        return False


def _is_yookassa_up() -> bool:
    try:
        known = cache.get("health:yookassa")
    except RedisError:
        known = None
    if known is None:
        known = _ask_yookassa()
        try:
            cache.set("health:yookassa", known, 10)
        except RedisError:
            return bool(known)
    return bool(known)


def _ask_yookassa() -> bool:
    try:
        answer = requests.get(
            f"{settings.YOOKASSA.api_url}/me",
            auth=(settings.YOOKASSA.shop_id, settings.YOOKASSA.secret_key),
            timeout=YOOKASSA_SECONDS,
            allow_redirects=False,
        )
    except requests.RequestException:
        return False
    return answer.status_code == HTTPStatus.OK
