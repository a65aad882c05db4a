"""Who wants to hear of which project, what they do not want, and what is being told to them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign
from campaigns.models.telling import Update
from people.models import LegalText


class NewsKind(models.TextChoices):
    """What a letter tells; each is stopped apart from the others."""

    UPDATES = "updates", _("News of projects")
    ANSWERS = "answers", _("Answers to my questions")
    MILESTONES = "milestones", _("How the collection goes: a quarter, a half, the minimum, the whole sum")
    REMINDER = "reminder", _("A reminder two days before a collection ends")
    RESULT = "result", _("How a collection ended")


class Reader(models.Model):
    """Somebody known by an e-mail alone: who follows a project or asks a question. Forgotten, the row is gone."""

    email = models.EmailField()
    reference = models.UUIDField(unique=True, editable=False)
    consent = models.ForeignKey(LegalText, models.PROTECT, null=True, related_name="+")
    consented_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        """The database's own rules."""

        constraints = [models.UniqueConstraint(Lower("email"), name="reader_email_unique")]

    def __str__(self) -> str:
        return f"reader {self.pk}"


class StoppedKind(models.Model):
    """A kind of letters that a reader does not want any more, whatever the project."""

    reader = models.ForeignKey(Reader, models.CASCADE, related_name="stopped")
    kind = models.CharField(max_length=16, choices=NewsKind)
    at = models.DateTimeField()

    class Meta:
        """The database's own rules."""

        constraints = [models.UniqueConstraint(fields=["reader", "kind"], name="kind_stopped_once")]

    def __str__(self) -> str:
        return f"{self.kind} stopped by {self.reader_id}"


class Follow(models.Model):
    """A reader wants to hear of a project. Counts once confirmed: by the link in a letter, or by a known address."""

    reader = models.ForeignKey(Reader, models.CASCADE, related_name="follows")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="follows")
    reference = models.UUIDField(unique=True, editable=False)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules."""

        constraints = [models.UniqueConstraint(fields=["reader", "campaign"], name="follow_once_a_campaign")]
        indexes = [
            models.Index(fields=["campaign", "id"], name="follow_confirmed", condition=Q(confirmed_at__isnull=False)),
            models.Index(fields=["created_at"], name="follow_unconfirmed", condition=Q(confirmed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"follow {self.pk}"


class Mailing(models.Model):
    """One piece of news on its way to all followers of a project, a few at a time; ``cursor`` is the last of them.

    One with ``done_at`` from the start tells nobody: a mark that was passed together with a higher one.
    """

    kind = models.CharField(max_length=16, choices=NewsKind)
    subject = models.CharField(max_length=60)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="mailings")
    update_row = models.ForeignKey(Update, models.PROTECT, null=True, related_name="+")
    mark = models.CharField(max_length=16, blank=True)
    begun_at = models.DateTimeField()
    cursor = models.BigIntegerField(default=0)
    letters = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules."""

        constraints = [models.UniqueConstraint(fields=["kind", "subject"], name="mailing_once")]
        indexes = [models.Index(fields=["begun_at"], name="mailing_under_way", condition=Q(done_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Attempt(models.Model):
    """That somebody wrote or asked for a letter, to count who does so too often; deleted after a day."""

    what = models.CharField(max_length=16)
    address = models.GenericIPAddressField()
    person_sha256 = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        """The database's own rules."""

        indexes = [
            models.Index(fields=["address", "at"], name="attempt_pace_address"),
            models.Index(fields=["person_sha256", "at"], name="attempt_pace_person", condition=~Q(person_sha256="")),
            models.Index(fields=["at"], name="attempt_old"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"
