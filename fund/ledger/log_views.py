"""The log for machines: checkpoint, tiles, entries, the key that checks them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fund.ledger import log

if TYPE_CHECKING:
    from django.http import HttpRequest

TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
FOR_EVER = "public, max-age=31536000, immutable"
FOR_NOW = "public, max-age=2"
HIGHEST_LEVEL = 63
LARGEST = 2**55  # the first leaf of the last tile fits the database's numbers


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Show the newest signed checkpoint."""
    head = log.newest_head()
    if head is None:
        return _missing(_("Nothing has been sealed yet: the first checkpoint comes after the first entry."))
    return _answer(head.note, TEXT, FOR_NOW)


@require_safe
def checkpoint_of(request: HttpRequest, size: int) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Show the signed checkpoint that counts so many entries."""
    head = log.find_head(size=size) if size < LARGEST else None
    if head is None:
        return _missing(_("There is no signed checkpoint of that many entries."))
    return _answer(head.note, TEXT, FOR_EVER)


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Show the key that checks the log's signatures."""
    return _answer(f"{settings.LOG_VERIFIER_KEY}\n", TEXT, "public, max-age=3600")


@require_safe
def tile(request: HttpRequest, level: str, index: str, width: str = "") -> HttpResponse:  # noqa: ARG001
    """Show a tile of hashes, whole or partial."""
    number, count = _place(index, width)
    is_possible = int(level) <= HIGHEST_LEVEL and number < LARGEST and count
    found = log.tile(level=int(level), index=number, width=count) if is_possible else None
    return _found(found)


@require_safe
def entries(request: HttpRequest, index: str, width: str = "") -> HttpResponse:  # noqa: ARG001
    """Show a bundle of entries, whole or partial."""
    number, count = _place(index, width)
    found = log.entry_bundle(index=number, width=count) if number < LARGEST and count else None
    return _found(found)


def _place(index: str, width: str) -> tuple[int, int]:
    """Return tile number and width; nought where the address is not the one way to write them."""
    number = int(index.replace("x", "").replace("/", ""))
    is_padded = index.startswith("x000/")
    count = int(width) if width else log.TILE_WIDTH
    return number, 0 if is_padded or (width and count >= log.TILE_WIDTH) else count


def _found(content: bytes | None) -> HttpResponse:
    if content is None:
        return _missing(_("The log is not that large."))
    return _answer(content, BYTES, FOR_EVER)


def _answer(content: bytes | str, kind: str, keep: str) -> HttpResponse:
    headers = {"Cache-Control": keep, "Access-Control-Allow-Origin": "*"}
    return HttpResponse(content, content_type=kind, headers=headers)


def _missing(sentence: str) -> HttpResponse:
    return HttpResponse(
        f"{sentence}\n", content_type=TEXT, status=HTTPStatus.NOT_FOUND, headers={"Cache-Control": "no-store"}
    )
