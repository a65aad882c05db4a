"""PDFs are made with our own files alone."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader

from fund.reports import pdf


def test_a_document_cannot_read_the_disk_or_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    html = '<html lang="ru"><title>x</title><p>слово</p><img src="file:///etc/passwd" alt=""><img src="http://127.0.0.1/" alt="">'
    monkeypatch.setattr(pdf, "render_to_string", lambda _template, _context: html)

    document = PdfReader(BytesIO(pdf.render_pdf(template="any", context={})))

    assert document.pages[0].extract_text().strip() == "слово"
    assert list(document.pages[0].images) == []
