"""Demo campaigns from the city's data files."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from campaigns.life.opening import open_demo_campaign
from campaigns.models import BudgetLine, Campaign, Organiser
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
    fresh = [seed for seed in seeds if seed.slug not in known]
    organisers = _organisers([seed.organiser for seed in fresh], now)
    for seed in reversed(fresh):  # lists show the newest first, and the file's first is to be seen first
        campaign = Campaign(
            slug=seed.slug,
            title=seed.title,
            summary=seed.summary,
            story=seed.story,
            theme=seed.theme,
            organiser=organisers.get(seed.organiser),
            goal_kopecks=seed.goal_kopecks,
            opens_at=now,
            closes_at=now + timedelta(days=seed.duration_days),
        )
        lines = [
            BudgetLine(position=place, title=line.title, note=line.note, amount_kopecks=line.amount_kopecks)
            for place, line in enumerate(seed.budget, start=1)
        ]
        open_demo_campaign(campaign=campaign, lines=lines, now=now)
    return Loaded(len(fresh), 0, len(seeds) - len(fresh))


def _organisers(slugs: Sequence[str], now: datetime) -> dict[str, Organiser]:
    """Return the communities' organisers by the communities' slugs, as a demonstration needs them."""
    for community in Community.objects.filter(slug__in=slugs, organiser__isnull=True):
        Organiser.objects.create(
            slug=community.slug,
            name=community.name,
            community=community,
            state=Organiser.State.VERIFIED,
            verified_at=now,
            is_demo=True,
            created_at=now,
        )
    return {found.slug: found for found in Organiser.objects.filter(community__slug__in=slugs)}
