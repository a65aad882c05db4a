"""What a moderator does with what people write; each act is written down, and can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from campaigns.models import Comment, Complaint, Question, Update
from people.services import record_act, subject_of

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User

WORDS: dict[str, type[Comment | Question | Update]] = {"comment": Comment, "question": Question, "update": Update}


@transaction.atomic
def approve_comment(*, comment_id: int, user: User, now: datetime) -> bool:
    """Let a comment that waits be shown, or one that readers complain of stay; return whether anything changed."""
    comment = Comment.objects.select_for_update().get(pk=comment_id)
    handled = Complaint.objects.filter(comment=comment, handled_at__isnull=True).update(handled_at=now)
    is_waiting = comment.shown_at is None and comment.hidden_at is None and comment.erased_at is None
    if is_waiting:
        comment.shown_at = now
        comment.save(update_fields=["shown_at"])
    if is_waiting or handled:
        record_act(actor=user, action="campaigns.approve_words", subject=subject_of(comment), now=now)
    return bool(is_waiting or handled)


@transaction.atomic
def hide_words(*, kind: str, key: int, reason: str, user: User, now: datetime) -> bool:
    """Take a comment, question or update off the site; return whether it was there. Repeat-safe.

    :param kind: a name of ``WORDS``.
    :param reason: a value of :class:`campaigns.models.HiddenName.Reason`, which everybody reads.
    """
    row = WORDS[kind].objects.select_for_update(of=("self",)).get(pk=key)
    if row.hidden_at is not None:
        return False
    row.hidden_at, row.hidden_reason, row.hidden_by = now, reason, user
    row.save(update_fields=["hidden_at", "hidden_reason", "hidden_by"])
    if isinstance(row, Comment):
        Complaint.objects.filter(comment=row, handled_at__isnull=True).update(handled_at=now)
    record_act(actor=user, action="campaigns.hide_words", subject=subject_of(row), details={"reason": reason}, now=now)
    return True


@transaction.atomic
def show_words(*, kind: str, key: int, user: User, now: datetime) -> bool:
    """Put back what was hidden; a comment that was never shown waits again. Return whether it was hidden."""
    row = WORDS[kind].objects.select_for_update(of=("self",)).get(pk=key)
    if row.hidden_at is None:
        return False
    row.hidden_at, row.hidden_reason, row.hidden_by = None, "", None
    row.save(update_fields=["hidden_at", "hidden_reason", "hidden_by"])
    record_act(actor=user, action="campaigns.show_words", subject=subject_of(row), now=now)
    return True
