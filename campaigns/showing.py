"""What a campaign's own page shows; its preview shows the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from campaigns import overview, pictures, reports, selectors
from campaigns.finding.similar import similar
from campaigns.funding import returning
from campaigns.funding.fees import is_fee_kept
from campaigns.models import Campaign
from campaigns.repurposing.selectors import OVER, public_question
from campaigns.spending import shown_expenses
from campaigns.spreading.page import page_context
from campaigns.subscriptions.selectors import support
from campaigns.subscriptions.starting import offers_monthly
from campaigns.telling.followers import FOLLOWED
from campaigns.telling.questions import TALKED_ABOUT
from campaigns.telling.selectors import told

if TYPE_CHECKING:
    from datetime import datetime


def page_of(*, campaign: Campaign, now: datetime) -> dict[str, Any]:
    """Return what stands on a campaign's page. Its queries do not grow with what is shown."""
    days = overview.raised_by_day(campaign=campaign)
    row, *near = selectors.rows(campaigns=[campaign, *similar(campaign=campaign)], now=now)
    return {
        "campaign": campaign,
        "row": row,
        "similar": near,
        "days": days[::-1][: pictures.DAYS_IN_TABLE],
        "chart": pictures.raised_by_day(campaign=campaign, days=days, today=timezone.localdate(now)),
        "story_pictures": selectors.pictures(campaign=campaign, kind="story"),
        **shown_expenses(campaign=campaign),
        "budget": selectors.budget(campaign=campaign),
        "gifts": selectors.newest_gifts(campaign=campaign),
        "support": support(campaign=campaign) if offers_monthly(campaign) else None,
        "timeline": selectors.timeline(campaign=campaign),
        "returning": returning.progress(campaign=campaign) if returning.keeps_nothing(campaign) else None,
        "is_fee_kept": is_fee_kept(campaign=campaign),
        "repurposing": public_question(campaign=campaign) if campaign.status in OVER else None,
        "is_cancelled": campaign.status == Campaign.Status.CANCELLED,
        "told": told(campaign=campaign),
        "is_talked": campaign.status in TALKED_ABOUT,
        "is_followed": campaign.status in FOLLOWED,
        "is_counting": campaign.status == Campaign.Status.LIVE and not campaign.is_open(now),
        "report": reports.report_of(campaign=campaign) if campaign.status == Campaign.Status.REPORTED else None,
        "is_preview": False,
        **page_context(row=row),
    }
