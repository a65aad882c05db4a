"""Demo campaigns from the city's data files."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from campaigns.models import BudgetLine, Campaign
from campaigns.services.life import open_campaign
from communities.models import Community
from communities.services import Loaded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from communities.seed import CampaignSeed


@transaction.atomic
def load_campaigns(*, seeds: Sequence[CampaignSeed], now: datetime) -> Loaded:
    """Open the demo campaigns that are not there yet; one that is there is left alone. Repeat-safe."""
    known = set(Campaign.objects.filter(slug__in=[seed.slug for seed in seeds]).values_list("slug", flat=True))
    organisers = {row.slug: row for row in Community.objects.filter(slug__in=[seed.organiser for seed in seeds])}
    fresh = [seed for seed in seeds if seed.slug not in known]
    for seed in reversed(fresh):  # lists show the newest first, and the file's first is to be seen first
        campaign = Campaign.objects.create(
            slug=seed.slug,
            title=seed.title,
            summary=seed.summary,
            story=seed.story,
            theme=seed.theme,
            organiser=organisers.get(seed.organiser),
            goal_kopecks=seed.goal_kopecks,
            opens_at=now,
            closes_at=now + timedelta(days=seed.duration_days),
            is_demo=True,
        )
        BudgetLine.objects.bulk_create(
            BudgetLine(
                campaign=campaign, position=place, title=line.title, note=line.note, amount_kopecks=line.amount_kopecks
            )
            for place, line in enumerate(seed.budget, start=1)
        )
        open_campaign(campaign=campaign)
    return Loaded(len(fresh), 0, len(seeds) - len(fresh))
