"""The texts that people agree to or can rely on, and their drafts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class LegalText(models.Model):
    """One published version of a text. Rows are never changed."""

    class Kind(models.TextChoices):
        """What the text is about."""

        OFFER = "offer", _("Offer")
        REFUND_RULES = "refund_rules", _("Refund rules")
        PERSONAL_DATA = "personal_data", _("Consent to personal data")
        PUBLIC_NAME = "public_name", _("Consent to a public name")
        PRIVACY_POLICY = "privacy_policy", _("Privacy policy")
        RECURRING = "recurring", _("Terms of monthly gifts")
        REQUISITES = "requisites", _("Requisites")
        ORGANISER = "organiser", _("Agreement with an organiser")
        ORGANISER_DATA = "organiser_data", _("Organiser's consent to personal data")
        SHOP_RULES = "shop_rules", _("Rules of the souvenir shop")
        BUYER_DATA = "buyer_data", _("Buyer's consent to personal data")

    kind = models.CharField(max_length=20, choices=Kind)
    version = models.CharField(max_length=20)
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    in_force_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="legal_text_version_unique"),
            models.CheckConstraint(condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="legal_text_hash_shape"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"

    def get_absolute_url(self) -> str:
        """Return the page of this very version."""
        return reverse("pages:legal_version", kwargs={"kind": self.kind, "version": self.version})


class LegalDraft(models.Model):
    """What the next version of a text may say; one for each kind."""

    kind = models.CharField(max_length=20, choices=LegalText.Kind, unique=True)
    body = models.TextField()
    note = models.CharField(max_length=300, blank=True)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    edited_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draft of {self.kind}"
