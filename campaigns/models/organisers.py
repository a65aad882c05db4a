"""Who runs campaigns: a community of the city or a person. What identifies them stands apart from what is public."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class OrganiserQuerySet(models.QuerySet["Organiser"]):
    """Organisers, by who may see them."""

    def published(self) -> OrganiserQuerySet:
        """Return those that the public sees: verified once, whatever came after, and not forgotten."""
        return self.filter(verified_at__isnull=False, erased_at__isnull=True)

    def waiting(self) -> OrganiserQuerySet:
        """Return those that the council is to look at."""
        return self.filter(state=Organiser.State.IN_REVIEW, erased_at__isnull=True)


class Organiser(models.Model):
    """A community or person that runs campaigns; shown in public once verified.

    ``claimed`` is the community of the directory that an applicant speaks for; ``community`` is what the fund has
    verified. ``moved_…`` say who put it into its state; the database keeps the steps.
    """

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
    claimed = models.ForeignKey("communities.Community", models.PROTECT, null=True, related_name="+")
    touched_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    moved_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    moved_as = models.CharField(max_length=24, default="system", db_default="system")
    moved_because = models.CharField(max_length=1000, blank=True, db_default="")
    moved_checks = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    moved_at = models.DateTimeField(null=True)

    objects = OrganiserQuerySet.as_manager()

    class Meta:
        """The database's own rules; what guards the states is in ``migrations/0021_guarded_organisers.sql``."""

        verbose_name = _("organiser")
        verbose_name_plural = _("organisers")
        constraints = [
            models.CheckConstraint(condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"), name="organiser_slug_shape"),
            models.CheckConstraint(
                condition=~Q(state="verified") | Q(verified_at__isnull=False), name="organiser_verified_once"
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(user__isnull=True, about="", claimed__isnull=True),
                name="organiser_erased_is_nobody",
            ),
        ]
        indexes = [models.Index(fields=["-verified_at", "-id"], name="organiser_newest")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the organiser's public page."""
        return reverse("organisers:detail", kwargs={"slug": self.slug})

    @property
    def is_published(self) -> bool:
        """Return whether the public sees the organiser's page."""
        return self.verified_at is not None and self.erased_at is None

    @property
    def may_say_who(self) -> bool:
        """Return whether the applicant may still say who they are: donors know whom the fund has verified once."""
        return self.is_own_draft and self.verified_at is None

    @property
    def is_own_draft(self) -> bool:
        """Return whether the applicant may change the application."""
        return self.state in {self.State.APPLYING, self.State.CHANGES_ASKED}
