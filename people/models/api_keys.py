"""Keys by which a person's own programs act for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from people.models.users import User

if TYPE_CHECKING:
    from datetime import datetime


class ApiKey(models.Model):
    """One key: what its owner may do on the site it may do through the API, as far as it was told. We hold its hash.

    ``may_launch``: whether it may do what everybody sees at once too: open and end collections, amend, report, publish.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="api_keys")
    name = models.CharField(_("what it is for"), max_length=60)
    may_launch = models.BooleanField(_("may open and end collections"), default=False)
    start = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="api_key_expires"),
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="api_key_is_a_hash"),
        ]
        indexes = [models.Index(fields=["user", "-id"], name="api_key_of_user")]

    def __str__(self) -> str:
        return f"{self.start}…"

    def is_live(self, at: datetime) -> bool:
        """Return whether it opens anything at that moment."""
        return self.revoked_at is None and at < self.expires_at
