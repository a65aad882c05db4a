"""Where a request really comes from."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest

NOWHERE = "0.0.0.0"  # noqa: S104 - an address that no list trusts


def client_address(request: HttpRequest) -> str:
    """Return the caller's address: behind N proxies of ours, the Nth from the right of X-Forwarded-For.

    What the caller wrote further left is not believed; an address that can't be read is nowhere's.
    """
    told = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        hops = request.headers.get("X-Forwarded-For", "").split(",")
        told = hops[-settings.TRUSTED_PROXIES].strip() if len(hops) >= settings.TRUSTED_PROXIES else ""
    try:
        return str(ip_address(told))
    except ValueError:
        return NOWHERE
