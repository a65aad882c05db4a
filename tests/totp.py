"""What a telephone shows as the second step."""

from __future__ import annotations

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time


def code_of(secret: str) -> str:
    """Return the code of now, not of half a minute ago: it stays good for another half however slow the machine is."""
    _before, now, _after = yield_hotp_counters_from_time()
    return str(format_hotp_value(hotp_value(secret, now)))
