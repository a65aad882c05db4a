"""Who gave, what they agreed to and took back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from people.models.legal import LegalText


class Donor(models.Model):
    """The person behind a gift. Erased, the row stays as an anchor without a name: the gift and the books stay whole.

    ``erased_as`` is the same for all gifts of one person, so that a campaign still counts one donor; it is random.
    """

    email = models.EmailField(_("e-mail"), null=True)
    public_name = models.CharField(_("public name"), max_length=100, blank=True)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)
    erased_as = models.UUIDField(null=True)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True, erased_as__isnull=True, email__isnull=False)
                | Q(erased_at__isnull=False, erased_as__isnull=False, email__isnull=True, public_name=""),
                name="donor_erased_is_nobody",
            ),
        ]

    def __str__(self) -> str:
        return f"donor {self.pk}"


class Consent(models.Model):
    """A person agreed to one version of one text. Rows are never changed, but the address is forgotten one day."""

    text = models.ForeignKey(LegalText, models.PROTECT, related_name="+")
    donor = models.ForeignKey(Donor, models.PROTECT, related_name="consents")
    given_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)

    class Meta:
        """The database's own rules."""

        constraints = [models.UniqueConstraint(fields=["text", "donor"], name="consent_once_a_text")]
        indexes = [
            models.Index(fields=["given_at"], name="consent_with_address", condition=Q(address__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"


class ConsentWithdrawal(models.Model):
    """A person took a consent back. Rows are never changed."""

    consent = models.OneToOneField(Consent, models.PROTECT, related_name="withdrawal")
    withdrawn_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"withdrawal of consent {self.consent_id}"


class ErasureRequest(models.Model):
    """A person is to be forgotten; done when nothing of theirs is under way, and then the address is gone here too."""

    class Origin(models.TextChoices):
        """Who asked."""

        DONOR = "donor", _("The donor")
        STAFF = "staff", _("The fund's staff")

    email = models.EmailField(blank=True)
    origin = models.CharField(max_length=10, choices=Origin)
    asked_at = models.DateTimeField()
    letter = models.OneToOneField("people.Letter", models.PROTECT, null=True, related_name="+")
    donors = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=Q(done_at__isnull=True), name="erasure_asked_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(email=""), name="erasure_done_keeps_no_address"
            ),
        ]

    def __str__(self) -> str:
        return f"erasure {self.pk}"


class Visit(models.Model):
    """A donor's way to their own gifts: a link sent by e-mail, then a short session. The secrets are kept as hashes.

    ``email`` is empty where nobody of that address gave; ``email_hash`` counts how often a link was asked for.
    """

    reference = models.UUIDField(unique=True, editable=False)
    email = models.EmailField(blank=True)
    email_hash = models.CharField(max_length=64)
    address = models.GenericIPAddressField()
    link_sha256 = models.CharField(max_length=64, unique=True)
    session_sha256 = models.CharField(max_length=64, null=True, unique=True)
    asked_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField()

    class Meta:
        """The database's own rules."""

        indexes = [
            models.Index(fields=["address", "asked_at"], name="visit_pace_address"),
            models.Index(fields=["email_hash", "asked_at"], name="visit_pace_email"),
            models.Index(fields=["ends_at"], name="visit_end"),
            models.Index(fields=["asked_at"], name="visit_unhandled", condition=Q(handled_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"visit {self.pk}"
