"""Phone numbers as people write them, and as they are kept."""

from __future__ import annotations

import phonenumbers


class NotAPhoneError(ValueError):
    """It is no number that could be called."""


def parse_phone(text: str) -> str:
    """Return a number in E.164, such as +78412000000; without a country it is a Russian one.

    :raises NotAPhoneError: if there can be no such number.
    """
    try:
        number = phonenumbers.parse(text, "RU")
    except phonenumbers.NumberParseException as error:
        raise NotAPhoneError(error.error_type) from error
    if number.extension or not phonenumbers.is_valid_number(number):
        raise NotAPhoneError
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def show_phone(number: str) -> str:
    """Return a kept number as people read it: a Russian one without its country's code."""
    return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
