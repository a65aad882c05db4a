"""Which e-mail addresses are taken: those of which no two look alike once their case is left out."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator


def refuse_look_alike(value: str) -> None:
    """Refuse letters that stand for others, such as the Kelvin sign, which in small letters is a k.

    Django's own check, which leaves case out, lets them pass. A Cyrillic domain is an address like any other.

    :raises ValidationError: with Django's words for an address that is none.
    """
    local, _at, domain = value.rpartition("@")
    if not local.isascii() or unicodedata.normalize("NFKC", domain) != domain:
        raise ValidationError(EmailValidator.message, code="invalid")
