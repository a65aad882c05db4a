"""Papers that an applicant shows: known by their content, pictures drawn anew, kept without an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageOps

from campaigns.decoding import whole_files
from campaigns.models import Organiser, OrganiserDocument
from campaigns.organisers.moves import ApplicationError, WrongStateError, lock_organiser

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from people.models import User

LARGEST_BYTES = 8 * 1024 * 1024  # LARGER_BODIES lets the form around it be a little larger
LARGEST_PIXELS = 30_000_000  # a telephone's picture has 12 million, a bomb has more than memory
LONGEST_SIDE = 3000  # enough to read a page
MOST_KEPT, MOST_A_DAY = 5, 20
PICTURES = ("JPEG", "PNG")
PDF_HEAD, PDF_TAIL, TAIL_BYTES = b"%PDF-1.", b"%%EOF", 2048
PDF_2_HEAD = b"%PDF-2."
LOST_AFTER = timedelta(hours=1)


class PaperError(ApplicationError):
    """The file can't be taken."""


class TooLargeError(PaperError):
    """It has too many bytes, or too many pixels."""


class WrongKindError(PaperError):
    """It is neither a PDF nor a JPEG or PNG picture, or a broken one."""


class TooManyError(PaperError):
    """There are enough papers, or enough for one day."""


@dataclass(frozen=True)
class Paper:
    """A file as it is kept."""

    kind: OrganiserDocument.Kind
    content: bytes


def read_paper(stream: BinaryIO) -> Paper:
    """Return a file as it may be kept: a PDF as it came, a picture drawn anew, without what a camera notes of itself.

    :raises PaperError: if it can't be taken.
    """
    content = stream.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise TooLargeError
    if content.startswith((PDF_HEAD, PDF_2_HEAD)):
        if PDF_TAIL not in content[-TAIL_BYTES:] or b"obj" not in content:
            raise WrongKindError
        return Paper(OrganiserDocument.Kind.PDF, content)
    return Paper(OrganiserDocument.Kind.JPEG, _drawn_anew(content))


def store_paper(*, user: User, paper: Paper, now: datetime) -> OrganiserDocument:
    """Keep a paper; the same one is kept once. A row without its file is swept away, never a file without its row.

    :raises TooManyError: if there are enough.
    :raises WrongStateError: if the application is handed in.
    """
    row = _note(user, paper, now)
    with transaction.atomic():
        _lock_own_draft(user)
        row.refresh_from_db()
        if row.stored_at is None and row.removed_at is None:
            default_storage.delete(row.file_name)  # a crash left it
            default_storage.save(row.file_name, ContentFile(paper.content))
            row.stored_at = now
            row.save(update_fields=["stored_at"])
    return row


@transaction.atomic
def remove_paper(*, user: User, reference: UUID, now: datetime) -> bool:
    """Delete a paper of one's own application; return whether it was there.

    :raises WrongStateError: if the application is handed in.
    """
    found = _lock_own_draft(user)
    row = found.documents.filter(reference=reference, removed_at__isnull=True).first()
    if row is not None:
        drop(row, now=now)
    return row is not None


def drop(row: OrganiserDocument, *, now: datetime) -> None:
    """Delete a paper's file, then say so in its row; what is left tells only that there was one."""
    default_storage.delete(row.file_name)
    row.removed_at, row.sha256 = now, ""
    row.save(update_fields=["removed_at", "sha256"])


def drop_lost(*, now: datetime) -> int:
    """Drop rows whose file was never written whole; return how many."""
    lost = OrganiserDocument.objects.filter(
        stored_at__isnull=True, removed_at__isnull=True, uploaded_at__lt=now - LOST_AFTER
    )
    rows = list(lost)
    for row in rows:
        drop(row, now=now)
    return len(rows)


@transaction.atomic
def _note(user: User, paper: Paper, now: datetime) -> OrganiserDocument:
    found = _lock_own_draft(user)
    digest = sha256(paper.content).hexdigest()
    same = found.documents.filter(sha256=digest, removed_at__isnull=True).first()
    if same is not None:
        return same
    kept = found.documents.filter(removed_at__isnull=True).count()
    lately = found.documents.filter(uploaded_at__gt=now - timedelta(days=1)).count()
    if kept >= MOST_KEPT or lately >= MOST_A_DAY:
        raise TooManyError
    found.touched_at = now
    found.save(update_fields=["touched_at"])
    return OrganiserDocument.objects.create(
        organiser=found, kind=paper.kind, size_bytes=len(paper.content), sha256=digest, uploaded_at=now
    )


def _lock_own_draft(user: User) -> Organiser:
    found = lock_organiser(organiser_id=Organiser.objects.values_list("pk", flat=True).get(user=user))
    if not found.is_own_draft:
        raise WrongStateError("document")
    return found


def _drawn_anew(content: bytes) -> bytes:
    """Return a picture as a JPEG of its pixels alone; its size is looked at before they are unpacked."""
    try:
        with whole_files(), Image.open(BytesIO(content), formats=PICTURES) as picture:
            if picture.width * picture.height > LARGEST_PIXELS:
                raise TooLargeError
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is unpacked smaller at once
            turned = ImageOps.exif_transpose(picture)
            turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            white = Image.new("RGB", turned.size, "white")
            shown = turned.convert("RGBA")
            white.paste(shown, mask=shown.getchannel("A"))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise WrongKindError from error
    drawn = BytesIO()
    white.save(drawn, "JPEG", quality=88)
    return drawn.getvalue()
