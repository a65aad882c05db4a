"""The letters about projects: how each is written, and that nobody gets one who has stopped them since."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Campaign, Follow, Mailing, NewsKind, Question, StoppedKind
from campaigns.selectors import figures
from campaigns.telling import selectors, tokens
from people.letters import NotWantedError, Words

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.functional import _StrPromise

    from campaigns.models import Reader
    from people.models import Letter

CONFIRM_FOLLOW, CONFIRM_QUESTION, WAITING = "confirm_follow", "confirm_question", "questions_waiting"
SHOWN = 5  # questions in one letter to the organiser; the rest stand on the page that it leads to
LONGEST_SUBJECT = 200
WHILE_LIVE = {NewsKind.MILESTONES, NewsKind.REMINDER}


def news_kind(kind: str) -> str:
    """Return what the outbox calls a kind of news."""
    return f"news_{kind}"


ANSWER = news_kind(NewsKind.ANSWERS)


def deadline_mark(campaign: Campaign) -> str:
    """Return how a reminder names the deadline that it is of; empty where there is none."""
    return f"{campaign.closes_at.astimezone(UTC):%Y%m%d%H%M%S}" if campaign.closes_at else ""


def is_still_so(mailing: Mailing) -> bool:
    """Return whether what is being told is still true, and still to be told."""
    if mailing.update_row is not None:
        return mailing.update_row.published_at is not None and mailing.update_row.hidden_at is None
    if mailing.kind == NewsKind.REMINDER and mailing.mark != deadline_mark(mailing.campaign):
        return False  # of a deadline that has moved since: the next one is reminded of apart
    return mailing.kind not in WHILE_LIVE or mailing.campaign.status == Campaign.Status.LIVE


class QuietLetter:
    """What these letters have in common: that one can't be delivered troubles nobody."""

    title: _StrPromise

    def given_up(self, *, letter: Letter, now: datetime) -> None:
        """Leave it in the list."""

    def sent(self, *, letter: Letter, now: datetime) -> None:
        """Note nothing more."""


class NewsLetter(QuietLetter):
    """News of a project to one who follows it."""

    def __init__(self, kind: NewsKind, title: _StrPromise) -> None:
        self.kind, self.title = kind, title

    def write(self, *, letter: Letter) -> Words:
        """Write to one follower, if they still follow and want such letters, and it is still so."""
        mailing = Mailing.objects.select_related("campaign", "update_row").get(pk=letter.context["mailing"])
        follow = Follow.objects.select_related("reader").filter(pk=letter.context["follow"]).first()
        if follow is None or not is_still_so(mailing):
            raise NotWantedError
        _refuse_stopped(follow.reader, self.kind)
        context = _common(mailing.campaign) | {"mailing": mailing, "update": mailing.update_row}
        if mailing.update_row is not None:
            context["address"] = settings.SITE_URL + mailing.update_row.get_absolute_url()
        else:
            context["figures"] = figures(campaigns=[mailing.campaign])[mailing.campaign.slug]
        return _stoppable(_subject(mailing), f"email/news_{self.kind}.txt", context, follow.reader, self.kind)


class AnswerLetter(QuietLetter):
    """The organiser's answer to who asked."""

    title = gettext_lazy("Answer to a question")

    def write(self, *, letter: Letter) -> Words:
        """Write of one answered question, if it is still there."""
        found = Question.objects.select_related("campaign", "reader").filter(pk=letter.context["question"]).first()
        if found is None or found.reader is None or not found.answer or found.hidden_at is not None:
            raise NotWantedError
        _refuse_stopped(found.reader, NewsKind.ANSWERS)
        subject = _("The organiser answered your question: %(title)s") % {"title": found.campaign.title}
        context = _common(found.campaign) | {"question": found}
        return _stoppable(subject, "email/news_answers.txt", context, found.reader, NewsKind.ANSWERS)


class ConfirmFollowLetter(QuietLetter):
    """The link by which somebody says that it was they who wanted to follow."""

    title = gettext_lazy("A link to follow a project")

    def write(self, *, letter: Letter) -> Words:
        """Write the link, which is made anew: the database holds no secret."""
        follow = Follow.objects.select_related("campaign", "reader").filter(pk=letter.context["follow"]).first()
        if follow is None:
            raise NotWantedError
        context = _common(follow.campaign) | {"address": tokens.follow_address(follow)}
        subject = _("Follow a project: %(title)s") % {"title": follow.campaign.title}
        return Words(subject, render_to_string("email/confirm_follow.txt", context))


class ConfirmQuestionLetter(QuietLetter):
    """The link by which somebody says that it was they who asked."""

    title = gettext_lazy("A link to ask a question")

    def write(self, *, letter: Letter) -> Words:
        """Write the link, which is made anew: the database holds no secret."""
        question = Question.objects.select_related("campaign").filter(pk=letter.context["question"]).first()
        if question is None or question.erased_at is not None:
            raise NotWantedError
        context = _common(question.campaign) | {"address": tokens.question_address(question), "question": question}
        subject = _("Your question to the organiser: %(title)s") % {"title": question.campaign.title}
        return Words(subject, render_to_string("email/confirm_question.txt", context))


class WaitingLetter(QuietLetter):
    """The questions that wait for the organiser's answer, gathered: one letter a day at most."""

    title = gettext_lazy("Questions that wait for an organiser")

    def write(self, *, letter: Letter) -> Words:
        """Write of what waits when it is sent; of nothing, if all is answered meanwhile."""
        campaign = Campaign.objects.get(pk=letter.context["campaign"])
        waiting = selectors.awaited_questions(campaign=campaign)
        asked = list(waiting[:SHOWN])
        if not asked:
            raise NotWantedError
        address = reverse("own_updates:questions", kwargs={"slug": campaign.slug})
        context = _common(campaign) | {"questions": asked, "address": settings.SITE_URL + address}
        context["left"] = waiting.count() - len(asked)
        subject = _("%(title)s: a question waits for your answer") % {"title": campaign.title}
        return Words(" ".join(subject.split()), render_to_string("email/questions_waiting.txt", context))


def _refuse_stopped(reader: Reader, kind: str) -> None:
    if StoppedKind.objects.filter(reader=reader, kind=kind).exists():
        raise NotWantedError


def _subject(mailing: Mailing) -> str:
    title = mailing.campaign.title
    if mailing.update_row is not None:
        return f"{title}: {mailing.update_row.title}"[:LONGEST_SUBJECT]
    subjects = {
        NewsKind.MILESTONES: _("%(title)s: how the collection goes"),
        NewsKind.REMINDER: _("%(title)s: the collection ends soon"),
        NewsKind.RESULT: _("%(title)s: the collection is over"),
    }
    return subjects[NewsKind(mailing.kind)] % {"title": title}


def _stoppable(subject: str, template: str, context: dict[str, object], reader: Reader, kind: str) -> Words:
    stop = tokens.stop_address(reader, kind)
    subject = " ".join(subject.split())  # a title is somebody's words: a line's end in it would be another header
    whole = context | {"stop_address": stop, "preferences_address": tokens.preferences_address(reader)}
    return Words(subject, render_to_string(template, whole), unsubscribe_address=stop)


def _common(campaign: Campaign) -> dict[str, object]:
    return {
        "campaign": campaign,
        "campaign_address": settings.SITE_URL + campaign.get_absolute_url(),
        "fund": settings.FUND,
        "demo_mode": settings.DEMO_MODE,
    }
