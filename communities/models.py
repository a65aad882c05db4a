"""The communities of the city: who they are and where to find them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse


class Community(models.Model):
    """One community of the city, as the activists' document names it."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    theme = models.CharField(max_length=100, blank=True)
    members = models.PositiveIntegerField(null=True)
    note = models.CharField(max_length=500, blank=True)
    is_uncertain = models.BooleanField(default=False)
    search_text = models.TextField()

    class Meta:
        """The database's own rules."""

        verbose_name_plural = "communities"
        constraints = [
            models.CheckConstraint(condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"), name="community_slug_shape"),
        ]
        indexes = [models.Index(fields=["name", "id"], name="community_by_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the community's page."""
        return reverse("communities:detail", kwargs={"slug": self.slug})


class CommunityLink(models.Model):
    """Where a community is found on the web."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="links")
    position = models.PositiveSmallIntegerField()
    url = models.URLField(max_length=300)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(fields=["community", "position"], name="community_link_position_unique"),
            models.CheckConstraint(condition=Q(url__regex=r"^https?://"), name="community_link_is_web"),
        ]

    def __str__(self) -> str:
        return self.url
