"""What every page shows of the site itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from django.utils.http import urlencode

from pages.languages import addresses

if TYPE_CHECKING:
    from django.http import HttpRequest

# What a page may say of itself to networks and search engines, each in templates/components/social.html.
SOCIAL = (
    "social_title", "social_description", "social_picture", "social_picture_url", "social_picture_width",
    "social_picture_height", "canonical_path", "canonical_query",
)  # fmt: skip


def site(request: HttpRequest) -> dict[str, object]:
    """Return the fund's requisites, whether money is only pretended, and where the page stands. No query."""
    room = request.resolver_match.namespace if request.resolver_match else ""
    found = addresses(request.path) if request.resolver_match else {}
    here = translation.get_language()
    page = request.GET.get("page", "")
    kept = f"?{urlencode({'page': page})}" if page.isdecimal() and page != "1" else ""
    return {
        "fund": settings.FUND,
        "pickup": settings.PICKUP,
        "demo_mode": settings.DEMO_MODE,
        "site_url": settings.SITE_URL,
        "room": room,
        "view_name": request.resolver_match.view_name if request.resolver_match else "",
        "canonical": f"{settings.SITE_URL}{request.path}{kept}",
        "languages": [(code, f"{settings.SITE_URL}{path}") for code, path in found.items()] if len(found) > 1 else [],
        **dict.fromkeys(SOCIAL, ""),
        "other_language": next(((code, path) for code, path in found.items() if code != here), None),
    }
