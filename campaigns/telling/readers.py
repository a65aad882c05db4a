"""Readers: found or made by an e-mail; the kinds of letters they stop; forgotten with all that is theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.db import transaction

from campaigns.models import Comment, Follow, NewsKind, Question, Reader, StoppedKind
from people.models import LegalText, User
from people.selectors import texts_in_force

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

UNCONFIRMED = timedelta(days=3)  # how long a link in a letter may be used, and what was not confirmed is kept
BATCH = 500


def reader_of(*, email: str, now: datetime, has_agreed: bool = True) -> Reader:
    """Return the reader of an e-mail, made where there was none; what they agree to now is written down.

    Joins the caller's transaction.

    :param has_agreed: they agreed to the processing of personal data, here or when they gave; somebody signed in, whose
        account holds the e-mail anyway, is not asked.
    """
    consent = texts_in_force(now=now).get(LegalText.Kind.PERSONAL_DATA) if has_agreed else None
    made = Reader(email=email, reference=uuid4(), consent=consent, consented_at=now, created_at=now)
    Reader.objects.bulk_create([made], ignore_conflicts=True)
    found = Reader.objects.select_for_update().get(email__iexact=email)
    if has_agreed and found.reference != made.reference:
        found.consent, found.consented_at = consent, now
        found.save(update_fields=["consent", "consented_at"])
    return found


def confirmed_email(*, user: User) -> str:
    """Return a person's e-mail if it has answered once; empty otherwise. One query."""
    is_known = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists()
    return user.email if is_known else ""


@transaction.atomic
def stop_kind(*, reference: UUID, kind: str, now: datetime) -> None:
    """Stop a kind of letters for a reader. Repeat-safe; whoever is forgotten gets none anyway."""
    reader = Reader.objects.select_for_update().filter(reference=reference).first()
    if reader is not None:
        StoppedKind.objects.get_or_create(reader=reader, kind=kind, defaults={"at": now})


@transaction.atomic
def choose_kinds(*, reader_id: int, wanted: Collection[str], left: Collection[int], now: datetime) -> None:
    """Take a reader's choice: which kinds come, and which projects are not followed any more. Repeat-safe.

    :param left: keys of follows that end.
    """
    reader = Reader.objects.select_for_update().get(pk=reader_id)
    StoppedKind.objects.filter(reader=reader, kind__in=wanted).delete()
    for kind in NewsKind.values:
        if kind not in wanted:
            StoppedKind.objects.get_or_create(reader=reader, kind=kind, defaults={"at": now})
    Follow.objects.filter(reader=reader, pk__in=left).delete()


@transaction.atomic
def forget_words(*, email: str, users: Collection[int] = (), now: datetime) -> None:
    """Empty what a person said and end what they follow: comments, questions, the reader. Safe to repeat.

    :param users: keys of accounts whose comments go; those of gifts go with the gifts.
    """
    _empty(Comment.objects.filter(user__in=users), now)
    asked = Question.objects.filter(reader__email__iexact=email)
    asked.filter(confirmed_at__isnull=True).delete()
    asked.filter(erased_at__isnull=True).update(text="", public_name="", reader=None, erased_at=now)
    Reader.objects.filter(email__iexact=email).delete()


@transaction.atomic
def forget_comments(*, donations: Collection[int], now: datetime) -> None:
    """Empty what was written by the secret links of gifts. Safe to repeat."""
    _empty(Comment.objects.filter(donation__in=donations), now)


def is_known(*, email: str) -> bool:
    """Return whether anybody of an e-mail has an account or is a reader. Two queries at most."""
    return User.objects.filter(email__iexact=email).exists() or Reader.objects.filter(email__iexact=email).exists()


@transaction.atomic
def forget_unconfirmed(*, now: datetime) -> int:
    """Forget what nobody confirmed in time; return how many rows. Safe to repeat."""
    before = now - UNCONFIRMED
    follows = Follow.objects.filter(confirmed_at__isnull=True, created_at__lt=before).values("pk")[:BATCH]
    questions = Question.objects.filter(confirmed_at__isnull=True, created_at__lt=before).values("pk")[:BATCH]
    gone = Follow.objects.filter(pk__in=follows).delete()[0] + Question.objects.filter(pk__in=questions).delete()[0]
    lonely = Reader.objects.filter(follows__isnull=True, questions__isnull=True, stopped__isnull=True)
    return gone + Reader.objects.filter(pk__in=lonely.filter(consented_at__lt=before).values("pk")[:BATCH]).delete()[0]


def _empty(comments: QuerySet[Comment], now: datetime) -> None:
    left = comments.filter(erased_at__isnull=True)
    left.update(text="", public_name="", user=None, donation=None, erased_at=now)
