"""What published campaigns are found by: a slim row each, which the database itself keeps beside the campaign."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from campaigns.models.campaigns import Campaign


class Listing(models.Model):
    """One published campaign as lists find it. Triggers write it (``migrations/0046_listing.sql``), never code.

    ``words`` is searched, ``head`` (all but the story) says how well it fits. ``raised_kopecks`` stands as of the
    checkpoint that ``campaigns_counted`` names; what was posted since is added when a list is sorted by it.
    """

    campaign = models.OneToOneField(Campaign, models.CASCADE, primary_key=True, related_name="listing")
    slug = models.CharField(max_length=60, unique=True)
    theme = models.CharField(max_length=60)
    district = models.CharField(max_length=20)
    status = models.CharField(max_length=16)
    funding = models.CharField(max_length=16)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField(null=True)
    goal_kopecks = models.BigIntegerField()
    raised_kopecks = models.BigIntegerField(db_default=0)
    head = SearchVectorField()
    words = SearchVectorField()

    class Meta:
        """How it is searched."""

        indexes = [GinIndex(fields=["words"], name="listing_words", fastupdate=False)]

    def __str__(self) -> str:
        return self.slug
