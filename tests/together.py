"""Many hands at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Callable


def together(
    *works: Callable[[], object], refusals: type[Exception] | tuple[type[Exception], ...] = (), done: str = ""
) -> list[str]:
    """Do these at once, each on a connection of its own; return what refused each, or ``done``, in alphabetic order."""

    def one(work: Callable[[], object]) -> str:
        try:
            work()
        except refusals as error:
            return type(error).__name__
        finally:
            connections.close_all()
        return done

    with ThreadPoolExecutor(len(works)) as pool:
        return sorted(pool.map(one, works))
