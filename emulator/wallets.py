"""Ways to pay other than by card: the payer confirms in an application of another firm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Wallet:
    """One way: ЮKassa's word for it, and what the pay page says."""

    code: str
    name: str
    application: str
    confirm: str


WALLETS = {
    wallet.code: wallet
    for wallet in (
        Wallet("sbp", "СБП", "приложение банка", "Подтвердить в банке"),
        Wallet("sberbank", "SberPay", "приложение СберБанк", "Подтвердить в SberPay"),
        Wallet("tinkoff_bank", "T-Pay", "приложение Т-Банка", "Подтвердить в T-Pay"),
        Wallet("yoo_money", "ЮMoney", "кошелёк ЮMoney", "Подтвердить в ЮMoney"),
    )
}


def method_of(code: str, payment_id: str) -> dict[str, Any]:
    """Return how a payment by this way shows in ЮKassa's object; numbers are made up."""
    details: dict[str, dict[str, Any]] = {
        "sbp": {
            "sbp_operation_id": payment_id.replace("-", "").upper(),
            "payer_bank_details": {"bank_id": "100000000999", "bic": "045655999"},
        },
        "yoo_money": {"account_number": "41001000000000"},
    }
    return {"type": code, **details.get(code, {})}
