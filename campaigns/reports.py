"""A project's report as everybody reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaigns import selectors
from campaigns.models import CampaignPicture, ProjectReport, SpentLine
from fund.money import Kopecks

if TYPE_CHECKING:
    from campaigns.models import Campaign


@dataclass(frozen=True)
class ReportPage:
    """A report with its lines and pictures; sums in kopecks."""

    report: ProjectReport
    lines: list[SpentLine]
    pictures: list[CampaignPicture]

    @property
    def planned_kopecks(self) -> Kopecks:
        """Return what was planned in all."""
        return Kopecks(sum(line.budget_line.amount_kopecks for line in self.lines))

    @property
    def spent_kopecks(self) -> Kopecks:
        """Return what the organiser says was spent in all."""
        return Kopecks(sum(line.spent_kopecks for line in self.lines))


def report_of(*, campaign: Campaign) -> ReportPage | None:
    """Return a campaign's report; None where there is none. Three queries."""
    report = ProjectReport.objects.filter(campaign=campaign).first()
    if report is None:
        return None
    lines = SpentLine.objects.filter(report=report).select_related("budget_line").order_by("budget_line__position")
    shown = selectors.pictures(campaign=campaign, kind=CampaignPicture.Kind.REPORT)
    return ReportPage(report, list(lines), shown)
