"""A typed client of the control plane, for tests and simulations."""

from __future__ import annotations

from typing import Any

import requests


class EmulatorControl:
    """What tests and simulations do to a running emulator."""

    def __init__(self, base_url: str, token: str) -> None:
        self.base_url = base_url
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["X-Emulator-Token"] = token

    def run(self, name: str, **arguments: Any) -> dict[str, Any]:
        """Carry out a command of ``emulator/plane.py``.

        :raises requests.HTTPError: if it refuses.
        """
        answer = self._session.post(f"{self.base_url}/_emulator/{name}", json=arguments, timeout=60)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def pay(self, payment_id: str, method: str = "bank_card") -> dict[str, Any]:
        """Let the payer pay."""
        return self.run("pay", id=payment_id, method=method)

    def decline(self, payment_id: str, reason: str = "general_decline") -> dict[str, Any]:
        """Let the bank decline."""
        return self.run("decline", id=payment_id, reason=reason)

    def charges(self, mode: str, method_id: str = "") -> None:
        """Let charges of a saved method, or of all, be refused for this reason, be ``pending``, or pass again."""
        self.run("charges", mode=mode, id=method_id)

    def refuse_refunds(self, payment_id: str, reason: str) -> None:
        """Let refunds of this payment alone be cancelled for this reason; an empty one ends it."""
        self.run("refuse_refunds", id=payment_id, reason=reason)

    def unlink(self, method_id: str) -> dict[str, Any]:
        """Let the payer take the permission to charge back."""
        return self.run("unlink", id=method_id)

    def expire_card(self, method_id: str) -> dict[str, Any]:
        """Let a saved card be out of date."""
        return self.run("expire_card", id=method_id)

    def dispute(self, payment_id: str, kopecks: int | None = None) -> dict[str, Any]:
        """Let the payer's bank take a paid payment back, whole or in part."""
        return self.run("dispute", id=payment_id, kopecks=kopecks)

    def fault(self, kind: str, *, times: int = 1, method: str = "", path: str = "", seconds: int = 0) -> None:
        """Let the next fitting requests fail."""
        self.run("fault", kind=kind, times=times, method=method, path=path, seconds=seconds)

    def set(self, **words: object) -> None:
        """Change how notifications and refunds behave."""
        self.run("set", **words)

    def everything(self) -> dict[str, Any]:
        """Return all payments and refunds, the emulator's own list."""
        return self.run("everything")
