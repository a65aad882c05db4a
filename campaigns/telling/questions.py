"""Questions to the organiser: asked by anybody whose e-mail answers, answered in public, told to who asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign, NewsKind, Question
from campaigns.telling.kinds import ANSWER, CONFIRM_QUESTION, WAITING
from campaigns.telling.pacing import count_attempt, hash_of
from campaigns.telling.readers import UNCONFIRMED, reader_of
from people.models import LegalText, Letter
from people.outbox import queue_letter
from people.selectors import texts_in_force
from people.tasks import send_soon
from people.turns import take_turns

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from people.models import User

Status = Campaign.Status
TALKED_ABOUT = (Status.LIVE, Status.FUNDED, Status.DELIVERING, Status.REPORTED)
DAY, WEEK, MORNING = timedelta(days=1), timedelta(days=7), time(9)


class ClosedError(Exception):
    """Nobody answers here any more."""


class LinkError(Exception):
    """The link is too old: what it confirmed is forgotten."""


class NothingToAnswerError(Exception):
    """The question is not confirmed, was taken away, or is hidden."""


@dataclass(frozen=True)
class Words:
    """What somebody writes: the text, and a name that may be shown; the form's key names it."""

    text: str
    key: str
    public_name: str = ""


@transaction.atomic
def ask_question(
    *, campaign: Campaign, words: Words, email: str, is_known: bool, address: str, now: datetime
) -> tuple[Question, Letter | None]:
    """Write down a question; where the e-mail is not known to be one's own, queue the letter that confirms it.

    Repeat-safe: the key names the question of who asks.

    :param is_known: the e-mail is that of somebody signed in, and has answered.
    :raises ClosedError: if nobody answers questions about this project any more.
    :raises TooOftenError: if this address or e-mail asks too often.
    """
    if campaign.status not in TALKED_ABOUT:
        raise ClosedError
    key = hash_of(f"{campaign.pk}:{email}:{words.key}")  # somebody else's form of the same key is another one
    take_turns(f"question:{key}")
    known = Question.objects.filter(request_key=key).first()
    if known is not None:
        return known, None
    count_attempt(what="question", address=address, person=email, now=now)
    question = Question.objects.create(
        campaign=campaign,
        reader=reader_of(email=email, now=now, has_agreed=not is_known),
        reference=uuid4(),
        public_name=words.public_name,
        name_consent=name_consent(words, now),
        text=words.text,
        request_key=key,
        created_at=now,
        confirmed_at=now if is_known else None,
    )
    if not is_known:
        return question, _ask_to_confirm(question, email, now)
    _tell_organiser(question, now)
    return question, None


@transaction.atomic
def confirm_question(*, reference: UUID, now: datetime) -> Question:
    """Hand a question to the organiser; the caller has seen its secret. Repeat-safe.

    :raises LinkError: if it is forgotten.
    """
    found = Question.objects.select_for_update(of=("self",)).select_related("campaign__organiser__user")
    question = found.filter(reference=reference).first()
    if question is None or (question.confirmed_at is None and question.created_at < now - UNCONFIRMED):
        raise LinkError
    if question.confirmed_at is None:
        question.confirmed_at = now
        question.save(update_fields=["confirmed_at"])
        _tell_organiser(question, now)
    return question


@transaction.atomic
def answer_question(*, question_id: int, answer: str, now: datetime) -> Letter | None:
    """Answer a question in public, or put another answer in place of the first; return the letter to who asked.

    Told once: the first answer alone has a letter.

    :raises NothingToAnswerError: if it is not confirmed, erased or hidden.
    """
    question = Question.objects.select_for_update(of=("self",)).select_related("reader").get(pk=question_id)
    if question.confirmed_at is None or question.erased_at is not None or question.hidden_at is not None:
        raise NothingToAnswerError
    question.answer, question.answered_at = answer, question.answered_at or now
    question.save(update_fields=["answer", "answered_at"])
    if question.reader is None:
        return None
    return queue_letter(
        kind=ANSWER,
        key=f"{NewsKind.ANSWERS}:question:{question.pk}:{question.reader.reference}",
        to=question.reader.email,
        context={"question": question.pk},
        now=now,
    )


def name_consent(words: Words, now: datetime) -> LegalText | None:
    """Return the text that whoever lets a name be shown agrees to; None where no name is shown. One query at most."""
    return texts_in_force(now=now)[LegalText.Kind.PUBLIC_NAME] if words.public_name else None


def _tell_organiser(question: Question, now: datetime) -> None:
    """Queue word of a question that waits: at once, then one letter a day at most, the next one in the morning.

    A letter that is still to be sent tells of this question too: it is written when it is sent, and its row is locked
    here until the question is committed. One that is being sent, or was, does not.
    """
    organiser = question.campaign.organiser
    if organiser is None or organiser.user is None:
        return
    today = timezone.localdate(now)
    first = _waiting_letter(question.campaign, organiser.user, today, now, due_at=now)
    waits = Letter.objects.waiting().select_for_update(skip_locked=True).filter(pk=first.pk)
    if waits.first() is not None:
        send_soon(letter=first)
        return
    morning = timezone.make_aware(datetime.combine(today + DAY, MORNING))
    _waiting_letter(question.campaign, organiser.user, today + DAY, now, due_at=morning)


def _waiting_letter(campaign: Campaign, user: User, day: date, now: datetime, *, due_at: datetime) -> Letter:
    return queue_letter(
        kind=WAITING,
        key=f"{WAITING}:{campaign.pk}:{day.isoformat()}",
        to=user,
        context={"campaign": campaign.pk},
        expires_at=due_at + WEEK,
        due_at=due_at,
        now=now,
    )


def _ask_to_confirm(question: Question, email: str, now: datetime) -> Letter:
    return queue_letter(
        kind=CONFIRM_QUESTION,
        key=f"{CONFIRM_QUESTION}:{question.reference}",
        to=email,
        context={"question": question.pk},
        expires_at=now + UNCONFIRMED,
        now=now,
    )
