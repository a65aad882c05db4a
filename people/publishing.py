"""Legal texts: a draft is edited, then published as the next version and never changed again."""

from __future__ import annotations

from difflib import ndiff
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import transaction

from people.models import LegalDraft, LegalText
from people.services import record_act

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User


class PublishingError(Exception):
    """The draft can't be published."""


class EmptyTextError(PublishingError):
    """There are no words in it."""


class SameTextError(PublishingError):
    """It says what the last version says."""


class DateError(PublishingError):
    """A text comes into force now or later, and after the version before it."""


class DraftChangedError(PublishingError):
    """Somebody edited the draft since it was looked at."""


class OwnDraftError(PublishingError):
    """Who edited it last can't publish it."""


@transaction.atomic
def save_draft(*, kind: str, body: str, note: str, by: User, now: datetime) -> LegalDraft:
    """Keep what the next version of a text may say."""
    words = _clean(body)
    draft, _is_new = LegalDraft.objects.update_or_create(
        kind=kind, defaults={"body": words, "note": note, "edited_by": by, "edited_at": now}
    )
    record_act(actor=by, action="people.edit_legal_text", subject=f"legaldraft:{kind}", now=now)
    return draft


@transaction.atomic
def drop_draft(*, kind: str, by: User, now: datetime) -> bool:
    """Throw a draft away; return whether there was one."""
    is_there = bool(LegalDraft.objects.filter(kind=kind).delete()[0])
    if is_there:
        record_act(actor=by, action="people.drop_legal_draft", subject=f"legaldraft:{kind}", now=now)
    return is_there


@transaction.atomic
def publish(*, kind: str, seen_sha256: str, in_force_at: datetime, by: User, now: datetime) -> LegalText:
    """Make the draft the next version of its text; the draft is gone then.

    :param seen_sha256: hash of the draft's words that the publisher looked at.
    :param in_force_at: now or later.
    :raises PublishingError: one of its kinds; nothing has changed then.
    :raises LegalDraft.DoesNotExist: if there is no draft.
    """
    draft = LegalDraft.objects.select_for_update().get(kind=kind)
    digest = digest_of(draft.body)
    if digest != seen_sha256:
        raise DraftChangedError(kind)
    if draft.edited_by_id == by.pk:
        raise OwnDraftError(kind)
    if not draft.body.strip():
        raise EmptyTextError(kind)
    versions = list(LegalText.objects.filter(kind=kind).values_list("version", "sha256", "in_force_at"))
    newest = max(versions, key=lambda one: int(one[0]), default=("0", "", None))
    if newest[1] == digest:
        raise SameTextError(kind)
    if in_force_at < now or (newest[2] is not None and in_force_at <= newest[2]):
        raise DateError(kind)
    text = LegalText.objects.create(
        kind=kind,
        version=str(int(newest[0]) + 1),
        body=draft.body,
        sha256=digest,
        in_force_at=in_force_at,
        note=draft.note,
        published_at=now,
        published_by=by,
    )
    draft.delete()
    record_act(
        actor=by,
        action="people.publish_legal_text",
        subject=f"legaltext:{kind}.{text.version}",
        details={"in_force_at": in_force_at.isoformat()},
        now=now,
    )
    return text


def changes(before: str, after: str) -> list[tuple[str, str]]:
    """Return the lines of both texts in order, each with ``+`` (new), ``-`` (gone) or a space."""
    lines = ndiff(before.splitlines(), after.splitlines())
    return [(line[0], line[2:]) for line in lines if not line.startswith("?")]


def digest_of(body: str) -> str:
    """Return the SHA-256 of a text's words."""
    return sha256(body.encode()).hexdigest()


def _clean(body: str) -> str:
    """Return the words with one kind of line ends, so that their hash is the same wherever they were typed."""
    return body.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip() + "\n"
