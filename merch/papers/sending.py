"""A paper as a file: always saved, never shown, never kept by a browser or a proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from merch.papers.asking import is_true

if TYPE_CHECKING:
    from merch.models import OrderPaper

ALONE = "default-src 'none'; sandbox"


def send_paper(*, paper: OrderPaper | None, name: str) -> FileResponse:
    """Return a paper's file, while what it says is so.

    :raises Http404: if it is not made, not true any more, or gone.
    """
    if paper is None or not is_true(paper) or not default_storage.exists(paper.file_name):
        raise Http404
    stream = default_storage.open(paper.file_name)
    response = FileResponse(stream, as_attachment=True, filename=name, content_type="application/pdf")
    response.headers["Content-Security-Policy"] = ALONE
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store, private"
    return response
