"""The public books: operations, accounts, one operation."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from fund.ledger import log, selectors
from fund.ledger.forms import LARGEST_NUMBER, OperationsForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE_SIZE = 25
ACCOUNTS_PAGE_SIZE = 50


@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """Show operations, newest first, of a project and period where asked."""
    form = OperationsForm(request.GET, projects=selectors.projects())
    if not form.is_valid():
        context = {"form": form, "rows": [], "previous_url": "", "next_url": "", "checkpoint": None}
        return render(request, "ledger/operations.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    before, after = form.cleaned_data["before"], form.cleaned_data["after"]
    rows = selectors.operations_page(wanted=form.wanted(), before=before, after=after, limit=PAGE_SIZE + 1)
    has_more = len(rows) > PAGE_SIZE
    is_upward = after is not None
    shown = (rows[1:] if is_upward else rows[:-1]) if has_more else rows
    has_newer = has_more if is_upward else before is not None
    has_older = True if is_upward else has_more
    context = {
        "form": form,
        "rows": shown,
        "previous_url": _page(request, after=shown[0].number) if shown and has_newer else "",
        "next_url": _page(request, before=shown[-1].number) if shown and has_older else "",
        "checkpoint": selectors.newest_checkpoint(),
    }
    return render(request, "ledger/operations.html", context)


@require_safe
def operation(request: HttpRequest, number: int) -> HttpResponse:
    """Show one operation in plain words and as Дт/Кт."""
    found = selectors.find_operation(number=number) if number <= LARGEST_NUMBER else None
    if found is None:
        raise Http404
    return render(request, "ledger/operation.html", {"operation": found, "entry": log.find_entry(number=number)})


@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Show accounts with what they hold now."""
    after = request.GET.get("after", "")[:80].replace("\x00", "")
    rows = selectors.accounts_page(after=after, limit=ACCOUNTS_PAGE_SIZE + 1)
    context = {
        "rows": rows[:ACCOUNTS_PAGE_SIZE],
        "next_url": f"?{urlencode({'after': rows[ACCOUNTS_PAGE_SIZE - 1].code})}"
        if len(rows) > ACCOUNTS_PAGE_SIZE
        else "",
        "checkpoint": selectors.newest_checkpoint(),
    }
    return render(request, "ledger/accounts.html", context)


def _page(request: HttpRequest, **place: str | int) -> str:
    kept: dict[str, str | int] = {
        name: str(value) for name, value in request.GET.items() if name not in {"before", "after"} and value
    }
    return f"?{urlencode(kept | place)}"
