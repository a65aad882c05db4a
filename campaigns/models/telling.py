"""What is said about a project: the organiser's updates, questions with their answers, readers' comments."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.models.campaigns import Campaign
from campaigns.models.giving import Donation, HiddenName
from people.models import LegalText

TITLE_LENGTH, UPDATE_LENGTH, QUESTION_LENGTH, ANSWER_LENGTH, COMMENT_LENGTH = 120, 20_000, 1000, 5000, 2000
NAME_LENGTH = 60


class Hideable(models.Model):
    """What a moderator may take off the site, with a reason that everybody reads, and put back."""

    hidden_at = models.DateTimeField(null=True)
    hidden_reason = models.CharField(max_length=16, choices=HiddenName.Reason, blank=True)
    hidden_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        """No table of its own."""

        abstract = True


class Update(Hideable):
    """News of a project. Numbered when published; from then on the database keeps every earlier wording."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="updates")
    number = models.PositiveIntegerField(null=True)
    title = models.CharField(max_length=TITLE_LENGTH)
    body = models.TextField()
    request_key = models.CharField(max_length=70, unique=True)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    corrected_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules; ``migrations/0051_telling_guarded.sql`` guards what is published."""

        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="update_number_unique"),
            models.CheckConstraint(
                condition=Q(number__isnull=True, published_at__isnull=True, corrected_at__isnull=True)
                | Q(number__gte=1, published_at__isnull=False),
                name="update_numbered_when_published",
            ),
            models.CheckConstraint(
                condition=Q(hidden_at__isnull=True, hidden_reason="")
                | (Q(hidden_at__isnull=False) & ~Q(hidden_reason="")),
                name="update_hidden_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of a published update."""
        return reverse("telling:update", kwargs={"slug": self.campaign.slug, "number": self.number})


class UpdateVersion(models.Model):
    """How a published update read before it was corrected. Written by the database itself; rows are never changed."""

    update_row = models.ForeignKey(Update, models.PROTECT, related_name="versions")
    title = models.CharField(max_length=TITLE_LENGTH)
    body = models.TextField()
    written_at = models.DateTimeField()
    replaced_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"earlier wording of update {self.update_row_id}"


class Question(Hideable):
    """What somebody asks the organiser. Public once answered; who asked by e-mail confirms it first."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="questions")
    reader = models.ForeignKey("campaigns.Reader", models.SET_NULL, null=True, related_name="questions")
    reference = models.UUIDField(unique=True, editable=False)
    public_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    name_consent = models.ForeignKey(LegalText, models.PROTECT, null=True, related_name="+")
    text = models.CharField(max_length=QUESTION_LENGTH, blank=True)
    request_key = models.CharField(max_length=70, unique=True)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.CheckConstraint(
                condition=Q(public_name="") | Q(name_consent__isnull=False), name="question_name_with_consent"
            ),
            models.CheckConstraint(
                condition=(Q(erased_at__isnull=True) & ~Q(text=""))
                | Q(erased_at__isnull=False, text="", public_name="", reader__isnull=True),
                name="question_erased_is_nobodys",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="")
                | (Q(answered_at__isnull=False, confirmed_at__isnull=False) & ~Q(answer="")),
                name="question_answered_once_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(hidden_at__isnull=True, hidden_reason="")
                | (Q(hidden_at__isnull=False) & ~Q(hidden_reason="")),
                name="question_hidden_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "-answered_at"], name="question_answered"),
            models.Index(fields=["created_at"], name="question_unconfirmed", condition=Q(confirmed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"


class Comment(Hideable):
    """A word of somebody signed in, or of who holds a gift's secret link. The first one waits for a moderator."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="comments")
    user = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="comments")
    donation = models.ForeignKey(Donation, models.SET_NULL, null=True, related_name="comments")
    is_donors = models.BooleanField(default=False)
    public_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    name_consent = models.ForeignKey(LegalText, models.PROTECT, null=True, related_name="+")
    text = models.CharField(max_length=COMMENT_LENGTH, blank=True)
    request_key = models.CharField(max_length=70, unique=True)
    created_at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.CheckConstraint(
                condition=Q(public_name="") | Q(name_consent__isnull=False), name="comment_name_with_consent"
            ),
            models.CheckConstraint(
                condition=(Q(erased_at__isnull=True) & ~Q(text=""))
                | Q(erased_at__isnull=False, text="", public_name="", user__isnull=True, donation__isnull=True),
                name="comment_erased_is_nobodys",
            ),
            models.CheckConstraint(
                condition=Q(hidden_at__isnull=True, hidden_reason="")
                | (Q(hidden_at__isnull=False) & ~Q(hidden_reason="")),
                name="comment_hidden_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "-id"], name="comment_shown", condition=Q(shown_at__isnull=False)),
            models.Index(
                fields=["id"],
                name="comment_waiting",
                condition=Q(shown_at__isnull=True, hidden_at__isnull=True, erased_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk}"


class Complaint(models.Model):
    """A reader's word that a comment breaks the rules; one of each reader, who is known by a hash alone."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="complaints")
    reason = models.CharField(max_length=16, choices=HiddenName.Reason)
    reader_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(fields=["comment", "reader_sha256"], name="complaint_once_a_reader"),
        ]
        indexes = [models.Index(fields=["comment"], name="complaint_open", condition=Q(handled_at__isnull=True))]

    def __str__(self) -> str:
        return f"complaint about comment {self.comment_id}"
