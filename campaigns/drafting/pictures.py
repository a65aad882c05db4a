"""Pictures of a campaign: taken in, made into sizes by the worker, removed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage
from django.db import transaction

from campaigns.drafting.imaging import Crop, Made, PictureError, check_picture, make_sizes
from campaigns.drafting.selectors import WRITABLE
from campaigns.life.moves import Status, WrongStateError, lock_campaign
from campaigns.models import CampaignPicture
from campaigns.storing import forget_later, keep

if TYPE_CHECKING:
    from datetime import datetime
    from typing import BinaryIO

    from campaigns.models import Campaign

MOST_PICTURES = 12  # of one campaign and kind
GRACE = timedelta(seconds=20)
SWEEP = 20
STAGES = {"report": (Status.DELIVERING,)}
Kind, State = CampaignPicture.Kind, CampaignPicture.State


class TooManyPicturesError(Exception):
    """The campaign has as many as it may have."""


@transaction.atomic
def add_picture(
    *, campaign_id: int, kind: str, content: BinaryIO, alt: str, crop: Crop, now: datetime
) -> CampaignPicture:
    """Keep what was sent until the worker has made its sizes; a new cover takes the old one's place.

    Repeat-safe: the same picture is kept once; described anew (or a cover framed anew), it takes its own place.

    :raises PictureError: one of its kinds, if it is no picture that the site takes.
    :raises TooManyPicturesError: if there are ``MOST_PICTURES``.
    :raises WrongStateError: if the campaign takes no such picture now.
    """
    check_picture(content)
    whole = content.read()
    campaign = lock_campaign(campaign_id=campaign_id)
    if campaign.status not in STAGES.get(kind, WRITABLE):
        raise WrongStateError("picture")
    others, digest = campaign.pictures.filter(kind=kind), sha256(whole).hexdigest()
    frame = asdict(crop) if kind == Kind.COVER else {}
    same = others.filter(source_sha256=digest, alt=alt, **frame).exclude(state=State.REFUSED).first()
    if same is not None:
        return same
    for old in others if kind == Kind.COVER else others.filter(source_sha256=digest):
        _remove(campaign, old)
    if others.count() >= MOST_PICTURES:
        raise TooManyPicturesError
    picture = CampaignPicture.objects.create(
        campaign=campaign, kind=kind, alt=alt, source_sha256=digest, uploaded_at=now,
        focus_x=crop.focus_x, focus_y=crop.focus_y, zoom=crop.zoom,
    )  # fmt: skip
    keep(picture.source_name, whole)
    return picture


@transaction.atomic
def remove_picture(*, campaign_id: int, picture_id: int) -> None:
    """Take a picture away. Safe to repeat.

    :raises WrongStateError: if the campaign's pictures stay as they are now.
    """
    campaign = lock_campaign(campaign_id=campaign_id)
    picture = campaign.pictures.filter(pk=picture_id).first()
    if picture is None:
        return
    if campaign.status not in STAGES.get(picture.kind, WRITABLE):
        raise WrongStateError("picture")
    _remove(campaign, picture)


def make_picture(*, picture_id: int) -> None:
    """Make a picture's sizes from what was sent, and forget that. Running it twice makes the same files.

    The work is done before any row is locked, so nobody waits for it.
    """
    picture = CampaignPicture.objects.filter(pk=picture_id, state=State.WAITING).first()
    if picture is None:
        return
    crop = Crop(picture.focus_x, picture.focus_y, picture.zoom) if picture.kind == Kind.COVER else None
    try:
        with default_storage.open(picture.source_name) as source:
            made = make_sizes(content=source.read(), crop=crop)
    except (PictureError, FileNotFoundError):
        _settle(picture, None)
    else:
        for (width, ending), content in made.files.items():
            keep(f"pictures/{made.digest}/{width}.{ending}", content)
        _settle(picture, made)


@transaction.atomic
def _settle(picture: CampaignPicture, made: Made | None) -> None:
    campaign = lock_campaign(campaign_id=picture.campaign_id)
    changes: dict[str, Any] = {"state": State.REFUSED}
    if made is not None:
        changes = {"state": State.READY, "digest": made.digest, "widths": list(made.widths), "height": made.height}
    is_ours = CampaignPicture.objects.filter(pk=picture.pk, state=State.WAITING).update(**changes)
    if is_ours and made is not None and picture.kind == Kind.COVER:
        campaign.cover = picture
        campaign.save(update_fields=["cover"])
    forget_later([picture.source_name])


def waiting_pictures(*, now: datetime) -> list[int]:
    """Return pictures that were sent a while ago and are not made. One query."""
    late = CampaignPicture.objects.filter(state=State.WAITING, uploaded_at__lte=now - GRACE)
    return list(late.order_by("uploaded_at").values_list("pk", flat=True)[:SWEEP])


def _remove(campaign: Campaign, picture: CampaignPicture) -> None:
    names = [picture.source_name, *(picture.file_names() if picture.digest else [])]
    if CampaignPicture.objects.filter(digest=picture.digest, digest__gt="").exclude(pk=picture.pk).exists():
        names = names[:1]  # another row shows the same files
    if campaign.cover_id == picture.pk:
        campaign.cover = None
        campaign.save(update_fields=["cover"])
    picture.delete()
    forget_later(names)
