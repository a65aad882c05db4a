"""What a campaign's page shows for who tells of it, and for machines that read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.templatetags.static import static

from campaigns.finding.structured import campaign_json_ld
from campaigns.spreading.sharing import sharing
from fund.reports.qr import qr_svg

if TYPE_CHECKING:
    from campaigns.selectors import CampaignRow

PLAIN_PICTURE = "img/social-project.png"


def page_context(*, row: CampaignRow) -> dict[str, Any]:
    """Return links, code, JSON-LD and the code for paper. No query."""
    found = sharing(campaign=row.campaign)
    picture = settings.SITE_URL + static(PLAIN_PICTURE)
    return {
        "sharing": found,
        "json_ld": campaign_json_ld(row=row, picture=picture),
        "qr_svg": qr_svg(found.short_address),
    }
