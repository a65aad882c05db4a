"""Photos of products: taken in, made into sizes by the worker, described, ordered, taken away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage
from django.db import transaction

from campaigns.drafting.imaging import Made, PictureError, check_picture, make_sizes
from campaigns.storing import forget_later, keep
from merch.models import Photo, Product
from people.services import record_act, subject_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import BinaryIO

    from people.models import User

MOST_PHOTOS = 12  # of one product
GRACE = timedelta(seconds=20)
SWEEP = 20
State = Photo.State


class TooManyPhotosError(Exception):
    """The product has as many as it may have."""


@dataclass(frozen=True)
class Shown:
    """What a photo is described by, and where it stands."""

    alt: str
    position: int


@transaction.atomic
def add_photos(*, product_id: int, contents: Sequence[BinaryIO], alt: str, by: User, now: datetime) -> list[Photo]:
    """Keep what was sent until the worker has made its sizes; return what is to be made.

    Repeat-safe: the same photo of a product is kept once; one that could not be read gets another try.

    :raises PictureError: one of its kinds, if one is no picture that the site takes; none is kept then.
    :raises TooManyPhotosError: if there would be more than ``MOST_PHOTOS``.
    """
    for content in contents:
        check_picture(content)
    product = _lock(product_id)
    known = {photo.source_sha256: photo for photo in product.photos.all()}
    sent = {_digest(content): content for content in contents}
    if len(known.keys() | sent.keys()) > MOST_PHOTOS:  # before any file is written: no row would name it
        raise TooManyPhotosError
    taken = [_take(product, digest, content.read(), alt, known, now) for digest, content in sent.items()]
    made = [photo for photo in taken if photo is not None]
    if made:
        record_act(
            actor=by, action="merch.add_photos", subject=subject_of(product), details={"photos": len(made)}, now=now
        )
    return made


@transaction.atomic
def arrange(*, product_id: int, shown: Mapping[int, Shown], by: User, now: datetime) -> None:
    """Describe a product's photos, and put them in order. What is not among them stays as it is."""
    product = _lock(product_id)
    photos = list(product.photos.filter(pk__in=shown))
    changed = [one for one in photos if (one.alt, one.position) != (shown[one.pk].alt, shown[one.pk].position)]
    for photo in changed:
        photo.alt, photo.position = shown[photo.pk].alt, shown[photo.pk].position
    if changed:
        Photo.objects.bulk_update(changed, ["alt", "position"])
        details = {"photos": len(changed)}
        record_act(actor=by, action="merch.arrange_photos", subject=subject_of(product), details=details, now=now)


@transaction.atomic
def remove_photo(*, product_id: int, photo_id: int, by: User, now: datetime) -> None:
    """Take a photo away, and its files where no other product shows them. Safe to repeat."""
    product = _lock(product_id)
    photo = product.photos.filter(pk=photo_id).first()
    if photo is None:
        return
    _remove(photo)
    record_act(actor=by, action="merch.remove_photo", subject=subject_of(product), now=now)


def make_photo(*, photo_id: int) -> None:
    """Make a photo's sizes from what was sent, and forget that. Running it twice makes the same files.

    The work is done before any row is locked, so nobody waits for it.
    """
    photo = Photo.objects.filter(pk=photo_id, state=State.WAITING).first()
    if photo is None:
        return
    try:
        with default_storage.open(photo.source_name) as source:
            made = make_sizes(content=source.read(), crop=None)
    except (PictureError, FileNotFoundError):
        _settle(photo, None)
    else:
        for (width, ending), content in made.files.items():
            keep(f"photos/{made.digest}/{width}.{ending}", content)
        _settle(photo, made)


def waiting_photos(*, now: datetime) -> list[int]:
    """Return photos that were sent a while ago and are not made. One query."""
    late = Photo.objects.filter(state=State.WAITING, uploaded_at__lte=now - GRACE)
    return list(late.order_by("uploaded_at").values_list("pk", flat=True)[:SWEEP])


@transaction.atomic
def _settle(photo: Photo, made: Made | None) -> None:
    _lock(photo.product_id)
    changes: dict[str, Any] = {"state": State.REFUSED}
    if made is not None:
        changes = {"state": State.READY, "digest": made.digest, "widths": list(made.widths), "height": made.height}
    is_there = Photo.objects.filter(pk=photo.pk, state=State.WAITING).update(**changes)
    names = [photo.source_name]
    if not is_there and made is not None and not Photo.objects.filter(digest=made.digest).exists():
        names += Photo(digest=made.digest, widths=list(made.widths)).file_names()  # it was taken away meanwhile
    forget_later(names)


def _digest(content: BinaryIO) -> str:
    found = sha256(content.read()).hexdigest()
    content.seek(0)
    return found


def _take(
    product: Product, digest: str, whole: bytes, alt: str, known: dict[str, Photo], now: datetime
) -> Photo | None:
    """Keep one photo at the end of the others; None where the product has it."""
    if digest in known and known[digest].state != State.REFUSED:
        return None
    if digest in known:
        _remove(known.pop(digest))
    position = max((photo.position for photo in known.values()), default=0) + 1
    photo = Photo.objects.create(product=product, position=position, alt=alt, source_sha256=digest, uploaded_at=now)
    keep(photo.source_name, whole)
    known[digest] = photo
    return photo


def _remove(photo: Photo) -> None:
    names = [photo.source_name, *(photo.file_names() if photo.digest else [])]
    if Photo.objects.filter(digest=photo.digest, digest__gt="").exclude(pk=photo.pk).exists():
        names = names[:1]  # another row shows the same files
    photo.delete()
    forget_later(names)


def _lock(product_id: int) -> Product:
    return Product.objects.select_for_update().get(pk=product_id)
