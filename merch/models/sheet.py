"""Tables of the catalogue that were sent and looked at, and wait to be applied."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CatalogueSheet(models.Model):
    """One table without a fault. Its text goes once it is applied, or a day after it was sent.

    ``counts`` is what it would change, or has changed; ``faults`` what was wrong when it came to it after all.
    """

    class State(models.TextChoices):
        """How far it is; forward only."""

        CHECKED = "checked", _("Looked at")
        WAITING = "waiting", _("Being applied")
        APPLIED = "applied", _("Applied")
        REFUSED = "refused", _("Not applied")

    reference = models.UUIDField(unique=True, default=uuid4)
    text = models.TextField(blank=True)
    rows = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.CHECKED)
    counts = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        """The database's own rules."""

        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["checked", "waiting", "applied", "refused"]), name="sheet_state_known"
            )
        ]
        indexes = [models.Index(fields=["sent_at"], name="sheet_open", condition=Q(state__in=["checked", "waiting"]))]

    def __str__(self) -> str:
        return f"sheet {self.pk}"
