"""Money that can't be used as promised: the question to its donors, their answers, what became of each share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign
from campaigns.models.giving import Donation

if TYPE_CHECKING:
    from datetime import datetime


class Choice(models.TextChoices):
    """What becomes of a donor's share (ст. 582 ГК РФ, п. 4; the offer, 4.3)."""

    RETURN = "return", _("Give it back to me")
    MOVE = "move", _("Give it to another project")
    FUND = "fund", _("Leave it to the fund's common goals")


class PurposeQuestion(models.Model):
    """A member of the council says that money can't be used as promised, a second one confirms; then donors are asked.

    Where the money is owed to donors nobody is asked: all of it goes back. Terms never change; each step is taken once.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="purpose_questions")
    reason = models.CharField(max_length=1000)
    answer_days = models.PositiveSmallIntegerField()
    proposed_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    is_asked = models.BooleanField(default=False, db_default=False)
    deadline_at = models.DateTimeField(null=True)
    pool_kopecks = models.BigIntegerField(null=True)  # what there was to share out, and of it what no gift brought
    others_kopecks = models.BigIntegerField(null=True)
    shared_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules; the rest: ``migrations/0036_purposes.sql``."""

        constraints = [
            models.UniqueConstraint(
                fields=["campaign"],
                name="purpose_question_one_at_a_time",
                condition=Q(withdrawn_at__isnull=True, done_at__isnull=True),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="purpose_question_has_reason"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                name="purpose_question_by_two",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False, withdrawn_at__isnull=True),
                name="purpose_question_confirmed_once",
            ),
            models.CheckConstraint(
                condition=Q(is_asked=False, deadline_at__isnull=True, shared_at__isnull=True)
                | Q(is_asked=True, deadline_at__gt=F("confirmed_at")),
                name="purpose_question_has_deadline",
            ),
        ]

    def __str__(self) -> str:
        return f"question {self.pk} about campaign {self.campaign_id}"

    def get_absolute_url(self) -> str:
        """Return its page at the desk."""
        return reverse("purposes:question", kwargs={"question_id": self.pk})

    @property
    def state(self) -> str:
        """Return how far it is: proposed, withdrawn, asking, carrying or done."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        if self.confirmed_at is None:
            return "proposed"
        if self.done_at is not None:
            return "done"
        return "asking" if self.shared_at is None else "carrying"

    def takes_answers(self, at: datetime) -> bool:
        """Return whether donors may answer at that moment."""
        return self.state == "asking" and self.deadline_at is not None and at < self.deadline_at


class PurposeShare(models.Model):
    """One gift's part in a question: asked, reminded, its share of what is left, and how that was carried out."""

    question = models.ForeignKey(PurposeQuestion, models.PROTECT, related_name="shares")
    donation = models.ForeignKey(Donation, models.PROTECT, related_name="purpose_shares")
    asked_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    kept_kopecks = models.BigIntegerField(null=True)
    share_kopecks = models.BigIntegerField(null=True)
    carried_kopecks = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=8, choices=Choice, blank=True)
    target = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    refund = models.OneToOneField("payments.Refund", models.PROTECT, null=True, related_name="+")
    operation = models.OneToOneField("ledger.Operation", models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(fields=["question", "donation"], name="purpose_share_once"),
            models.CheckConstraint(
                condition=Q(share_kopecks__isnull=True) | Q(share_kopecks__gte=0, share_kopecks__lte=F("kept_kopecks")),
                name="purpose_share_within_gift",
            ),
            models.CheckConstraint(
                condition=Q(refund__isnull=True) | Q(operation__isnull=True), name="purpose_share_one_way"
            ),
        ]
        indexes = [
            models.Index(fields=["question", "id"], name="purpose_share_left", condition=Q(done_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"share of gift {self.donation_id} in question {self.question_id}"


class PurposeAnswer(models.Model):
    """What a donor wants done with the share; the last answer counts. Rows are never changed."""

    share = models.ForeignKey(PurposeShare, models.PROTECT, related_name="answers")
    choice = models.CharField(max_length=8, choices=Choice)
    target = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """The database's own rules."""

        constraints = [
            models.CheckConstraint(
                condition=Q(choice="move", target__isnull=False) | (~Q(choice="move") & Q(target__isnull=True)),
                name="purpose_answer_names_target",
            )
        ]
        indexes = [models.Index(fields=["share", "-id"], name="purpose_answer_last")]

    def __str__(self) -> str:
        return f"answer {self.choice} to share {self.share_id}"
