"""The running fund as donors and tests use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import requests

from config.embedded import run
from config.embedded.copy import Copy, wait_until
from tests import seed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from config.embedded.postgres import Cluster

__all__ = ["Stack", "wait_until"]

BODY = {
    "campaign": "jazz-may",
    "amount_kopecks": 500_00,
    "email": "donor@example.org",
    "public_name": None,
    "consents": {"offer": True, "personal_data": True},
}


def _prepare(var: Path) -> Cluster:
    seed.put(var / "postgres")
    return run.prepare_embedded(var)


class Stack(Copy):
    """A copy of the fund, with a donor's calls."""

    def prepare(self, make: Callable[[Path], Cluster] = _prepare) -> None:
        """Make the data, as ``make run`` does of a database that is migrated where nothing else is said."""
        super().prepare(make)

    def give(self, *, key: str = "", **changes: Any) -> requests.Response:
        """Give through the API."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        return requests.post(f"{self.url}/api/v1/donations", json=BODY | changes, headers=headers, timeout=60)

    def gift(self, token: str) -> dict[str, Any]:
        """Return how far a gift has come."""
        found: dict[str, Any] = requests.get(f"{self.url}/api/v1/donations/{token}", timeout=30).json()
        return found

    def wait_for(self, token: str, **wanted: Any) -> dict[str, Any]:
        """Wait until the gift shows what is wanted."""

        def holds() -> bool:
            gift = self.gift(token)
            return all(gift[name] == value for name, value in wanted.items())

        wait_until(holds)
        return self.gift(token)

    def payment_id(self, gift: dict[str, Any]) -> str:
        """Return ЮKassa's id of a gift's payment, waiting for its address if need be."""
        if not gift["confirmation_url"]:
            wait_until(lambda: bool(self.gift(gift["token"])["confirmation_url"]))
            gift = self.gift(gift["token"])
        return str(gift["confirmation_url"]).split("orderId=")[1]

    def booked(self, gift: dict[str, Any]) -> list[tuple[str, int]]:
        """Return kind and sum of every operation about a gift, the commission left out."""
        with self.connect() as connection:
            rows = connection.execute(
                "SELECT o.kind, sum(p.amount_kopecks)::bigint FROM ledger_operation o JOIN ledger_posting p"
                " ON p.operation_id = o.number WHERE o.memo LIKE %s GROUP BY o.number, o.kind ORDER BY o.number",
                [f"%{gift['id']}%"],
            ).fetchall()
        return [(str(kind), int(kopecks)) for kind, kopecks in rows]
