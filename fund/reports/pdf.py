"""HTML to PDF, with no way out to the network or the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEME = "static:"


class ForeignAddressError(ValueError):
    """A document asked for something else than our own static files."""


def render_pdf(*, template: str, context: Mapping[str, Any]) -> bytes:
    """Return the PDF of a template; it may use ``static:css/….css`` and ``data:`` addresses only.

    :raises ForeignAddressError: never shown; WeasyPrint leaves such a picture out.
    """
    html = render_to_string(template, dict(context))
    document = HTML(string=html, base_url=SCHEME, url_fetcher=_fetch)
    return bytes(document.write_pdf(font_config=FontConfiguration(), pdf_variant="pdf/ua-1"))


def _fetch(url: str, *_args: Any, **_options: Any) -> dict[str, Any]:
    if url.startswith("data:"):
        from weasyprint import default_url_fetcher

        return dict(default_url_fetcher(url))
    path = finders.find(url.removeprefix(SCHEME).lstrip("/")) if url.startswith(SCHEME) else None
    if not path:
        raise ForeignAddressError(url)
    return {"file_obj": open(path, "rb")}  # noqa: PTH123, SIM115 - WeasyPrint closes it
