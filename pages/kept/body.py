"""A page as it goes over the wire, made once in each encoding."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import brotli
from django.http import HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags

if TYPE_CHECKING:
    from django.http import HttpRequest

PLAIN = "identity"
ENCODINGS = ("br", "gzip", PLAIN)  # the best first
SMALLEST_COMPRESSED = 200
BROTLI_QUALITY = 5
GZIP_LEVEL = 6


@dataclass(frozen=True)
class Body:
    """One page in one encoding; ``epoch`` and ``state`` say what it was made from."""

    epoch: str
    state: str
    encoding: str
    etag: str
    headers: tuple[tuple[str, str], ...]
    content: bytes


def wanted_encoding(request: HttpRequest) -> str:
    """Return the best encoding that the browser takes."""
    taken = {}
    for part in request.headers.get("Accept-Encoding", "").lower().split(","):
        name, _, weight = part.partition(";")
        taken[name.strip()] = weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return next((name for name in ENCODINGS if taken.get(name)), PLAIN)


def bodies_of(response: HttpResponse, *, epoch: str, state: str) -> dict[str, Body]:
    """Return a page in every encoding, by its name."""
    content = response.content
    digest = sha256(content).hexdigest()[:32]
    headers = tuple((name, value) for name, value in response.items() if name not in {"Content-Length", "ETag"})
    written = {PLAIN: content}
    if len(content) >= SMALLEST_COMPRESSED:
        written["gzip"] = gzip.compress(content, GZIP_LEVEL, mtime=0)
        written["br"] = brotli.compress(content, quality=BROTLI_QUALITY)
    return {
        name: Body(epoch, state, name if name in written else PLAIN, f'"{digest}-{name}"', headers,
                   written.get(name, content))
        for name in ENCODINGS
    }  # fmt: skip


def answer(request: HttpRequest, body: Body) -> HttpResponse:
    """Return the page, or a 304 to a browser that has it; to be asked about again each time."""
    known = {etag.removeprefix("W/") for etag in parse_etags(request.headers.get("If-None-Match", ""))}
    response: HttpResponse
    if body.etag in known or "*" in known:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(body.content, headers={"Content-Length": str(len(body.content))})
        if body.encoding != PLAIN:
            response.headers["Content-Encoding"] = body.encoding
    for name, value in body.headers:
        if name != "Content-Type" or response.content:
            response.headers[name] = value
    response.headers["ETag"] = body.etag
    patch_vary_headers(response, ["Accept-Encoding"])
    patch_cache_control(response, no_cache=True)
    return response


def private(response: HttpResponse) -> HttpResponse:
    """Let nobody between us and somebody known keep the page that was made for them."""
    patch_vary_headers(response, ["Cookie"])
    if "Cache-Control" not in response.headers:
        patch_cache_control(response, private=True, no_cache=True)
    return response
