"""The public page as it will be, from the draft as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from campaigns.drafting.forms import CampaignForms
from campaigns.drafting.selectors import WRITABLE
from campaigns.models import Draft
from campaigns.showing import page_of

if TYPE_CHECKING:
    from datetime import datetime

    from campaigns.models import Campaign

AS_TYPED = ("title", "summary", "story", "theme", "district", "funding")


def preview(*, campaign: Campaign, now: datetime) -> dict[str, Any]:
    """Return what the campaign's page would show; nothing is saved.

    A draft that is whole shows what it says; one that is not, whatever of it can be shown.
    """
    draft = Draft.objects.filter(campaign=campaign).first()
    if campaign.status not in WRITABLE or draft is None:
        return page_of(campaign=campaign, now=now) | {"is_preview": True}
    forms = CampaignForms(draft.words, now=now)
    terms = forms.terms()
    changes: dict[str, Any] = {name: draft.words[name] for name in AS_TYPED if draft.words.get(name)}
    for name, value in (terms.columns() if terms else changes).items():
        setattr(campaign, name, value)
    lines = forms.lines.lines()
    if lines and terms is None:
        campaign.goal_kopecks = sum(line.amount_kopecks for line in lines)
    found = page_of(campaign=campaign, now=now) | {"is_preview": True}
    if terms is not None:
        found["budget"] = terms.budget(campaign)
    return found
