"""Comments: a newcomer's first one waits for a moderator; readers say which of them break the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from campaigns.models import Campaign, Comment, Complaint, Donation
from campaigns.telling.pacing import count_attempt, hash_of
from campaigns.telling.questions import TALKED_ABOUT, ClosedError, Words, name_consent
from people.turns import take_turns

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User


class Author:
    """Who writes: somebody signed in, or who holds the secret link of a gift to the project."""

    def __init__(self, *, user: User | None = None, donation: Donation | None = None) -> None:
        self.user, self.donation = user, donation

    @property
    def mark(self) -> str:
        """Return what names this author, for counting."""
        return f"user:{self.user.pk}" if self.user is not None else f"gift:{self.donation.pk if self.donation else 0}"

    def own(self) -> Q:
        """Return which comments are this author's."""
        return Q(user=self.user) if self.user is not None else Q(donation=self.donation)


@transaction.atomic
def write_comment(*, campaign: Campaign, words: Words, author: Author, address: str, now: datetime) -> Comment:
    """Write down a comment, shown at once if the author is trusted. Repeat-safe: the key names the author's comment.

    :raises ClosedError: if the project is not talked about any more.
    :raises TooOftenError: if this address or author writes too often.
    """
    if campaign.status not in TALKED_ABOUT:
        raise ClosedError
    key = hash_of(f"{campaign.pk}:{author.mark}:{words.key}")  # another author's form of the same key is another one
    take_turns(f"comment:{key}")
    known = Comment.objects.filter(request_key=key).first()
    if known is not None:
        return known
    count_attempt(what="comment", address=address, person=author.mark, now=now)
    return Comment.objects.create(
        campaign=campaign,
        user=author.user,
        donation=author.donation if author.user is None else None,
        is_donors=author.donation is not None,
        public_name=words.public_name,
        name_consent=name_consent(words, now),
        text=words.text,
        request_key=key,
        created_at=now,
        shown_at=now if is_trusted(author=author) else None,
    )


def is_trusted(*, author: Author) -> bool:
    """Return whether a moderator has let a comment of this author stand, and hidden none. Two queries."""
    own = Comment.objects.filter(author.own())
    has_good = own.filter(shown_at__isnull=False, hidden_at__isnull=True).exists()
    return has_good and not own.filter(hidden_at__isnull=False).exists()


@transaction.atomic
def complain(*, comment_id: int, reason: str, reader: str, address: str, now: datetime) -> bool:
    """Write down that a comment breaks the rules; return whether it is this reader's first word about it.

    :param reader: what names the reader: an account, or else the address; kept as a hash.
    :raises TooOftenError: if this address or reader complains too often.
    """
    count_attempt(what="complaint", address=address, person=reader, now=now)
    _row, is_new = Complaint.objects.get_or_create(
        comment_id=comment_id, reader_sha256=hash_of(f"{comment_id}:{reader}"), defaults={"reason": reason, "at": now}
    )
    return is_new
