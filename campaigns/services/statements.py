"""A year's statement: one PDF of a donor's gifts, made by the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from campaigns import my_selectors
from campaigns.models import Statement
from campaigns.services.receipts import RECEIPT_LANGUAGE
from fund.money import in_words
from fund.reports.pdf import render_pdf
from fund.reports.qr import qr_svg

if TYPE_CHECKING:
    from datetime import datetime


@transaction.atomic
def make_statement(*, statement_id: int, now: datetime) -> None:
    """Write the PDF, if it is not there yet and the visit still lasts. Safe to run twice."""
    statement = (
        Statement.objects.select_for_update(of=("self",)).select_related("visit").filter(pk=statement_id).first()
    )
    if statement is None or statement.made_at is not None or not statement.visit.email:
        return
    with override(RECEIPT_LANGUAGE):
        content = render_pdf(template="pdf/statement.html", context=statement_context(statement, now=now))
    if default_storage.exists(statement.file_name):  # a crash before our commit left it
        default_storage.delete(statement.file_name)
    default_storage.save(statement.file_name, ContentFile(content))
    statement.made_at = now
    statement.save(update_fields=["made_at"])


def statement_context(statement: Statement, *, now: datetime) -> dict[str, object]:
    """Return what the statement says."""
    rows = my_selectors.year_rows(email=statement.visit.email, year=statement.year)
    total = sum(row.kept_kopecks for row in rows)
    address = settings.SITE_URL + reverse("ledger:operations")
    return {
        "year": statement.year,
        "email": statement.visit.email,
        "rows": rows,
        "given_kopecks": sum(row.donation.amount_kopecks for row in rows),
        "gone_back_kopecks": sum(row.gone_back_kopecks for row in rows),
        "total_kopecks": total,
        "total_in_words": in_words(total),
        "made_at": now,
        "books_address": address,
        "qr_svg": qr_svg(address),
        "fund": settings.FUND,
        "demo_mode": settings.DEMO_MODE,
    }
