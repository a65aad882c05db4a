"""The invoice on the order's secret page: asked for, waited for, saved."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.handing import soon
from fund.sales.models import Sale
from merch.models import OrderPaper
from merch.papers.asking import NothingToWriteError, ask_for_invoice, find_paper, is_true
from merch.papers.invoice import has_invoice
from merch.papers.sending import send_paper

if TYPE_CHECKING:
    from django.http import FileResponse, HttpRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invoice(request: HttpRequest, token: str) -> HttpResponse:
    """Show how far the order's invoice is; asked for, have it made, or send the one that is there."""
    sale = _find(token)
    if request.method != "POST":
        return render(request, "papers/invoice.html", _context(sale))
    try:
        paper, is_to_be_made = ask_for_invoice(sale=sale, now=timezone.now())
    except NothingToWriteError:
        raise Http404 from None
    if is_to_be_made:
        soon("merch.make_paper", paper_id=paper.pk)
    is_ready = paper.state == OrderPaper.State.READY
    return redirect("papers:file" if is_ready else "papers:invoice", token=token)


@never_cache
@require_safe
def state(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the page's own question how far the invoice is."""
    context = _context(_find(token))
    if context["is_waiting"]:  # nothing to tell
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, "papers/_invoice.html", context)


@never_cache
@require_safe
def file(request: HttpRequest, token: str) -> FileResponse:  # noqa: ARG001 - Django's signature
    """Send the invoice's PDF."""
    sale = _find(token)
    return send_paper(paper=find_paper(kind=OrderPaper.Kind.INVOICE, sale=sale), name=f"nakladnaya-{sale.number}.pdf")


def _find(token: str) -> Sale:
    """Return the order of a secret link that an invoice can be written of."""
    sale = get_object_or_404(Sale.objects.select_related("payment"), token=token)
    if not has_invoice(sale=sale):
        raise Http404
    return sale


def _context(sale: Sale) -> dict[str, object]:
    paper = find_paper(kind=OrderPaper.Kind.INVOICE, sale=sale)
    is_ready = is_true(paper)
    is_waiting = paper is not None and paper.state == OrderPaper.State.WAITING
    has_changed = paper is not None and not is_ready and not is_waiting
    return {"sale": sale, "is_ready": is_ready, "is_waiting": is_waiting, "has_changed": has_changed}
