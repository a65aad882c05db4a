"""What goes over the wire of the running fund: static files small and for ever, pages small and asked about again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import requests

if TYPE_CHECKING:
    from tests.stack import Stack

pytestmark = pytest.mark.stack
FOR_EVER = "max-age=315360000, public, immutable"


def get(stack: Stack, path: str, encoding: str, **headers: str) -> requests.Response:
    """Ask without unpacking the answer."""
    wanted = {"Accept-Encoding": encoding, **headers}
    return requests.get(stack.url + path, headers=wanted, timeout=30, stream=True)


def test_every_file_that_a_page_names_is_kept_for_ever_and_text_goes_small(stack: Stack) -> None:
    page = requests.get(f"{stack.url}/projects/jazz-may/give/", timeout=30).text
    paths = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    assert {path.rpartition(".")[2] for path in paths} >= {"css", "js", "svg", "woff2"}

    for path in sorted(paths):
        plain = get(stack, path, "identity")
        whole = len(plain.raw.read())
        assert (plain.status_code, plain.headers["Cache-Control"]) == (200, FOR_EVER), path
        assert re.search(r"\.[0-9a-f]{12}\.", path), path
        if path.endswith((".woff2", ".png", ".ico")):
            continue
        for encoding in ("br", "gzip"):
            packed = get(stack, path, f"{encoding}, identity;q=0.1")
            if whole > 1000:
                assert packed.headers["Content-Encoding"] == encoding, path
                assert len(packed.raw.read()) < whole, path
            assert packed.headers["Vary"] == "Accept-Encoding", path


@pytest.mark.parametrize(
    "path", ["/projects/", "/projects/jazz-may/", "/communities/", "/ledger/", "/ledger/accounts/"]
)
def test_a_page_goes_small_and_a_browser_that_has_it_gets_nothing(stack: Stack, path: str) -> None:
    plain = get(stack, path, "identity").raw.read()
    packed = get(stack, path, "br, gzip")
    sent = packed.raw.read()
    again = get(stack, path, "br, gzip", **{"If-None-Match": packed.headers["ETag"]})

    assert (packed.headers["Content-Encoding"], len(sent) < len(plain) / 2) == ("br", True)
    if again.status_code != 304:  # the fund is running: something may have been committed between the two
        again = get(stack, path, "br, gzip", **{"If-None-Match": again.headers["ETag"]})
    assert (again.status_code, again.raw.read()) == (304, b"")
    assert (again.headers["Cache-Control"], "Set-Cookie" in again.headers) == ("no-cache", False)
