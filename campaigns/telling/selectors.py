"""What is said about projects, as pages and the API show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from campaigns.models import (
    Campaign,
    Comment,
    Complaint,
    Donation,
    Follow,
    Mailing,
    NewsKind,
    Organiser,
    Question,
    StoppedKind,
    Update,
)

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import Model, QuerySet

    from campaigns.models import Reader
    from people.models import User

NEWEST = 3
TURNED_AWAY = (Organiser.State.SUSPENDED, Organiser.State.REFUSED)
AWAITED = Q(confirmed_at__isnull=False, answered_at__isnull=True, hidden_at__isnull=True, erased_at__isnull=True)


@dataclass(frozen=True)
class Told:
    """What a project's own page shows of what is said about it, and how much there is in all."""

    updates: list[Update]
    questions: list[Question]
    comments: list[Comment]
    update_count: int
    question_count: int
    awaited_count: int
    comment_count: int
    follower_count: int


@dataclass(frozen=True)
class KindRow:
    """A kind of letters, and whether a reader gets it."""

    value: str
    label: str
    is_wanted: bool


@dataclass(frozen=True)
class Unsaid:
    """What waits for an organiser's words: questions, drafts of updates; ``told_at``: when the last one came out."""

    questions: int
    drafts: int
    told_at: datetime | None


def unsaid(*, campaign: Campaign) -> Unsaid:
    """Return what waits for the words of who runs a campaign. One query."""
    updates_ = Update.objects.filter(campaign=OuterRef("pk"), published_at__isnull=False).order_by("-published_at")
    found = (
        Campaign.objects.filter(pk=campaign.pk)
        .order_by()
        .annotate(
            awaited=_count(Question.objects.filter(AWAITED)),
            draft_count=_count(Update.objects.filter(published_at__isnull=True)),
            told_at=Subquery(updates_.values("published_at")[:1]),
        )
    )
    return Unsaid(*found.values_list("awaited", "draft_count", "told_at").get())


def told(*, campaign: Campaign) -> Told:
    """Return the newest of each and the counts. Four queries, however much there is."""
    counts = _counts(campaign)
    return Told(
        updates=list(updates(campaign=campaign)[:NEWEST]),
        questions=list(questions(campaign=campaign).filter(hidden_at__isnull=True, erased_at__isnull=True)[:NEWEST]),
        comments=list(comments(campaign=campaign).filter(hidden_at__isnull=True, erased_at__isnull=True)[:NEWEST]),
        **counts,
    )


def updates(*, campaign: Campaign) -> QuerySet[Update]:
    """Return what is published and not hidden, the newest first."""
    shown = Update.objects.filter(campaign=campaign, published_at__isnull=False, hidden_at__isnull=True)
    return shown.select_related("campaign").order_by("-number")


def update(*, campaign: Campaign, number: int) -> Update | None:
    """Return a published update with its earlier wordings, also one that a moderator hid. Two queries."""
    found = Update.objects.filter(campaign=campaign, number=number, published_at__isnull=False)
    return found.select_related("campaign").prefetch_related("versions").first()


def questions(*, campaign: Campaign) -> QuerySet[Question]:
    """Return answered questions, the newest answer first; hidden and erased ones too, whose words are not shown."""
    answered = Question.objects.filter(campaign=campaign, answered_at__isnull=False)
    return answered.order_by("-answered_at", "-pk")


def awaited_questions(*, campaign: Campaign) -> QuerySet[Question]:
    """Return confirmed questions that have no answer, the oldest first: for the organiser alone."""
    return Question.objects.filter(AWAITED, campaign=campaign).order_by("created_at", "pk")


def answerable_questions(*, campaign: Campaign) -> QuerySet[Question]:
    """Return questions that may be answered, or answered better: confirmed, neither hidden nor erased."""
    asked = Question.objects.filter(campaign=campaign, confirmed_at__isnull=False)
    return asked.filter(hidden_at__isnull=True, erased_at__isnull=True)


def awaited_count(*, campaign: Campaign) -> int:
    """Return how many questions wait for an answer. One query."""
    return awaited_questions(campaign=campaign).count()


def comments(*, campaign: Campaign) -> QuerySet[Any]:
    """Return comments that are or were shown, the newest first; the words of hidden and erased ones are not.

    ``has_given`` says whether the project has something of the gift by whose link it was written.
    """
    kept = Donation.objects.filter(pk=OuterRef("donation"), campaign=campaign).kept()
    shown = Comment.objects.filter(campaign=campaign, shown_at__isnull=False).order_by("-pk")
    return shown.annotate(has_given=Q(is_donors=True) & Exists(kept))


def own_campaign(*, user: User, slug: str) -> Campaign | None:
    """Return a launched campaign of this person, unless the council has turned its organiser away. One query.

    Whose changed requisites are looked at anew still tells donors how the work goes.
    """
    found = Campaign.objects.published().filter(organiser__user=user).exclude(organiser__state__in=TURNED_AWAY)
    return found.select_related("organiser").filter(slug=slug).first()


def own_updates(*, campaign: Campaign) -> QuerySet[Update]:
    """Return drafts, then what is published, the newest first: for the organiser.

    Annotated with ``letters``, how many followers it was written to, and ``is_under_way``, whether more are to come.
    """
    found = Update.objects.filter(campaign=campaign).annotate(
        letters=Subquery(Mailing.objects.filter(update_row=OuterRef("pk")).values("letters")[:1]),
        is_under_way=Exists(Mailing.objects.filter(update_row=OuterRef("pk"), done_at__isnull=True)),
    )
    return found.select_related("campaign").order_by("-published_at", "pk")


def told_updates(*, campaign: Campaign) -> QuerySet[Update]:
    """Return what is published, the newest first, annotated as :func:`own_updates`."""
    return own_updates(campaign=campaign).filter(published_at__isnull=False)


def kinds(*, reader: Reader) -> list[KindRow]:
    """Return every kind of letters, and whether a reader gets it. One query."""
    stopped = set(StoppedKind.objects.filter(reader=reader).values_list("kind", flat=True))
    return [KindRow(kind.value, str(kind.label), kind.value not in stopped) for kind in NewsKind]


def follows(*, reader: Reader) -> list[Follow]:
    """Return what a reader follows, by title. One query."""
    own = Follow.objects.filter(reader=reader, confirmed_at__isnull=False)
    return list(own.select_related("campaign").order_by("campaign__title", "pk"))


def waiting_comments() -> QuerySet[Comment]:
    """Return comments that wait for a moderator, the oldest first; with their projects."""
    waiting = Comment.objects.filter(shown_at__isnull=True, hidden_at__isnull=True, erased_at__isnull=True)
    return waiting.select_related("campaign").order_by("pk")


def reported_comments() -> QuerySet[Comment]:
    """Return shown comments that readers complain of, those with the most complaints first."""
    is_open = Q(complaints__handled_at__isnull=True, complaints__isnull=False)
    shown = Comment.objects.filter(shown_at__isnull=False, hidden_at__isnull=True, erased_at__isnull=True)
    shown = shown.filter(Exists(Complaint.objects.filter(comment=OuterRef("pk"), handled_at__isnull=True)))
    counted = shown.annotate(complaint_count=Count("complaints", filter=is_open))
    return counted.select_related("campaign").order_by("-complaint_count", "pk")


def queue_count() -> int:
    """Return how many comments need a moderator. Two queries."""
    return waiting_comments().count() + reported_comments().count()


def _counts(campaign: Campaign) -> dict[str, int]:
    rows = {
        "update_count": Update.objects.filter(published_at__isnull=False, hidden_at__isnull=True),
        "question_count": Question.objects.filter(answered_at__isnull=False),
        "awaited_count": Question.objects.filter(AWAITED),
        "comment_count": Comment.objects.filter(shown_at__isnull=False),
        "follower_count": Follow.objects.filter(confirmed_at__isnull=False),
    }
    counted = {name: _count(found) for name, found in rows.items()}
    found = Campaign.objects.filter(pk=campaign.pk).order_by().annotate(**counted).values(*counted).get()
    return {name: int(found[name]) for name in counted}


def _count(rows: QuerySet[Model]) -> Coalesce:
    own = rows.filter(campaign=OuterRef("pk")).order_by().values("campaign")
    return Coalesce(Subquery(own.annotate(count=Count("pk")).values("count"), output_field=IntegerField()), 0)
