"""Who gave, and what they agreed to."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models.legal import LegalText


class Donor(models.Model):
    """The person behind a gift; erasing one leaves the gift and the books whole."""

    email = models.EmailField(_("e-mail"))
    public_name = models.CharField(_("public name"), max_length=100, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"donor {self.pk}"


class Consent(models.Model):
    """A person agreed to one version of one text. Rows are never changed."""

    text = models.ForeignKey(LegalText, models.PROTECT, related_name="+")
    donor = models.ForeignKey(Donor, models.PROTECT, related_name="consents")
    given_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)

    class Meta:
        """The database's own rules."""

        constraints = [models.UniqueConstraint(fields=["text", "donor"], name="consent_once_a_text")]

    def __str__(self) -> str:
        return f"consent {self.pk}"
