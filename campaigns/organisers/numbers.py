"""Numbers that identify an organisation or a person, and where their money goes: shape and control digits."""

from __future__ import annotations

import re

from stdnum.ru import inn, ogrn

ORGANISATION_INN, PERSON_INN, OGRN, BIC, ACCOUNT = 10, 12, 13, 9, 20
KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
ROUBLES = "810"
WEIGHTS = (7, 1, 3)  # of an account's key, repeated (Банк России, порядок № 515)
CASH_CENTRES = {"000", "001", "002"}  # the end of a BIC of the central bank itself
BLANKS = re.compile(r"[\s\u00a0\u202f-]+")


class NumberFaultError(ValueError):
    """What is wrong with a number."""


class ShapeError(NumberFaultError):
    """It is not made of so many digits."""


class ControlDigitError(NumberFaultError):
    """Its control digit does not fit: most often two digits changed places."""


class CurrencyError(NumberFaultError):
    """The account is not kept in roubles."""


def plain(text: str) -> str:
    """Return a number without the blanks and dashes that people write it with."""
    return BLANKS.sub("", text)


def check_inn(number: str, *, digits: int) -> None:
    """Do nothing for an ИНН of that length.

    :raises NumberFaultError: one of its kinds. Nothing but noughts fits its own control digit, and is none.
    """
    _check_digits(number, digits)
    if not inn.is_valid(number) or not number.strip("0"):
        raise ControlDigitError(number[-1:])


def check_ogrn(number: str) -> None:
    """Do nothing for an organisation's ОГРН.

    :raises NumberFaultError: one of its kinds.
    """
    _check_digits(number, OGRN)
    if not ogrn.is_valid(number) or not number.strip("0"):
        raise ControlDigitError(number[-1:])


def check_kpp(number: str) -> None:
    """Do nothing for a КПП.

    :raises ShapeError: otherwise; it has no control digit.
    """
    if not KPP.fullmatch(number) or not number.strip("0"):
        raise ShapeError(len(number))


def check_bic(number: str) -> None:
    """Do nothing for a БИК of a Russian bank.

    :raises ShapeError: otherwise; it has no control digit, but begins with the country's 04.
    """
    _check_digits(number, BIC)
    if not number.startswith("04"):
        raise ShapeError(len(number))


def check_account(number: str, *, bic: str) -> None:
    """Do nothing for an account in roubles at the bank of that БИК.

    :raises NumberFaultError: one of its kinds.
    """
    _check_digits(number, ACCOUNT)
    if number[5:8] != ROUBLES:
        raise CurrencyError(number[5:8])
    if account_key(number, bic=bic):
        raise ControlDigitError(number[8])


def account_key(number: str, *, bic: str) -> int:
    """Return nought where the key of an account fits the bank; 7-1-3 over the bank's three digits and the account's."""
    bank = f"0{bic[4:6]}" if bic[-3:] in CASH_CENTRES else bic[-3:]
    return sum(int(digit) * WEIGHTS[place % 3] % 10 for place, digit in enumerate(bank + number)) % 10


def _check_digits(number: str, digits: int) -> None:
    if len(number) != digits or not (number.isascii() and number.isdigit()):
        raise ShapeError(len(number))
