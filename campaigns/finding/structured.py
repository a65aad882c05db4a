"""What a campaign is, as search engines read it (schema.org in JSON-LD)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from campaigns.models import Organiser
from fund.money import to_decimal_text

if TYPE_CHECKING:
    from campaigns.selectors import CampaignRow

ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def script_body(body: Any) -> SafeString:
    """Return JSON for a script of data in a page; no sign in it can end the script or open a comment."""
    return mark_safe(json.dumps(body, ensure_ascii=False).translate(ESCAPES))  # noqa: S308 - escaped here


def campaign_json_ld(*, row: CampaignRow, picture: str) -> SafeString:
    """Return the campaign, the way to it, and how to give while it collects. No query where its organiser came along.

    :param picture: the picture's whole address.
    """
    address = settings.SITE_URL + row.campaign.get_absolute_url()
    graph = [_way(row.campaign.title, address), _project(row, address, picture)]
    return script_body({"@context": "https://schema.org", "@graph": graph})


def _way(title: str, address: str) -> dict[str, Any]:
    steps = [
        (_("Social capital"), settings.SITE_URL + reverse("pages:home")),
        (_("Projects"), settings.SITE_URL + reverse("campaigns:list")),
        (title, address),
    ]
    items = [
        {"@type": "ListItem", "position": place, "name": str(name), "item": to}
        for place, (name, to) in enumerate(steps, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _project(row: CampaignRow, address: str, picture: str) -> dict[str, Any]:
    campaign = row.campaign
    found: dict[str, Any] = {
        "@type": "Project",
        "@id": f"{address}#project",
        "url": address,
        "name": campaign.title,
        "description": campaign.summary,
        "image": picture,
        "areaServed": {"@type": "City", "name": _("Penza")},
        "parentOrganization": _fund(),
    }
    if campaign.theme:
        found["keywords"] = campaign.theme
    if campaign.organiser is not None and campaign.organiser.name:
        kind = "Person" if campaign.organiser.kind == Organiser.Kind.PERSON else "Organization"
        found["founder"] = {"@type": kind, "name": campaign.organiser.name}
    if row.is_open:
        found["potentialAction"] = _giving(settings.SITE_URL + reverse("campaigns:give", args=[campaign.slug]))
    return found


def _fund() -> dict[str, Any]:
    return {
        "@type": "NGO",
        "name": settings.FUND["name"],
        "url": settings.SITE_URL,
        "taxID": settings.FUND["inn"],
        "email": settings.FUND["email"],
    }


def _giving(target: str) -> dict[str, Any]:
    return {
        "@type": "DonateAction",
        "name": _("Give to the project"),
        "recipient": _fund(),
        "target": {"@type": "EntryPoint", "urlTemplate": target},
        "priceSpecification": {
            "@type": "PriceSpecification",
            "minPrice": to_decimal_text(settings.GIFT_MIN_KOPECKS),
            "priceCurrency": "RUB",
        },
    }
