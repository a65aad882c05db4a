"""Letters to be sent: what they are about, to whom, and how the sending went."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models.donors import Donor
from people.models.users import User

NOT_WANTED = "NotWanted"  # given up because whoever it was for had stopped such letters, or what it told was gone
MOST_ATTEMPTS = 12  # to send a letter: the last some 17 hours after the first


class LetterQuerySet(models.QuerySet["Letter"]):
    """Letters, by how far they have come."""

    def waiting(self) -> LetterQuerySet:
        """Return those that are still to be sent."""
        return self.filter(sent_at__isnull=True, given_up_at__isnull=True)

    def given_up(self) -> LetterQuerySet:
        """Return those that nobody tries to send any more though they were wanted."""
        return self.filter(given_up_at__isnull=False).exclude(failure=NOT_WANTED)


class Letter(models.Model):
    """One letter. It is written when it is sent, so that the row holds nothing of the person but where to send it.

    ``reference`` names the letter: the same one is queued once, and sent again under the same Message-ID.
    """

    class State(models.TextChoices):
        """Forward only, but a person may try once more what was given up."""

        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        GIVEN_UP = "given_up", _("Given up")

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    donor = models.ForeignKey(Donor, models.PROTECT, null=True, related_name="letters")
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="letters")
    address = models.EmailField(blank=True)
    context = models.JSONField(default=dict)
    language = models.CharField(max_length=8, default="ru")
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    attachment = models.CharField(max_length=120, blank=True)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=80, blank=True)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        """The database's own rules, and what the desk calls them."""

        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints = [
            models.CheckConstraint(
                condition=Q(donor__isnull=True) | Q(user__isnull=True, address=""),
                name="letter_to_a_donor_has_no_other_address",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(address=""), name="letter_to_a_user_has_no_address"
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(subject="", body="", given_up_at__isnull=True),
                name="letter_sent_keeps_no_words",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="letter_due",
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True),
            ),
            models.Index(fields=["sent_at"], name="letter_with_address", condition=~Q(address="")),
        ]

    def __str__(self) -> str:
        return f"letter {self.pk} ({self.kind})"

    @property
    def state(self) -> State:
        """Return how far it has come."""
        if self.sent_at is not None:
            return self.State.SENT
        return self.State.WAITING if self.given_up_at is None else self.State.GIVEN_UP
