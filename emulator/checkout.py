"""The pay page: what a payer sees and does. Card numbers are looked up and forgotten at once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import TYPE_CHECKING, Any

import segno
from django.template import Context, Engine

from emulator.cards import REASONS, is_luhn, outcome_of
from emulator.errors import ApiError
from emulator.settings import HERE
from emulator.wallets import WALLETS, method_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.app import Emulator

PREFIX = "/checkout"
CONTRACT = "/checkout/payments/v2/contract"
MOSCOW = timezone(timedelta(hours=3))
EXPIRY = re.compile(r"(0[1-9]|1[0-2])\s*/?\s*(\d{2})", re.ASCII)
CSC = re.compile(r"\d{3,4}", re.ASCII)
engine = Engine(dirs=[str(HERE / "templates")], autoescape=True)


def render(name: str, **values: Any) -> str:
    """Return one page."""
    return engine.get_template(name).render(Context(values, use_l10n=False, use_tz=False))


def show(emulator: Emulator, path: str, query: Mapping[str, str]) -> str:
    """Return the page of one step.

    :raises ApiError: 404 for an unknown payment or step.
    """
    payment = emulator.payments.get(query.get("orderId", ""))
    if path == "/checkout/qr.svg":
        picture = BytesIO()
        address = f"{emulator.settings.public_url}/checkout/wallet?orderId={payment['id']}&method=sbp"
        segno.make(address).save(picture, kind="svg", border=2, scale=5)
        return picture.getvalue().decode()
    values = _values(emulator, payment)
    if payment["status"] != "pending":
        return render("result.html", **values)
    steps = {CONTRACT: "pay.html", "/checkout/3ds": "three_d_secure.html", "/checkout/wallet": "wallet.html"}
    if path not in steps:
        raise ApiError(404, "not_found", "There is no such page")
    wallet = WALLETS.get(query.get("method", ""))
    if path == "/checkout/wallet" and wallet is None:
        raise ApiError(404, "not_found", "There is no such way to pay")
    return render(steps[path], **values, error="", wallet=wallet)


def act(emulator: Emulator, path: str, form: Mapping[str, str]) -> tuple[str, str]:
    """Carry out what the payer chose. Return an address to go on to, or a page to show again."""
    payment = emulator.payments.get(form.get("orderId", ""))
    payment_id = payment["id"]
    here = f"{CONTRACT}?orderId={payment_id}"
    if payment["status"] != "pending":
        return here, ""
    if path == "/checkout/card":
        return _pay_by_card(emulator, payment, form)
    is_yes = form.get("answer") == "yes"
    if path == "/checkout/3ds":
        _finish_3ds(emulator, payment_id, is_yes=is_yes)
    elif path == "/checkout/wallet" and form.get("method") in WALLETS:
        _finish_wallet(emulator, payment_id, form["method"], is_yes=is_yes)
    else:
        raise ApiError(404, "not_found", "There is no such step")
    return here, ""


def _finish_3ds(emulator: Emulator, payment_id: str, *, is_yes: bool) -> None:
    if is_yes:
        method = _card_method(emulator.store.meta(f"card:{payment_id}", "555555 4444"))
        emulator.payments.succeed(payment_id, method | {"_3ds": True})
    else:
        emulator.payments.cancel(payment_id, "3d_secure_failed", "payment_network")


def _finish_wallet(emulator: Emulator, payment_id: str, code: str, *, is_yes: bool) -> None:
    if is_yes:
        emulator.payments.succeed(payment_id, method_of(code, payment_id))
    else:
        emulator.payments.cancel(payment_id, "general_decline", "payment_network")


def _pay_by_card(emulator: Emulator, payment: dict[str, Any], form: Mapping[str, str]) -> tuple[str, str]:
    number = re.sub(r"\s", "", form.get("number", ""))
    error = _fault_in(number, form, emulator.store.now())
    if error:
        return "", render("pay.html", **_values(emulator, payment), error=error, wallet=None)
    outcome = outcome_of(number)
    payment_id = payment["id"]
    if outcome.needs_3ds:
        emulator.store.set_meta(f"card:{payment_id}", f"{number[:6]} {number[-4:]}")
        return f"/checkout/3ds?orderId={payment_id}", ""
    if outcome.reason and emulator.store.meta("retry_on_page"):
        error = f"Отказ: {REASONS[outcome.reason]}. Попробуйте другую карту."
        return "", render("pay.html", **_values(emulator, payment), error=error, wallet=None)
    if outcome.reason:
        emulator.payments.cancel(payment_id, outcome.reason, outcome.party)
    else:
        emulator.payments.succeed(payment_id, _card_method(f"{number[:6]} {number[-4:]}"))
    return f"{CONTRACT}?orderId={payment_id}", ""


def _fault_in(number: str, form: Mapping[str, str], now: float) -> str:
    if not number.isdecimal() or not is_luhn(number):
        return "Проверьте номер карты: в нём ошибка."
    expiry = EXPIRY.fullmatch(form.get("expiry", "").strip())
    today = datetime.fromtimestamp(now, MOSCOW)
    if not expiry or (int(expiry[2]) + 2000, int(expiry[1])) < (today.year, today.month):
        return "Проверьте срок действия карты: месяц и год, например 12/30."
    if not CSC.fullmatch(form.get("csc", "").strip()):
        return "Проверьте код CVC: три цифры на обороте карты."
    return ""


def _card_method(ends: str) -> dict[str, Any]:
    first6, last4 = ends.split()
    kinds = {"2": "Mir", "4": "Visa", "3": "AmericanExpress"}
    return {"type": "bank_card", "card": {"first6": first6, "last4": last4, "expiry_month": "12", "expiry_year": "2030",
                                          "card_type": kinds.get(first6[0], "MasterCard")}}  # fmt: skip


def _values(emulator: Emulator, payment: dict[str, Any]) -> dict[str, Any]:
    made = datetime.fromisoformat(payment["created_at"])
    roubles, _, kopecks = payment["amount"]["value"].partition(".")
    grouped = f"{int(roubles):,}".replace(",", "\u00a0")
    details = payment.get("cancellation_details") or {}
    return {
        "payment_id": payment["id"],
        "status": payment["status"],
        "sum": f"{grouped}{',' + kopecks if kopecks != '00' else ''}\u00a0₽",
        "description": payment.get("description", ""),
        "shop": emulator.settings.shop_name,
        "pay_before": (made + timedelta(hours=1)).astimezone(MOSCOW).strftime("%H:%M"),
        "return_url": (payment.get("confirmation") or {}).get("return_url") or payment.get("_return_url", ""),
        "saves": payment.get("_saves", False),
        "wallets": WALLETS.values(),
        "reason": REASONS.get(details.get("reason", ""), "платёж отменён"),
    }
