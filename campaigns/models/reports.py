"""How a campaign ended: what its organiser reports was done and spent. Rows are never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from campaigns.models.campaigns import BudgetLine, Campaign


class ProjectReport(models.Model):
    """The organiser's own word on what was done."""

    campaign = models.OneToOneField(Campaign, models.PROTECT, related_name="report")
    text = models.TextField()
    user = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """The database's own rules."""

        constraints = [models.CheckConstraint(condition=~Q(text=""), name="project_report_has_text")]

    def __str__(self) -> str:
        return f"report of campaign {self.campaign_id}"


class SpentLine(models.Model):
    """What was really spent on a line of the budget, as the organiser says it."""

    report = models.ForeignKey(ProjectReport, models.PROTECT, related_name="lines")
    budget_line = models.OneToOneField(BudgetLine, models.PROTECT, related_name="spent")
    spent_kopecks = models.BigIntegerField()

    class Meta:
        """The database's own rules."""

        constraints = [models.CheckConstraint(condition=Q(spent_kopecks__gte=0), name="spent_line_not_negative")]

    def __str__(self) -> str:
        return f"spent on line {self.budget_line_id}"
