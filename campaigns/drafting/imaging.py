"""Pictures as bytes: what one is by its content, and how it becomes the sizes that the site shows. Knows no rows."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING
from warnings import catch_warnings, simplefilter

from PIL import Image, ImageOps

from campaigns.decoding import whole_files

if TYPE_CHECKING:
    from typing import BinaryIO

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 32_000_000
LEAST_SIDE = 200  # pixels; smaller ones look broken on any page
WIDTHS = (480, 960, 1600)
COVER_RATIO = (16, 9)
QUALITY = 82


class PictureError(Exception):
    """The file is no picture that the site takes."""


class TooHeavyError(PictureError):
    """It has more than ``MOST_BYTES`` bytes."""


class TooManyPixelsError(PictureError):
    """It has more than ``MOST_PIXELS`` pixels."""


class TooSmallError(PictureError):
    """A side has fewer than ``LEAST_SIDE`` pixels."""


class NotAPictureError(PictureError):
    """Its content is neither JPEG, PNG nor WebP, or is broken."""


@dataclass(frozen=True)
class Crop:
    """What the cover's frame is centred on, and how near it is; per cent."""

    focus_x: int = 50
    focus_y: int = 50
    zoom: int = 100


@dataclass(frozen=True)
class Made:
    """A picture in its sizes: the bytes by width and ending, under one hash."""

    digest: str
    widths: tuple[int, ...]
    height: int
    files: dict[tuple[int, str], bytes]


def check_picture(stream: BinaryIO) -> None:
    """Do nothing where the file is a picture that the site takes; only its head is read, no pixel is decoded.

    :raises PictureError: one of its kinds, otherwise.
    """
    stream.seek(0, 2)
    if stream.tell() > MOST_BYTES:
        raise TooHeavyError
    stream.seek(0)
    _check_size(_open(stream).size)
    stream.seek(0)


def make_sizes(*, content: bytes, crop: Crop | None) -> Made:
    """Return a picture turned upright, without any of its metadata, in every width that it fills, its own last.

    :param crop: the frame of a cover; None leaves the picture whole.
    :raises PictureError: if it can't be decoded after all.
    """
    found = _open(BytesIO(content))
    _check_size(found.size)
    try:
        with whole_files():
            found.draft("RGB", (2 * WIDTHS[-1], 2 * WIDTHS[-1]))  # a JPEG is decoded no larger than needed
            upright = ImageOps.exif_transpose(found)
            plain = _flat(upright)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise NotAPictureError from error
    if crop is not None:
        plain = plain.crop(frame(size=plain.size, crop=crop))
    files, heights = {}, {}
    for width in [*(one for one in WIDTHS[:-1] if one < plain.width), min(plain.width, WIDTHS[-1])]:
        heights[width] = max(1, round(plain.height * width / plain.width))
        sized = plain.resize((width, heights[width]), Image.Resampling.LANCZOS)
        files[width, "webp"] = _saved(sized, "WEBP")
        files[width, "jpg"] = _saved(sized, "JPEG")
    digest = sha256(b"".join(files[key] for key in sorted(files))).hexdigest()
    return Made(digest, tuple(heights), heights[max(heights)], files)


def frame(*, size: tuple[int, int], crop: Crop) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the cover's frame, in pixels, always within the picture."""
    width, height = size
    across, down = COVER_RATIO
    whole = min(width / across, height / down) * 100 / crop.zoom
    wide, high = max(1, int(whole * across)), max(1, int(whole * down))
    left = min(max(0, round(width * crop.focus_x / 100 - wide / 2)), width - wide)
    top = min(max(0, round(height * crop.focus_y / 100 - high / 2)), height - high)
    return left, top, left + wide, top + high


def _open(stream: BinaryIO) -> Image.Image:
    try:
        with catch_warnings():
            simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            return Image.open(stream, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise TooManyPixelsError from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise NotAPictureError from error


def _check_size(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MOST_PIXELS:
        raise TooManyPixelsError
    if min(width, height) < LEAST_SIDE:
        raise TooSmallError


def _flat(found: Image.Image) -> Image.Image:
    """Return new pixels alone, on white where the picture is seen through; nothing else of the file comes along."""
    flat = Image.new("RGB", found.size, "white")
    if found.has_transparency_data:
        seen = found.convert("RGBA")
        flat.paste(seen, mask=seen.getchannel("A"))
    else:
        flat.paste(found.convert("RGB"))
    return flat


def _saved(picture: Image.Image, kind: str) -> bytes:
    out = BytesIO()
    picture.save(out, kind, quality=QUALITY, **{"optimize": True, "progressive": True} if kind == "JPEG" else {})
    return out.getvalue()
