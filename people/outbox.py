"""Letters are written down, then sent: each once, ever less often where the mail server refuses."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import override

from people import letters
from people.models import MOST_ATTEMPTS, NOT_WANTED, Donor, Letter, User

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from people.letters import Words

FIRST_PAUSE = timedelta(seconds=20)
LONGEST_PAUSE = timedelta(hours=6)
GRACE = timedelta(seconds=20)  # what is younger is on its way by the task that was started for it
SWEEP = 100
# Why a letter was given up, beside the names of failures: in each of these cases it is of no use any more.
NO_ADDRESS, EXPIRED = "NoAddress", "Expired"
USELESS = (NO_ADDRESS, EXPIRED, NOT_WANTED)
# Sending fails, or writing: a file or row is gone, a header can't be. Not put off, it would hold up the others.
FAILURES = (OSError, ValueError, ObjectDoesNotExist)


class LetterNotSentError(Exception):
    """The letter can't be written or sent now; the message is the failure's name, which holds no address."""


def reference_for(key: str) -> UUID:
    """Return the name of the letter that a key stands for: the same key is the same letter."""
    return UUID(hex=sha256(key.encode()).hexdigest()[:32])


@transaction.atomic
def queue_letter(
    *,
    kind: str,
    key: str,
    now: datetime,
    to: Donor | User | str,
    context: Mapping[str, Any] | None = None,
    words: Words | None = None,
    attachment: str = "",
    expires_at: datetime | None = None,
    due_at: datetime | None = None,
) -> Letter:
    """Write down that a letter is to be sent. Same key: the same letter, once. Joins the caller's transaction.

    :param to: a donor or user, whose address is read when it is sent; or an address, which is forgotten later.
    :param context: what the kind writes the letter from: ids, nothing of the person.
    :param words: a letter that is written already; its words are dropped once it is sent.
    :param attachment: the storage's name of a PDF.
    :param expires_at: when it is of no more use.
    :param due_at: when it is sent at the earliest, by the sweep; now, where it is not given.
    """
    letter = Letter(
        reference=reference_for(key),
        kind=kind,
        context=dict(context or {}),
        subject=words.subject if words else "",
        body=words.body if words else "",
        attachment=attachment,
        queued_at=now,
        due_at=due_at or now,
        expires_at=expires_at,
        donor=to if isinstance(to, Donor) else None,
        user=to if isinstance(to, User) else None,
        address=to if isinstance(to, str) else "",
    )
    Letter.objects.bulk_create([letter], ignore_conflicts=True)
    return Letter.objects.get(reference=letter.reference)


def send_letter(*, letter_id: int, now: datetime) -> None:
    """Send a letter that waits. Safe to run twice and at the same time.

    The row stays locked from before the letter until it is noted as sent. Only a crash between the mail server's
    yes and our commit sends it again, with the same Message-ID.
    """
    try:
        _send(letter_id, now)
    except LetterNotSentError as error:
        _postpone(letter_id, str(error), now)


@transaction.atomic
def retry_letter(*, letter_id: int, now: datetime) -> bool:
    """Let a letter that was given up be tried anew; return whether it was such a one, of use and with words still."""
    letter = _lock(letter_id)
    if letter.state != Letter.State.GIVEN_UP or letter.failure in USELESS:
        return False
    letter.attempts, letter.failure, letter.given_up_at, letter.due_at = 0, "", None, now
    letter.save(update_fields=["attempts", "failure", "given_up_at", "due_at"])
    return True


def overdue_letters(*, now: datetime) -> list[int]:
    """Return letters that were due a while ago and still wait. One query."""
    due = Letter.objects.waiting().filter(due_at__lte=now - GRACE).order_by("due_at")
    return list(due.values_list("pk", flat=True)[:SWEEP])


def recipient_of(letter: Letter) -> str:
    """Return where a letter goes; empty where the person was erased."""
    if letter.donor is not None:
        return letter.donor.email or ""
    return letter.user.email if letter.user is not None else letter.address


@transaction.atomic
def _send(letter_id: int, now: datetime) -> None:
    letter = _lock(letter_id)
    if letter.state != Letter.State.WAITING:
        return
    address = recipient_of(letter)
    if not address or (letter.expires_at is not None and letter.expires_at <= now):
        _give_up(letter, EXPIRED if address else NO_ADDRESS, now)
        return
    kind = letters.find(letter.kind)
    try:
        with override(letter.language):
            message = _message(letter, address, kind.write(letter=letter))
        message.send()
    except letters.NotWantedError:
        _give_up(letter, NOT_WANTED, now)
        return
    except FAILURES as error:  # smtplib's are OSErrors; their words hold the address
        raise LetterNotSentError(type(error).__name__) from None
    letter.subject = letter.body = letter.failure = ""
    letter.sent_at = now
    letter.save(update_fields=["subject", "body", "failure", "sent_at"])
    kind.sent(letter=letter, now=now)


@transaction.atomic
def _postpone(letter_id: int, failure: str, now: datetime) -> None:
    """Note that the mail server refused; try ever less often, and tell a person at last."""
    letter = _lock(letter_id)
    if letter.state != Letter.State.WAITING:
        return
    letter.attempts += 1
    letter.failure = failure
    letter.due_at = now + min(FIRST_PAUSE * int(2**letter.attempts), LONGEST_PAUSE)
    letter.save(update_fields=["attempts", "failure", "due_at"])
    if letter.attempts >= MOST_ATTEMPTS:
        _give_up(letter, failure, now)
        letters.find(letter.kind).given_up(letter=letter, now=now)


def _give_up(letter: Letter, failure: str, now: datetime) -> None:
    """Stop trying; the words of a letter that is of no more use go at once."""
    letter.given_up_at, letter.failure = now, failure
    if failure in USELESS:
        letter.subject = letter.body = letter.address = ""
    letter.save(update_fields=["given_up_at", "failure", "subject", "body", "address"])


def _lock(letter_id: int) -> Letter:
    return Letter.objects.select_for_update(of=("self",)).select_related("donor", "user").get(pk=letter_id)


def _message(letter: Letter, address: str, words: Words) -> EmailMessage:
    host = settings.SITE_URL.split("://", 1)[1].split(":", 1)[0].split("/", 1)[0]
    headers = {"Message-ID": f"<{letter.kind}.{letter.reference.hex}@{host}>", "Auto-Submitted": "auto-generated"}
    if words.unsubscribe_address:
        headers["List-Unsubscribe"] = f"<{words.unsubscribe_address}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMessage(subject=words.subject, body=words.body, to=[address], headers=headers)
    if letter.attachment:
        with default_storage.open(letter.attachment) as stream:
            message.attach(words.file_name, stream.read(), "application/pdf")
    return message
