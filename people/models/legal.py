"""The texts that people agree to."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LegalText(models.Model):
    """One version of a text that people agree to. Rows are never changed."""

    class Kind(models.TextChoices):
        """What the text is about."""

        OFFER = "offer", _("Offer")
        PERSONAL_DATA = "personal_data", _("Consent to personal data")
        PUBLIC_NAME = "public_name", _("Consent to a public name")

    kind = models.CharField(max_length=20, choices=Kind)
    version = models.CharField(max_length=20)
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    in_force_at = models.DateTimeField()

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="legal_text_version_unique"),
            models.CheckConstraint(condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="legal_text_hash_shape"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"
