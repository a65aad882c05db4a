"""Packing lists at the desk: one order's, or those of all orders to pack today; asked for, waited for, saved."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.handing import soon
from fund.sales.models import Sale
from merch.desk.orders import PERMISSION
from merch.models import OrderPaper
from merch.papers.asking import NothingToWriteError, ask_for_packing, find_paper, is_true
from merch.papers.packing import of_the_day
from merch.papers.sending import send_paper
from people.access import person
from people.desk_pages import desk_page, render_desk

if TYPE_CHECKING:
    from django.http import FileResponse, HttpRequest

Kind, State = OrderPaper.Kind, OrderPaper.State


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(PERMISSION)
def packing(request: HttpRequest, sale_id: int | None = None) -> HttpResponse:
    """Show how far a packing list is; asked for, have it made, or send the one that is there."""
    sale = _find(sale_id)
    if request.method == "POST":
        return _ask(request, sale)
    title = _("Packing list of order %(number)s") % {"number": sale.number} if sale else _("Packing lists of the day")
    return render_desk(request, "shop_desk/packing.html", title=title, **_context(sale))


@require_safe
@desk_page(PERMISSION)
def packing_state(request: HttpRequest, sale_id: int | None = None) -> HttpResponse:
    """Answer the page's own question how far the packing list is."""
    context = _context(_find(sale_id))
    if context["is_waiting"]:  # nothing to tell
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, "shop_desk/_packing.html", context)


@require_safe
@desk_page(PERMISSION)
def packing_file(request: HttpRequest, sale_id: int | None = None) -> FileResponse:  # noqa: ARG001 - Django's signature
    """Send a packing list's PDF."""
    sale = _find(sale_id)
    name = f"sborka-{sale.number}.pdf" if sale else f"sborka-{timezone.localdate():%Y-%m-%d}.pdf"
    return send_paper(paper=_paper(sale), name=name)


def _ask(request: HttpRequest, sale: Sale | None) -> HttpResponse:
    try:
        paper, is_to_be_made = ask_for_packing(sale=sale, by=person(request), now=timezone.now())
    except NothingToWriteError:
        messages.warning(request, _("Nothing is to be packed here any more."))
        return redirect(_back(sale))
    if is_to_be_made:
        soon("merch.make_paper", paper_id=paper.pk)
    return redirect(_address(sale, "packing_file" if paper.state == State.READY else "packing"))


def _find(sale_id: int | None) -> Sale | None:
    return get_object_or_404(Sale, pk=sale_id) if sale_id else None


def _paper(sale: Sale | None) -> OrderPaper | None:
    return find_paper(kind=Kind.PACKING if sale else Kind.DAY, sale=sale)


def _address(sale: Sale | None, page: str) -> str:
    if sale:
        return reverse(f"shop_desk:{page}", kwargs={"sale_id": sale.pk})
    return reverse(f"shop_desk:day_{page}")


def _back(sale: Sale | None) -> str:
    return reverse("shop_desk:order", kwargs={"sale_id": sale.pk}) if sale else reverse("shop_desk:today")


def _context(sale: Sale | None) -> dict[str, Any]:
    paper = _paper(sale)
    is_ready = is_true(paper)
    wanted = of_the_day() if sale is None else []
    return {
        "sale": sale,
        "back": _back(sale),
        "address": _address(sale, "packing"),
        "state_address": _address(sale, "packing_state"),
        "file_address": _address(sale, "packing_file"),
        "is_ready": is_ready,
        "is_waiting": paper is not None and paper.state == State.WAITING,
        "has_changed": paper is not None and paper.state == State.READY and not is_ready,
        "made_at": paper.made_at if paper else None,
        "count": len(paper.sale_ids) if paper else 0,
        "newer": len(set(wanted).difference(paper.sale_ids)) if paper else 0,
    }
