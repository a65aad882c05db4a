"""The stock at the desk: what lies there, each item's movements, and papers that move it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from fund.sales.models import StockItem
from fund.sales.services import MovedMeanwhileError, NotInStockError
from merch import stocking
from merch.desk import stock_reads
from merch.desk.stock_forms import CountForm, ReceiveForm, RowsForm, StockForm
from people.access import person
from people.desk_pages import desk_page, render_desk
from people.paging import CappedPaginator

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

READ, WRITE = "sales.view_stockmovement", "sales.manage_stock"
PAGE_SIZE = 50
MOST_ROWS = 50
NOTHING_CHOSEN = gettext_lazy("Choose goods on the list first.")
SENT_BEFORE = gettext_lazy("This form was sent before: it has moved nothing again.")
RECEIVED = gettext_lazy("Received: the goods lie in stock.")
WRITTEN_OFF = gettext_lazy("Written off.")
COUNTED = gettext_lazy("Counted: everything is as the books say.")


@require_safe
@desk_page(READ)
def item_list(request: HttpRequest) -> HttpResponse:
    """Show what lies there, and what it costs."""
    form = StockForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {"text": "", "only": ""}
    found = stock_reads.with_value(stock_reads.items(**wanted))
    page = CappedPaginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return render_desk(
        request,
        "shop_desk/stock.html",
        title=_("Stock"),
        is_refused=bool(form.errors),
        form=form,
        items=list(page),
        totals=stock_reads.totals(),
        page=page,
        query=query.urlencode(),
        may_move=request.user.has_perm(WRITE),
    )


@require_safe
@desk_page(READ)
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """Show one item's movements with what lay there after each, the newest first."""
    found = get_object_or_404(stock_reads.with_value(StockItem.objects.filter(variant__isnull=False)), pk=item_id)
    page = CappedPaginator(stock_reads.movements(item=found), PAGE_SIZE).get_page(request.GET.get("page"))
    return render_desk(
        request,
        "shop_desk/item.html",
        title=f"{found.sku} {found.title}",
        item=found,
        movements=list(page),
        page=page,
        query="",
        may_move=request.user.has_perm(WRITE),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(WRITE)
def receive(request: HttpRequest) -> HttpResponse:
    """Take goods into stock by a supplier's paper."""

    def act(form: ReceiveForm, said: dict[str, Any]) -> _StrPromise | str:
        return RECEIVED if stocking.receive(received=form.received(), **said) else SENT_BEFORE

    hint = _("By the supplier's paper. A row without a number of pieces is left out.")
    return _paper(request, ReceiveForm, act, title=_("Receive goods"), hint=hint)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(WRITE)
def write_off(request: HttpRequest) -> HttpResponse:
    """Take spoiled or lost pieces out of stock."""

    def act(form: RowsForm, said: dict[str, Any]) -> _StrPromise | str:
        return WRITTEN_OFF if stocking.write_off(lost=form.pieces(), **said) else SENT_BEFORE

    hint = _("Spoiled or lost pieces leave at what they cost on average: that is the fund's loss.")
    return _paper(request, RowsForm, act, title=_("Write goods off"), hint=hint)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(WRITE)
def count(request: HttpRequest) -> HttpResponse:
    """Let the books say what was counted."""

    def act(form: CountForm, said: dict[str, Any]) -> _StrPromise | str:
        found = stocking.count(counted=form.pieces(), seen=form.seen(), **said)
        return SENT_BEFORE if found is None else _differences(form, found)

    hint = _("Write what really lies there; what was not counted stays empty. What differs goes into the books.")
    return _paper(request, CountForm, act, title=_("Count the stock"), hint=hint)


def _paper(
    request: HttpRequest,
    kind: type[Any],
    act: Callable[[Any, dict[str, Any]], _StrPromise | str],
    *,
    title: str,
    hint: str,
) -> HttpResponse:
    """Ask for a paper's rows, and on a valid form let ``act`` move the stock; 422 where it can't be."""
    items, now = _chosen(request), timezone.now()
    if not items:
        messages.warning(request, str(NOTHING_CHOSEN))
        return redirect("shop_desk:stock")
    today = timezone.localdate(now)
    form = kind(request.POST or None, items=items, today=today, initial={"key": uuid4(), "day": today})
    if form.is_valid():
        try:
            words = act(form, form.said() | {"by": person(request), "now": now})
        except NotInStockError as error:
            form.add_error(f"pieces-{error.item_id}", _("Only %(held)d lie there.") % {"held": error.held})
        except MovedMeanwhileError as error:
            form.ask_anew(error.item_ids)
        else:
            messages.success(request, str(words))
            return redirect("shop_desk:stock")
    context = {"form": form, "hint": hint, "shows_pieces": kind is not CountForm}
    return render_desk(request, "shop_desk/paper.html", title=title, is_refused=bool(form.errors), **context)


def _chosen(request: HttpRequest) -> list[StockItem]:
    """Return the items that a paper is about. One query."""
    sent = request.POST if request.method == "POST" else request.GET
    ids = [int(one) for one in sent.getlist("item")[:MOST_ROWS] if one.isdecimal() and len(one) < 19]  # noqa: PLR2004 - digits of a bigint
    return stock_reads.chosen(item_ids=ids)


def _differences(form: CountForm, found: dict[int, int]) -> str:
    if not found:
        return str(COUNTED)
    names = {item.pk: item.sku for item in form.items}
    rows = ", ".join(f"{names[item_id]} {more:+d}" for item_id, more in found.items())
    words = ngettext("Counted: one thing differs: %(rows)s.", "Counted: %(count)d things differ: %(rows)s.", len(found))
    return words % {"count": len(found), "rows": rows}
