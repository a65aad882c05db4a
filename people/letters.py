"""What letters are about: the one registry where rooms above say how theirs are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.functional import _StrPromise

    from people.models import Letter


@dataclass(frozen=True)
class Words:
    """What a letter says; ``file_name`` is what the attached PDF is called, where there is one.

    ``unsubscribe_address`` is for every kind that a person may stop: an address of ours, whole and with https where the
    site has it, that stops this kind of letters for this person when POST comes there, without sign-in, cookies or
    another question, and answers GET with a page and a button. It goes into List-Unsubscribe and
    List-Unsubscribe-Post (RFC 8058), so that the mail program's own button does it; say it in the body too.
    """

    subject: str
    body: str
    file_name: str = ""
    unsubscribe_address: str = ""


class LetterKind(Protocol):
    """What a room above registers."""

    title: _StrPromise

    def write(self, *, letter: Letter) -> Words:
        """Return the letter's words in the language that is active; runs each time it is sent.

        :raises NotWantedError: if it is not to be sent any more, such as to who has unsubscribed since.
        """

    def given_up(self, *, letter: Letter, now: datetime) -> None:
        """Tell a person that it can't be delivered; runs in the transaction that notes it."""

    def sent(self, *, letter: Letter, now: datetime) -> None:
        """Take note that it was sent; runs in the transaction that notes it."""


class NotWantedError(Exception):
    """The letter is not to be sent any more: whoever it is for stopped this kind, or what it tells is gone.

    The outbox gives it up quietly, and forgets its address; nobody is alarmed.
    """


class UnknownKindError(LookupError):
    """No room has registered this kind of letter."""


_registry: dict[str, LetterKind] = {}


def register(name: str, kind: LetterKind) -> None:
    """Register a kind of letter; called from ``AppConfig.ready``."""
    _registry[name] = kind


def find(name: str) -> LetterKind:
    """Return a kind of letter.

    :raises UnknownKindError: if there is none of that name.
    """
    try:
        return _registry[name]
    except KeyError:
        raise UnknownKindError(name) from None


def titles() -> dict[str, _StrPromise]:
    """Return what each kind is called, for a staff list."""
    return {name: kind.title for name, kind in sorted(_registry.items())}


class ReadyLetter:
    """A kind whose letters are written when they are queued, such as those with a code to sign in."""

    def __init__(self, title: _StrPromise) -> None:
        self.title = title

    def write(self, *, letter: Letter) -> Words:
        """Return the words that came with it."""
        return Words(letter.subject, letter.body)

    def given_up(self, *, letter: Letter, now: datetime) -> None:
        """Leave it in the list: who waits for such a letter asks for another."""

    def sent(self, *, letter: Letter, now: datetime) -> None:
        """Note nothing more."""
