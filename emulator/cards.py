"""Test cards and what happens to them, as yookassa.ru/developers lists them under testing-and-going-live."""

from __future__ import annotations

from dataclasses import dataclass

THREE_D_SECURE = {"5555555555554477", "4793128161644804", "2200000000000004"}
PLAIN = {
    "5555555555554444", "4111111111111111", "2202474301322987", "6759649826438453", "370000000000002",
    "3528000700000000", "36700102000000",
}  # fmt: skip
DECLINES = {
    "3d_secure_failed": ("5555555555554592", "4839665499603842", "2200000000000012"),
    "call_issuer": ("5555555555554535", "4926946416239025", "2200000000000020"),
    "card_expired": ("5555555555554543", "4141435412630840", "2200000000000038"),
    "fraud_suspected": ("5555555555554568", "4483274282299972", "2200000000000046"),
    "general_decline": ("5555555555554527", "4889971706588753", "2202202212312379"),
    "insufficient_funds": ("5555555555554600", "4562265587712390", "2200000000000053"),
    "invalid_card_number": ("5555555555554618", "4951017853630544", "2201382000000013"),
    "invalid_csc": ("5555555555554626", "4194180666146368", "2200770212727079"),
    "issuer_unavailable": ("5555555555554501", "4654130848359150", "2201382000000021"),
    "payment_method_limit_exceeded": ("5555555555554576", "4565231022577548", "2201382000000039"),
    "payment_method_restricted": ("5555555555554550", "4233961169071671", "2201382000000047"),
}
OWN_DECLINES = {  # refused by ЮKassa itself
    "country_forbidden": ("5555555555554584", "4969751510013864", "2201382000000054"),
    "fraud_suspected": ("5555555555554634", "4119098878796485", "2201696981989955"),
}
REASONS = {
    "3d_secure_failed": "не пройдена проверка 3-D Secure",
    "call_issuer": "банк просит ему позвонить",
    "card_expired": "срок карты истёк",
    "country_forbidden": "карты этой страны не принимаются",
    "expired_on_confirmation": "время на оплату вышло",
    "fraud_suspected": "банк заподозрил мошенничество",
    "general_decline": "банк отказал без объяснений",
    "insufficient_funds": "на карте не хватает денег",
    "invalid_card_number": "неверный номер карты",
    "invalid_csc": "неверный код CVC",
    "issuer_unavailable": "банк не отвечает",
    "payment_method_limit_exceeded": "превышен лимит по карте",
    "payment_method_restricted": "операции по карте запрещены",
    "canceled_by_payer": "вы отказались от оплаты",
}


@dataclass(frozen=True)
class Outcome:
    """What paying with a card leads to: success (after 3-D Secure or at once), or a decline."""

    reason: str = ""
    party: str = "payment_network"
    needs_3ds: bool = False


def is_luhn(number: str) -> bool:
    """Return whether the number's last digit fits."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[1::2]]  # noqa: PLR2004 - Luhn
    return bool(digits) and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def outcome_of(number: str) -> Outcome:
    """Return what happens to a card; a number outside the tables is declined as ЮKassa's test shop does."""
    for party, table in (("yoo_money", OWN_DECLINES), ("payment_network", DECLINES)):
        for reason, numbers in table.items():
            if number in numbers:
                return Outcome(reason=reason, party=party)
    if number in THREE_D_SECURE:
        return Outcome(needs_3ds=True)
    return Outcome() if number in PLAIN else Outcome(reason="invalid_card_number")
