"""The API under /v3: who asks, for what, and the order in which that is checked."""

from __future__ import annotations

import json
from base64 import b64encode
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from emulator.errors import ApiError, invalid
from emulator.lists import page
from emulator.payments import public

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.app import Emulator

PREFIX = "/v3"
COLLECTIONS = {"payments": "payment", "refunds": "refund", "receipts": "receipt"}
READ: dict[str, Callable[[Emulator, str], dict[str, Any]]] = {
    "payments": lambda emulator, found: emulator.payments.get(found),
    "refunds": lambda emulator, found: emulator.refunds.get(found),
    "receipts": lambda emulator, found: emulator.receipts.get(found),
    "payment_methods": lambda emulator, found: emulator.methods.get(found) | {"holder": emulator.payments.recipient()},
}


def answer(
    emulator: Emulator, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
) -> dict[str, Any]:
    """Return the JSON of one call.

    :raises ApiError: for anything but a 200.
    """
    _authorise(emulator, headers)
    parts = path.removeprefix(PREFIX).strip("/").split("/")
    if parts == ["me"]:
        _require(method, "GET")
        shop: dict[str, Any] = {"account_id": emulator.settings.shop_id, "status": "enabled", "test": True}
        return shop | {"fiscalization_enabled": True, "payment_methods": ["bank_card", "sbp"]}
    if parts[0] == "webhooks":
        raise ApiError(403, "forbidden", "Webhooks are set in the merchant's cabinet")
    if len(parts) == 2 and parts[0] in READ:  # noqa: PLR2004
        _require(method, "GET")
        return public(READ[parts[0]](emulator, parts[1]))
    if parts[0] not in COLLECTIONS or len(parts) > 1:
        raise ApiError(404, "not_found", "There is no such resource")
    if method == "GET":
        emulator.payments.expire_old()
        return page(emulator.store, COLLECTIONS[parts[0]], query)
    _require(method, "POST")
    return _create(emulator, parts[0], headers, body)


def _create(emulator: Emulator, collection: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    if "json" not in headers.get("content-type", ""):
        raise ApiError(415, "invalid_request", "Content-Type must be application/json")
    try:
        wanted = json.loads(body)
    except ValueError:
        raise invalid("Body is not JSON") from None
    if not isinstance(wanted, dict):
        raise invalid("Body is not an object")
    rooms: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        "payments": emulator.payments.create,
        "refunds": emulator.refunds.create,
        "receipts": emulator.receipts.create,
    }
    key = headers.get("idempotence-key", "")
    return public(emulator.keys.once(key, collection, wanted, rooms[collection], COLLECTIONS[collection]))


def _authorise(emulator: Emulator, headers: Mapping[str, str]) -> None:
    pair = f"{emulator.settings.shop_id}:{emulator.settings.secret_key}"
    wanted = "Basic " + b64encode(pair.encode()).decode()
    if not compare_digest(headers.get("authorization", ""), wanted):
        raise ApiError(401, "invalid_credentials", "Error in shopId or secret key", "Authorization")


def _require(method: str, wanted: str) -> None:
    if method != wanted:
        raise ApiError(405, "invalid_request", f"Method {method} is not allowed")
