"""What an organiser shows the fund alone: requisites, papers, what was agreed to; and each step of an application."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.organisers import Organiser


class OrganiserStep(models.Model):
    """One move of an organiser from state to state. The database itself writes it."""

    organiser = models.ForeignKey(Organiser, models.PROTECT, related_name="steps")
    from_state = models.CharField(max_length=16)
    to_state = models.CharField(max_length=16, choices=Organiser.State)
    at = models.DateTimeField()
    role = models.CharField(max_length=24)
    user = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=1000, blank=True)
    checks = models.JSONField(default=list)

    class Meta:
        """The database's own rules."""

        indexes = [models.Index(fields=["organiser", "id"], name="organiser_step_of")]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class Requisites(models.Model):
    """Where money for an organiser may go, sealed: the newest row counts, once the fund has looked at it.

    ``sealed`` opens with ``people.sealing`` alone; ``tail`` is the account's last four digits, to be shown.
    """

    class Holder(models.TextChoices):
        """Whose account it is."""

        ORGANISATION = "organisation", _("Organisation")
        PERSON = "person", _("Person")

    organiser = models.ForeignKey(Organiser, models.CASCADE, related_name="requisites")
    holder = models.CharField(max_length=16, choices=Holder)
    sealed = models.TextField()
    tail = models.CharField(max_length=4)
    saved_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.CheckConstraint(condition=Q(tail__regex=r"^[0-9]{4}$"), name="requisites_tail_shape"),
        ]
        indexes = [models.Index(fields=["organiser", "-id"], name="requisites_of")]

    def __str__(self) -> str:
        return f"requisites {self.pk}"


class OrganiserDocument(models.Model):
    """A paper that an applicant showed: a PDF, or a picture drawn anew. The file has a random name and no address.

    ``stored_at`` is empty until the file is there; ``removed_at`` is set once it is gone.
    """

    class Kind(models.TextChoices):
        """What the file is, by its content."""

        PDF = "application/pdf", "PDF"
        JPEG = "image/jpeg", "JPEG"

    organiser = models.ForeignKey(Organiser, models.PROTECT, related_name="documents")
    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    uploaded_at = models.DateTimeField()
    stored_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(
                fields=["organiser", "sha256"], name="document_kept_once", condition=Q(removed_at__isnull=True)
            ),
        ]
        indexes = [
            models.Index(
                fields=["uploaded_at"],
                name="document_not_stored",
                condition=Q(stored_at__isnull=True, removed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"document {self.pk}"

    @property
    def file_name(self) -> str:
        """Return the storage's name of the file."""
        return f"documents/{self.reference.hex}"

    @property
    def download_name(self) -> str:
        """Return what the file is called where it is saved."""
        return f"dokument-{self.pk}.{'pdf' if self.kind == self.Kind.PDF else 'jpg'}"


class Acceptance(models.Model):
    """An organiser agreed to one version of a text. The agreement's PDF is made by the worker, from what was true then.

    ``sealed`` holds who agreed and with which requisites; its words and the file go when the person is forgotten.
    """

    organiser = models.ForeignKey(Organiser, models.PROTECT, related_name="acceptances")
    text = models.ForeignKey("people.LegalText", models.PROTECT, related_name="+")
    text_sha256 = models.CharField(max_length=64)
    accepted_at = models.DateTimeField()
    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sealed = models.TextField(blank=True)
    made_at = models.DateTimeField(null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(fields=["organiser", "text", "accepted_at"], name="acceptance_once"),
        ]
        indexes = [
            models.Index(
                fields=["accepted_at"],
                name="acceptance_not_made",
                condition=Q(made_at__isnull=True) & ~Q(sealed=""),
            ),
        ]

    def __str__(self) -> str:
        return f"acceptance {self.pk}"

    @property
    def file_name(self) -> str:
        """Return the storage's name of the PDF."""
        return f"agreements/{self.reference.hex}.pdf"
