"""An organiser's own campaign: figures, what is to be done, gifts, and the gifts as a file."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns import overview, pictures
from campaigns.drafting.selectors import own_row
from campaigns.managing import selectors
from campaigns.managing.todo import todo
from campaigns.selectors import timeline
from campaigns.spending import shown_expenses
from campaigns.telling.selectors import told_updates
from fund.reports.exports.cells import safe_cell
from people.access import person
from people.paging import CappedPaginator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpRequest, HttpResponse

    from campaigns.managing.selectors import GiftRow
    from campaigns.models import Campaign

PAGE_SIZE = 25
UPDATES = 5
LINES_AT_ONCE = 200
BOM = "\ufeff"  # without it Excel reads Cyrillic letters as Western ones


@never_cache
@login_required
@require_safe
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how a campaign stands: raised, owed, spent; what is due; the last gifts. 404 for anybody else's."""
    found, now = _own(request, slug), timezone.now()
    days = overview.raised_by_day(campaign=found) if found.launched_at else []
    context = {
        "campaign": found,
        "money": selectors.money(campaign=found),
        "todo": todo(campaign=found, now=now),
        "letters": selectors.letters(campaign=found),
        "updates": told_updates(campaign=found)[:UPDATES],
        "returning": selectors.returning_count(campaign=found),
        "gifts": list(selectors.gift_rows(gifts=selectors.paid_gifts(campaign=found)[:5])),
        **shown_expenses(campaign=found),
        "days": days[::-1][: pictures.DAYS_IN_TABLE],
        "chart": pictures.raised_by_day(campaign=found, days=days, today=timezone.localdate(now)) if days else None,
        "timeline": timeline(campaign=found),
        "days_left": found.days_left(now),
        "row": own_row(campaign=found, user=person(request)),
    }
    return render(request, "managing/campaign.html", context)


@never_cache
@login_required
@require_safe
def gifts(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a campaign's gifts, page by page; names only where donors wanted them shown."""
    found = _own(request, slug)
    every = selectors.paid_gifts(campaign=found)
    page = CappedPaginator(every, PAGE_SIZE).get_page(request.GET.get("page"))
    first = (page.number - 1) * PAGE_SIZE
    context = {
        "campaign": found,
        "rows": list(selectors.gift_rows(gifts=every[first : first + PAGE_SIZE])),
        "previous_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(request, "managing/gifts.html", context)


@never_cache
@login_required
@require_safe
def gifts_file(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """Send all gifts of a campaign as CSV, a part at a time; no cell begins as a formula does."""
    found = _own(request, slug)
    rows = selectors.gift_rows(gifts=selectors.paid_gifts(campaign=found))
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.slug}-gifts.csv"'
    return response


def _own(request: HttpRequest, slug: str) -> Campaign:
    return get_object_or_404(selectors.own_campaigns(user=person(request)), slug=slug)


def _lines(rows: Iterable[GiftRow]) -> Iterator[str]:
    part = StringIO()
    writer = csv.writer(part, delimiter=";")
    part.write(BOM)
    writer.writerow(_head())
    for count, row in enumerate(rows, start=1):
        writer.writerow(_cells(row))
        if count % LINES_AT_ONCE == 0:
            yield part.getvalue()
            part.seek(0)
            part.truncate()
    yield part.getvalue()


def _head() -> list[str]:
    own = [_("Gift"), _("Paid"), _("Name for the site"), _("Word to the project")]
    return [*own, _("Sum, ₽"), _("Went back, ₽"), _("Entry in the books")]


def _cells(row: GiftRow) -> list[str]:
    return [
        row.number,
        f"{timezone.localtime(row.at):%d.%m.%Y %H:%M}",
        safe_cell(row.public_name),
        safe_cell(row.message),
        _roubles(row.amount_kopecks),
        _roubles(row.gone_back_kopecks),
        str(row.operation_number),
    ]


def _roubles(kopecks: int) -> str:
    return f"{kopecks // 100},{kopecks % 100:02}"
