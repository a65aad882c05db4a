"""What happened to a campaign, in public: its steps, who approved it, what was amended after its launch."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign


class Step(models.Model):
    """One move of a campaign from state to state. The database itself writes it; the role is public, the person not."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="steps")
    from_status = models.CharField(max_length=16, blank=True)
    to_status = models.CharField(max_length=16, choices=Campaign.Status)
    at = models.DateTimeField()
    role = models.CharField(max_length=24)
    user = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        """The database's own rules."""

        indexes = [models.Index(fields=["campaign", "id"], name="step_of_campaign")]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"


class Approval(models.Model):
    """One council member's yes to a campaign as it was handed in; two are needed. Rows are never changed."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="approvals")
    review_round = models.PositiveSmallIntegerField()
    user = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    checklist = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(fields=["campaign", "review_round", "user"], name="approval_once_each_round")
        ]

    def __str__(self) -> str:
        return f"approval of campaign {self.campaign_id}, round {self.review_round}"


class Amendment(models.Model):
    """A change of what donors knew, in public. The database lets a frozen field change beside such a row alone.

    ``made_in`` is the transaction, written by the database.
    """

    class Field(models.TextChoices):
        """What may be amended; goal, minimum and funding never."""

        SUMMARY = "summary", _("in one sentence")
        STORY = "story", _("story")
        BUDGET = "budget", _("what the money is for")
        CLOSES_AT = "closes_at", _("deadline")
        DELIVERY = "delivery_due_date", _("will be done by")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="amendments")
    field = models.CharField(max_length=20, choices=Field)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    reason = models.CharField(max_length=1000)
    role = models.CharField(max_length=24)
    user = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    made_in = models.BigIntegerField(db_default=0)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="amendment_has_reason"),
            models.UniqueConstraint(fields=["campaign"], name="amendment_extends_once", condition=Q(field="closes_at")),
        ]
        indexes = [models.Index(fields=["campaign", "id"], name="amendment_of_campaign")]

    def __str__(self) -> str:
        return f"{self.field} of campaign {self.campaign_id}"
