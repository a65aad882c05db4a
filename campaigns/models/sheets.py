"""Pictures and posters that are made of campaigns, and lie in the storage under the hash of their bytes."""

from __future__ import annotations

from django.db import models

from campaigns.models.campaigns import Campaign

DIGITS_IN_ADDRESS = 16


class Sheet(models.Model):
    """One picture or poster as it is now. ``shows`` is a digest of what stands on it; made anew once that differs."""

    class Kind(models.TextChoices):
        """What it is for."""

        PICTURE = "picture"  # for social networks, 1200 × 630
        POSTER = "poster"  # A4, PDF
        LOOK = "look"  # how the poster looks, for its page

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="sheets")
    kind = models.CharField(max_length=8, choices=Kind)
    shows = models.CharField(max_length=32)
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        """The database's own rules."""

        constraints = [models.UniqueConstraint(fields=["campaign", "kind"], name="sheet_one_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} of campaign {self.campaign_id}"

    @property
    def extension(self) -> str:
        """Return how the file's name ends."""
        return "pdf" if self.kind == self.Kind.POSTER else "png"

    @property
    def storage_name(self) -> str:
        """Return the storage's name of the file."""
        return f"sheets/{self.sha256}.{self.extension}"

    @property
    def digest(self) -> str:
        """Return what of the hash stands in its address."""
        return self.sha256[:DIGITS_IN_ADDRESS]
