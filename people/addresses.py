"""Where a request really comes from, and who counts as one caller."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest

IPV6, IPV6_LINE = 6, 64
NOWHERE = "0.0.0.0"  # noqa: S104 - an address that no list trusts


def neighbourhood(address: str) -> tuple[str, str]:
    """Return the first and last address that count as one caller: an IPv6 line has a whole /64 to itself."""
    found = ip_address(address)
    network = ip_network(f"{address}/{IPV6_LINE if found.version == IPV6 else found.max_prefixlen}", strict=False)
    return str(network[0]), str(network[-1])


def client_address(request: HttpRequest) -> str:
    """Return the caller's address: behind N proxies of ours, the Nth from the right of X-Forwarded-For.

    What the caller wrote further left is not believed; an address that can't be read is nowhere's.
    """
    told = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        hops = request.headers.get("X-Forwarded-For", "").split(",")
        told = hops[-settings.TRUSTED_PROXIES].strip() if len(hops) >= settings.TRUSTED_PROXIES else ""
    try:
        found = ip_address(told)
    except ValueError:
        return NOWHERE
    return str(getattr(found, "ipv4_mapped", None) or found)  # ::ffff:1.2.3.4 is 1.2.3.4 on a socket for both
