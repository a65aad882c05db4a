"""The control plane under /_emulator: what tests and simulations do to the pretended world."""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from emulator.errors import ApiError, invalid
from emulator.faults import Fault
from emulator.payments import public
from emulator.wallets import WALLETS, method_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.app import Emulator

PREFIX = "/_emulator"
WORDS = {
    "webhook_drop",
    "webhook_copies",
    "webhook_delay",
    "webhook_hold",
    "refund_mode",
    "receipt_mode",
    "retry_on_page",
}
CARD = {"type": "bank_card", "card": {"first6": "555555", "last4": "4444", "expiry_month": "12", "expiry_year": "2030",
                                      "card_type": "MasterCard"}}  # fmt: skip


def command(emulator: Emulator, path: str, headers: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """Carry out one command; return what it did.

    :raises ApiError: 401 without the token, 404 for an unknown command, 400 for a wrong argument.
    """
    name = path.removeprefix(PREFIX).strip("/")
    if name == "health":
        return {"status": "ok"}
    if not compare_digest(headers.get("x-emulator-token", ""), emulator.settings.control_token):
        raise ApiError(401, "invalid_credentials", "X-Emulator-Token is wrong")
    found = COMMANDS.get(name)
    if found is None:
        raise ApiError(404, "not_found", f"There is no command {name}")
    try:
        return found(emulator, body)
    except (KeyError, ValueError, TypeError) as error:
        raise invalid(f"Wrong argument: {error}") from error


def _pay(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    code = body.get("method", "bank_card")
    method = dict(CARD) if code == "bank_card" else method_of(WALLETS[code].code, body["id"])
    return public(emulator.payments.succeed(body["id"], method))


def _decline(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    return public(emulator.payments.cancel(body["id"], body.get("reason", "general_decline"), "payment_network"))


def _charges(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    """Let charges of a saved method, or of all, be refused so, wait, or pass again."""
    emulator.methods.refuse(str(body["mode"]), str(body.get("id", "")))
    return {}


def _refuse_refunds(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    emulator.refunds.refuse(str(body["reason"]), str(body["id"]))
    return {}


def _unlink(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    return emulator.methods.unlink(body["id"])


def _expire_card(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    return emulator.methods.expire_card(body["id"])


def _dispute(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    kopecks = body.get("kopecks")
    return public(emulator.refunds.dispute(body["id"], None if kopecks is None else int(kopecks)))


def _advance(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    offset = float(emulator.store.meta("clock_offset", "0")) + float(body["seconds"])
    emulator.store.set_meta("clock_offset", str(offset))
    return {"now": emulator.store.now()}


def _fault(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    emulator.faults.add(Fault(**body))
    return {}


def _share(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    emulator.faults.set_share(int(body["percent"]), int(body.get("seed", 0)))
    return {}


def _clear(emulator: Emulator, _body: dict[str, Any]) -> dict[str, Any]:
    emulator.faults.clear()
    return {}


def _set(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    for name, value in body.items():
        if name not in WORDS:
            raise ValueError(name)
        emulator.store.set_meta(name, str(value))
    return {}


def _send(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    return {"statuses": emulator.webhooks.send_raw(body["body"].encode(), int(body.get("copies", 1)))}


def _release(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    emulator.webhooks.release(backwards=bool(body.get("backwards")))
    return {}


def _replay(emulator: Emulator, _body: dict[str, Any]) -> dict[str, Any]:
    return {"count": emulator.webhooks.replay()}


def _everything(emulator: Emulator, _body: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{kind}s": [public(doc) for _, doc in emulator.store.select(kind)]
        for kind in ("payment", "refund", "receipt")
    } | {"webhooks": [{"attempts": row[0], "done": bool(row[1])}
                      for row in emulator.store.run("SELECT attempts, done FROM webhooks ORDER BY id")]}  # fmt: skip


def _journal(emulator: Emulator, _body: dict[str, Any]) -> dict[str, Any]:
    rows = emulator.store.run("SELECT method, path, status FROM journal ORDER BY id DESC LIMIT 1000")
    return {"requests": [{"method": row[0], "path": row[1], "status": row[2]} for row in rows]}


def _reset(emulator: Emulator, _body: dict[str, Any]) -> dict[str, Any]:
    emulator.faults.clear()
    emulator.store.reset()
    return {}


COMMANDS: dict[str, Callable[[Emulator, dict[str, Any]], dict[str, Any]]] = {
    "pay": _pay,
    "decline": _decline,
    "charges": _charges,
    "refuse_refunds": _refuse_refunds,
    "unlink": _unlink,
    "expire_card": _expire_card,
    "dispute": _dispute,
    "advance": _advance,
    "fault": _fault,
    "share": _share,
    "clear": _clear,
    "set": _set,
    "send": _send,
    "release": _release,
    "replay": _replay,
    "everything": _everything,
    "journal": _journal,
    "reset": _reset,
}
