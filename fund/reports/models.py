"""Public reports: what was asked for, how far it has come, and of a published one what its file is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fund.ledger.models import Checkpoint

if TYPE_CHECKING:
    from typing import Self

UNFINISHED = ("queued", "rendering", "failed")


class ReportQuerySet(models.QuerySet["Report"]):
    """Verbs for reports."""

    def of(self, other: Report) -> Self:
        """Return all versions of what another report is about."""
        return self.filter(kind=other.kind, month=other.month, subject=other.subject)

    def waiting(self) -> Self:
        """Return what a worker has still to make."""
        return self.filter(state__in=[Report.State.QUEUED, Report.State.RENDERING])


class Report(models.Model):
    """One version of one report, read at one signed checkpoint. A published row and its file never change.

    The file's name is its SHA-256; its bytes follow from the row and the books alone.
    """

    class Kind(models.TextChoices):
        """What it is about."""

        MONTH = "month", _("The fund's month")
        PROJECT = "project", _("A project to date")

    class State(models.TextChoices):
        """How far it has come."""

        QUEUED = "queued", _("Waits for its turn")
        RENDERING = "rendering", _("Being made")
        PUBLISHED = "published", _("Published")
        FAILED = "failed", _("Not made")

    class Failure(models.TextChoices):
        """Why it was not made."""

        INTERRUPTED = "interrupted", _("The work was cut off several times.")
        BOOKS_DISAGREE = (
            "books_disagree",
            _("Two ways to count did not give the same: nothing is published until they do."),
        )
        STORAGE = "storage", _("The file could not be stored.")

    kind = models.CharField(max_length=10, choices=Kind)
    month = models.DateField(null=True)  # its first day
    subject = models.CharField(max_length=80, blank=True)
    version = models.PositiveSmallIntegerField()
    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    percent = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=16, choices=Failure, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)  # while a worker makes it: by then it tells that it lives
    published_at = models.DateTimeField(null=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_bytes = models.PositiveIntegerField(null=True)
    pages = models.PositiveSmallIntegerField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        """The database's own rules; what a trigger holds is in migration 0002."""

        constraints = [
            models.CheckConstraint(
                condition=Q(kind="month", month__day=1, subject="") | Q(kind="project", month=None, subject__gt=""),
                name="report_of_month_or_project",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="report_version_counts"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="report_percent_fits"),
            models.CheckConstraint(
                condition=Q(state="queued", percent=0) | Q(state__in=["rendering", "published", "failed"]),
                name="report_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="rendering", leased_until__isnull=False)
                | (~Q(state="rendering") & Q(leased_until=None)),
                name="report_leased_while_made",
            ),
            models.CheckConstraint(
                condition=Q(state="failed", failure__gt="") | (~Q(state="failed") & Q(failure="")),
                name="report_failed_why",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="published", percent=100, published_at__isnull=False, file_bytes__gt=0, pages__gt=0,
                    file_sha256__regex="^[0-9a-f]{64}$",
                )
                | (~Q(state="published") & Q(published_at=None, file_bytes=None, pages=None, file_sha256="")),
                name="report_published_whole",
            ),
            models.UniqueConstraint(
                fields=["kind", "month", "subject", "version"], nulls_distinct=False, name="report_version_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "month", "subject"], condition=Q(state__in=UNFINISHED), nulls_distinct=False,
                name="report_one_unfinished",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["kind", "-id"], name="report_kind"),
            models.Index(fields=["subject", "-id"], name="report_subject"),
            models.Index(F("id"), name="report_due", condition=Q(state__in=["queued", "rendering"])),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"

    def get_absolute_url(self) -> str:
        """Return the page that waits for the file and offers it."""
        return reverse("reports:report", kwargs={"number": self.pk})

    @property
    def about(self) -> str:
        """Return what it is about in one word, for names of files and turns."""
        return f"{self.month:%Y-%m}" if self.month else self.subject

    @property
    def storage_name(self) -> str:
        """Return the storage's name of a published file."""
        return f"reports/{self.file_sha256}.pdf"

    @property
    def download_name(self) -> str:
        """Return what a reader's disk calls the file."""
        return f"otchet-{self.about}-v{self.version}.pdf"

    @property
    def is_published(self) -> bool:
        """Return whether the file is there."""
        return self.state == self.State.PUBLISHED

    @property
    def mark(self) -> str:
        """Return what changes whenever the report's page would."""
        return f"{self.state}-{self.percent}"

    @property
    def is_waiting(self) -> bool:
        """Return whether something is still to happen by itself."""
        return self.state in {self.State.QUEUED, self.State.RENDERING}


class Asking(models.Model):
    """That somebody asked for a report, known by a keyed hash of the address; counted for a while, then forgotten."""

    caller_hash = models.CharField(max_length=64)
    asked_at = models.DateTimeField()

    class Meta:
        """The database's own rules."""

        indexes = [
            models.Index(fields=["caller_hash", "asked_at"], name="asking_pace"),
            models.Index(fields=["asked_at"], name="asking_age"),
        ]

    def __str__(self) -> str:
        return f"asking {self.pk}"
