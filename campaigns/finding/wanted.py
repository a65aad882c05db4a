"""What a reader looks for: words, four facets and an order, as an address says it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.finding.asked import BY_AGE, BY_WORDS, Asked
from campaigns.models import Campaign

LONGEST_THEME = 60
STATUS = Campaign.Status
STATES = {
    status.value: status.label
    for status in (
        STATUS.LIVE, STATUS.FUNDED, STATUS.DELIVERING, STATUS.REPORTED, STATUS.NOT_FUNDED, STATUS.CANCELLED,
    )
}  # fmt: skip
WHOLE_CITY = "city"  # how a listing calls a campaign of no one district
DISTRICTS = {**dict(Campaign.District.choices), WHOLE_CITY: _("The whole city")}
FUNDINGS = dict(Campaign.Funding.choices)


class Sort(models.TextChoices):
    """In which order; ``FITTING`` where there are words, ``NEWEST`` where there are none, unless somebody asks."""

    FITTING = BY_WORDS
    NEWEST = BY_AGE
    ENDING = "ending", _("Ending soon first")
    SUPPORTED = "supported", _("Most supported first")
    CLOSEST = "closest", _("Almost there first")


@dataclass(frozen=True, kw_only=True)
class Wanted(Asked):
    """Which campaigns are looked for."""

    FACETS = ("theme", "district", "state", "funding")
    SORTS = dict(Sort.choices)
    KNOWN = {"district": DISTRICTS, "state": STATES, "funding": FUNDINGS}
    LONGEST = LONGEST_THEME

    theme: str = ""
    district: str = ""
    state: str = ""
    funding: str = ""
