"""HTML to PDF, with no way out to the network or the disk."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from weasyprint import HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

VARIANT = "pdf/ua-1"
STATIC = "https://static.invalid/"  # stands for our static files; no such host can exist (RFC 2606)


@dataclass(frozen=True)
class AttachedFile:
    """A file that lies inside a PDF."""

    name: str
    description: str
    content: bytes


class ForeignAddressError(ValueError):
    """A document asked for something else than our own static files; WeasyPrint leaves it out."""


class StaticFetcher(URLFetcher):  # type: ignore[misc]
    """Reads our own static files and nothing else."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Return a static file.

        :raises ForeignAddressError: for any other address.
        """
        if url.startswith("data:"):
            return super().fetch(url, headers)
        path = finders.find(url.removeprefix(STATIC)) if url.startswith(STATIC) else None
        if not path:
            raise ForeignAddressError(url)
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        return URLFetcherResponse(url, Path(path).read_bytes(), {"Content-Type": kind})


def render_pdf(*, template: str, context: Mapping[str, Any], attached: Sequence[AttachedFile] = ()) -> bytes:
    """Return the accessible PDF (PDF/UA) of a template, whose relative addresses are static files."""
    return write(lay_out(template=template, context=context), attached=attached)


def lay_out(*, template: str, context: Mapping[str, Any]) -> Any:
    """Return WeasyPrint's document of a template: its pages are made, nothing is written yet."""
    html = render_to_string(template, dict(context))
    document = HTML(string=html, base_url=STATIC, url_fetcher=StaticFetcher())
    return document.render(font_config=FontConfiguration(), pdf_variant=VARIANT)


def write(document: Any, *, attached: Sequence[AttachedFile] = (), at: datetime | None = None) -> bytes:
    """Return the PDF of a document, with files inside; the same bytes each time, if ``at`` dates those files."""
    files = [
        Attachment(
            string=file.content, name=file.name, description=file.description, created=at, modified=at,
            relationship="Data",
        )
        for file in attached
    ]  # fmt: skip
    return bytes(document.write_pdf(attachments=files, pdf_variant=VARIANT))
