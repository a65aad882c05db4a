"""A paper's PDF, made by the worker: once, however many ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from fund.reports.pdf import render_pdf
from fund.reports.qr import qr_svg
from merch.models import OrderPaper
from merch.papers.asking import shown

if TYPE_CHECKING:
    from datetime import datetime

    from merch.papers.asking import Shown
    from merch.papers.invoice import Invoice

LANGUAGE = "ru"


@transaction.atomic
def make_paper(*, paper_id: int, now: datetime) -> None:
    """Write the PDF, if it is still wanted. Safe to run twice and at the same time.

    What there is nothing left to write of is dropped: the order has left meanwhile, or its buyer is forgotten.
    """
    waiting = OrderPaper.objects.select_for_update().filter(pk=paper_id, state=OrderPaper.State.WAITING)
    paper = waiting.first()
    if paper is None:
        return
    default_storage.delete(paper.file_name)  # a crash before our commit left it
    found = shown(kind=paper.kind, sale_ids=paper.sale_ids)
    if found is None:
        paper.delete()
        return
    with override(LANGUAGE):
        content = _render(found, now)
    default_storage.save(paper.file_name, ContentFile(content))
    paper.state, paper.digest, paper.made_at = OrderPaper.State.READY, found.digest, now
    paper.sale_ids = list(found.sale_ids)
    paper.save(update_fields=["state", "digest", "made_at", "sale_ids"])


def _render(found: Shown, now: datetime) -> bytes:
    common = {"fund": settings.FUND, "pickup": settings.PICKUP, "demo_mode": settings.DEMO_MODE, "made_at": now}
    if found.invoice:
        return render_pdf(template="pdf/invoice.html", context={**common, **_invoice_context(found.invoice)})
    return render_pdf(template="pdf/packing.html", context={**common, "lists": found.lists})


def _invoice_context(invoice: Invoice) -> dict[str, object]:
    path = reverse("ledger:operation", kwargs={"number": invoice.operation})
    address = settings.SITE_URL + path
    return {"invoice": invoice, "operation_address": address, "qr_svg": qr_svg(address)}
