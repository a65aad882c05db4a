"""The last step of a campaign: its organiser tells what was done and what each line really cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from campaigns.life.moves import MoveError, lock_campaign, move, require
from campaigns.models import CampaignPicture, ProjectReport, SpentLine
from people.names import visible_lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from campaigns.life.moves import Actor
    from fund.money import Kopecks


class ReportError(MoveError):
    """The report has no words, or not a sum for each line of the budget."""


class PictureNotReadyError(MoveError):
    """A picture of the report is still being prepared."""


@transaction.atomic
def report_campaign(
    *, campaign_id: int, actor: Actor, text: str, spent: Mapping[int, Kopecks], now: datetime
) -> ProjectReport:
    """Publish the report of a campaign that was carried out, and end its life well.

    :param spent: kopecks by the number of the budget's line.
    :raises ReportError: if words or sums are missing, or a sum is below nought.
    :raises PictureNotReadyError: if a picture is still being prepared.
    :raises MoveError: if it is not being carried out, or not theirs.
    """
    campaign = lock_campaign(campaign_id=campaign_id)
    require(campaign=campaign, action="report", actor=actor)
    lines = list(campaign.budget_lines.order_by("position"))
    if not visible_lines(text) or {line.pk for line in lines} != set(spent) or any(sum_ < 0 for sum_ in spent.values()):
        raise ReportError
    if campaign.pictures.filter(state=CampaignPicture.State.WAITING).exists():
        raise PictureNotReadyError
    report = ProjectReport.objects.create(campaign=campaign, text=visible_lines(text), user=actor.user, at=now)
    SpentLine.objects.bulk_create(
        SpentLine(report=report, budget_line=line, spent_kopecks=spent[line.pk]) for line in lines
    )
    move(campaign=campaign, action="report", actor=actor, now=now)
    return report
