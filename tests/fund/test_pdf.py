"""PDFs are made with our own files alone."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from pypdf import PdfReader

from fund.reports import pdf

if TYPE_CHECKING:
    import pytest


def test_a_document_cannot_read_the_disk_or_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = "".join(f'<img src="{address}" alt="">' for address in ("file:///etc/passwd", "http://127.0.0.1/"))
    html = f'<html lang="ru"><title>x</title><p>слово</p>{foreign}'
    monkeypatch.setattr(pdf, "render_to_string", lambda _template, _context: html)

    document = PdfReader(BytesIO(pdf.render_pdf(template="any", context={})))

    assert document.pages[0].extract_text().strip() == "слово"
    assert list(document.pages[0].images) == []
