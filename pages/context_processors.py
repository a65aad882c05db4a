"""What every page shows of the site itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001 - Django's signature
    """Return the fund's requisites and whether money is only pretended."""
    return {"fund": settings.FUND, "demo_mode": settings.DEMO_MODE}
