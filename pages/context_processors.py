"""What every page shows of the site itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Return the fund's requisites, whether money is only pretended, and which room the page is in."""
    room = request.resolver_match.namespace if request.resolver_match else ""
    return {"fund": settings.FUND, "demo_mode": settings.DEMO_MODE, "room": room}
