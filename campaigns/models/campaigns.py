"""Campaigns and what they need the money for. After launch the database keeps their terms as donors knew them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models.organisers import Organiser

if TYPE_CHECKING:
    from datetime import datetime


RESERVED_SLUGS = ("debts", "fund")  # accounts 76.debts and 86.fund are the fund's own
PAGES_OF_THE_LIST = ("map",)  # what stands where a campaign's page would
THEMES = (
    "Городская среда",
    "Музыка",
    "Экология",
    "Образование",
    "Творчество",
    "Сообщества",
    "Праздники",
    "Животные",
    "Спорт",
    "Память",
)


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Campaigns, by who may see them."""

    def published(self) -> CampaignQuerySet:
        """Return those that the public sees: launched, whatever came after."""
        return self.filter(launched_at__isnull=False)


class Campaign(models.Model):
    """A city project that collects money. ``moved_…`` say who put it into its state; the database keeps the steps."""

    class Status(models.TextChoices):
        """Where it is in its life; which follows which: ``campaigns/life/moves.py`` and the database."""

        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        CHANGES_ASKED = "changes_asked", _("Changes asked for")
        REJECTED = "rejected", _("Rejected")
        APPROVED = "approved", _("Approved")
        LIVE = "live", _("Collecting")
        FUNDED = "funded", _("Funded")
        NOT_FUNDED = "not_funded", _("Not funded")
        CANCELLED = "cancelled", _("Cancelled")
        DELIVERING = "delivering", _("Being carried out")
        REPORTED = "reported", _("Done and reported")

    class Funding(models.TextChoices):
        """What becomes of the money."""

        ALL_OR_NOTHING = "all_or_nothing", _("All or nothing")
        FLEXIBLE = "flexible", _("Flexible")
        OPEN_ENDED = "open_ended", _("Open-ended")
        MONTHLY = "monthly", _("Monthly")

    class District(models.TextChoices):
        """Where in Penza it takes place; empty: the whole city."""

        LENINSKY = "leninsky", _("Leninsky district")
        OKTYABRSKY = "oktyabrsky", _("Oktyabrsky district")
        PERVOMAYSKY = "pervomaysky", _("Pervomaysky district")
        ZHELEZNODOROZHNY = "zheleznodorozhny", _("Zheleznodorozhny district")

    slug = models.SlugField(_("address on the site"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(_("in one sentence"), max_length=300)
    story = models.TextField(_("story"))
    theme = models.CharField(_("theme"), max_length=60, blank=True)
    district = models.CharField(_("district"), max_length=20, choices=District, blank=True, db_default="")
    organiser = models.ForeignKey(
        Organiser, models.PROTECT, null=True, related_name="campaigns", verbose_name=_("organiser")
    )
    funding = models.CharField(
        _("funding"), max_length=16, choices=Funding, default=Funding.FLEXIBLE, db_default=Funding.FLEXIBLE.value
    )
    minimum_kopecks = models.BigIntegerField(null=True)
    goal_kopecks = models.BigIntegerField()
    status = models.CharField(_("state"), max_length=16, choices=Status, default=Status.DRAFT)
    review_round = models.PositiveSmallIntegerField(default=0, db_default=0)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    delivery_due_date = models.DateField(_("will be done by"), null=True, blank=True)
    launched_at = models.DateTimeField(null=True)
    goal_met_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False)
    cover = models.ForeignKey("campaigns.CampaignPicture", models.SET_NULL, null=True, related_name="+")
    moved_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    moved_as = models.CharField(max_length=24, default="system", db_default="system")
    moved_because = models.CharField(max_length=1000, blank=True, db_default="")
    moved_at = models.DateTimeField(null=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        """The database's own rules; what guards life and terms is in ``migrations/0016_guarded_life.sql``."""

        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.CheckConstraint(condition=Q(goal_kopecks__gt=0), name="campaign_goal_positive"),
            models.CheckConstraint(
                condition=Q(minimum_kopecks__isnull=True)
                | Q(minimum_kopecks__gt=0, minimum_kopecks__lte=F("goal_kopecks")),
                name="campaign_minimum_within_goal",
            ),
            models.CheckConstraint(
                condition=~Q(funding="all_or_nothing") | Q(minimum_kopecks__isnull=False),
                name="campaign_all_or_nothing_has_minimum",
            ),
            models.CheckConstraint(
                condition=Q(launched_at__isnull=True)
                | Q(funding__in=["all_or_nothing", "flexible"], closes_at__isnull=False)
                | Q(funding__in=["open_ended", "monthly"], closes_at__isnull=True),
                name="campaign_deadline_by_funding",
            ),
            models.CheckConstraint(
                condition=Q(goal_met_at__isnull=True) | Q(funding="all_or_nothing"),
                name="campaign_goal_met_where_owed",
            ),
            models.CheckConstraint(condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"), name="campaign_slug_shape"),
            models.CheckConstraint(condition=~Q(slug__in=RESERVED_SLUGS), name="campaign_slug_not_reserved"),
            models.CheckConstraint(condition=~Q(slug__in=PAGES_OF_THE_LIST), name="campaign_slug_not_a_page"),
            models.CheckConstraint(
                condition=Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="campaign_closes_after_opening",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-opens_at", "-id"], name="campaign_newest"),
            models.Index(fields=["closes_at"], name="campaign_ending", condition=Q(status="live")),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the campaign's page."""
        return reverse("campaigns:detail", kwargs={"slug": self.slug})

    @property
    def ends_at(self) -> datetime | None:
        """Return from when on no gift counts: the deadline, or the moment at which it was ended before."""
        return min((at for at in (self.closes_at, self.ended_at) if at is not None), default=None)

    @property
    def is_owed(self) -> bool:
        """Return whether what comes in is owed to donors: the minimum is not met yet."""
        return self.funding == self.Funding.ALL_OR_NOTHING and self.goal_met_at is None

    def is_open(self, at: datetime) -> bool:
        """Return whether it takes gifts at that moment."""
        is_in_time = self.opens_at <= at and (self.ends_at is None or at < self.ends_at)
        return self.status == self.Status.LIVE and is_in_time

    def days_left(self, now: datetime) -> int | None:
        """Return how many days remain, begun ones too; None where there is no end."""
        if self.ends_at is None:
            return None
        return max(0, -((now - self.ends_at) // timedelta(days=1)))


class BudgetLine(models.Model):
    """One thing that the money is for; the essential ones make the minimum, all together the goal."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="budget_lines")
    position = models.PositiveSmallIntegerField(_("place"))
    title = models.CharField(_("title"), max_length=120)
    note = models.CharField(_("note"), max_length=300, blank=True)
    amount_kopecks = models.BigIntegerField()
    is_essential = models.BooleanField(_("can't do without"), default=True, db_default=True)

    class Meta:
        """The database's own rules."""

        verbose_name = _("budget line")
        verbose_name_plural = _("what the money is for")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "position"], name="budget_line_position_unique"),
            models.CheckConstraint(condition=Q(amount_kopecks__gt=0), name="budget_line_amount_positive"),
        ]

    def __str__(self) -> str:
        return self.title
