"""Who runs campaigns: a community of the city or a person. What identifies them stands apart from what is public."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Organiser(models.Model):
    """A community or person that runs campaigns; shown in public once verified."""

    class Kind(models.TextChoices):
        """Who answers for the campaigns."""

        COMMUNITY = "community", _("Community")
        PERSON = "person", _("Person")

    class State(models.TextChoices):
        """How far the fund has looked at them."""

        APPLYING = "applying", _("Filling in the application")
        IN_REVIEW = "in_review", _("Application is being looked at")
        CHANGES_ASKED = "changes_asked", _("Something is missing")
        VERIFIED = "verified", _("Verified")
        REFUSED = "refused", _("Refused")
        SUSPENDED = "suspended", _("Suspended")

    slug = models.SlugField(_("address on the site"), max_length=80, unique=True)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.COMMUNITY)
    name = models.CharField(_("name"), max_length=200)
    about = models.CharField(_("about"), max_length=1000, blank=True)
    community = models.OneToOneField("communities.Community", models.PROTECT, null=True, related_name="organiser")
    user = models.OneToOneField("people.User", models.PROTECT, null=True, related_name="organiser")
    state = models.CharField(max_length=16, choices=State, default=State.APPLYING)
    verified_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        """The database's own rules."""

        verbose_name = _("organiser")
        verbose_name_plural = _("organisers")
        constraints = [
            models.CheckConstraint(condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"), name="organiser_slug_shape"),
            models.CheckConstraint(
                condition=~Q(state="verified") | Q(verified_at__isnull=False), name="organiser_verified_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
