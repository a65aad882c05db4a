"""A campaign as its organiser writes it: the form as it stands, what was handed in, and its pictures."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign
from campaigns.models.sized import Sized


class Draft(models.Model):
    """The form of a campaign as it was left, whole or not. ``version`` grows with each save, so two tabs notice."""

    campaign = models.OneToOneField(Campaign, models.CASCADE, related_name="draft")
    request_key = models.UUIDField(unique=True)
    version = models.PositiveIntegerField(default=0)
    tab = models.CharField(max_length=36, blank=True)
    words = models.JSONField(default=dict)
    saved_at = models.DateTimeField()
    overtaken = models.JSONField(null=True)
    overtaken_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"draft of campaign {self.campaign_id}"


class HandedIn(models.Model):
    """What the council was given to look at in one round. Rows are never changed."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="handed_in")
    review_round = models.PositiveSmallIntegerField()
    words = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        """The database's own rules."""

        constraints = [models.UniqueConstraint(fields=["campaign", "review_round"], name="handed_in_once_each_round")]

    def __str__(self) -> str:
        return f"campaign {self.campaign_id} as of round {self.review_round}"


class CampaignPicture(Sized, models.Model):
    """A picture of a campaign. What was sent is kept until it is made into its sizes; then those alone.

    ``focus_…`` and ``zoom`` are per cent: what the cover's frame is centred on, and how near it is.
    """

    FOLDER, ROUTE = "pictures", "pictures:file"

    class Kind(models.TextChoices):
        """Where it is shown."""

        COVER = "cover", _("Cover")
        STORY = "story", _("Picture in the story")
        REPORT = "report", _("Picture in the report")

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("Being prepared")
        READY = "ready", _("Ready")
        REFUSED = "refused", _("Could not be read")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="pictures")
    kind = models.CharField(max_length=8, choices=Kind)
    alt = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    source_sha256 = models.CharField(max_length=64)
    focus_x = models.PositiveSmallIntegerField(default=50)
    focus_y = models.PositiveSmallIntegerField(default=50)
    zoom = models.PositiveSmallIntegerField(default=100)
    digest = models.CharField(max_length=64, blank=True)
    widths = models.JSONField(default=list)
    height = models.PositiveSmallIntegerField(default=0)
    uploaded_at = models.DateTimeField()

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(fields=["campaign"], name="picture_one_cover", condition=Q(kind="cover")),
            models.CheckConstraint(
                condition=Q(focus_x__lte=100, focus_y__lte=100, zoom__gte=100, zoom__lte=300), name="picture_crop_fits"
            ),
            models.CheckConstraint(condition=~Q(state="ready") | Q(digest__gt=""), name="picture_ready_has_digest"),
        ]
        indexes = [
            models.Index(fields=["digest"], name="picture_by_digest", condition=Q(digest__gt="")),
            models.Index(fields=["uploaded_at"], name="picture_waiting", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"picture {self.pk}"

    @property
    def source_name(self) -> str:
        """Return the storage's name of what was sent."""
        return f"uploads/{self.source_sha256}-{self.pk}"
