"""What a campaign's page shows for who tells of it, and for machines that read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

from campaigns.finding.structured import campaign_json_ld
from campaigns.models import Sheet
from campaigns.spreading.sharing import sharing
from fund.reports.qr import qr_svg

if TYPE_CHECKING:
    from campaigns.selectors import CampaignRow

PLAIN_PICTURE = "img/social-project.png"


def page_context(*, row: CampaignRow) -> dict[str, Any]:
    """Return links, code, picture, JSON-LD and the code for paper. One query."""
    found = sharing(campaign=row.campaign)
    sheet = Sheet.objects.filter(campaign=row.campaign, kind=Sheet.Kind.PICTURE).first()
    picture = settings.SITE_URL + (address_of_sheet(sheet) or static(PLAIN_PICTURE))
    return {
        "sharing": found,
        "json_ld": campaign_json_ld(row=row, picture=picture),
        "qr_svg": qr_svg(found.short_address),
        "social_picture_url": picture,
    }


def address_of_sheet(sheet: Sheet | None) -> str:
    """Return the path of a file, which changes with its bytes; empty where there is none."""
    if sheet is None:
        return ""
    name = "spreading:poster_file" if sheet.kind == Sheet.Kind.POSTER else "spreading:picture"
    return reverse(name, kwargs={"number": sheet.campaign_id, "digest": sheet.digest})
