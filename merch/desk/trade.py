"""What sells, at the desk: weeks as a chart and as a table, margins by product, what lies still."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from fund.ledger.forms import PeriodForm
from fund.money import Kopecks, format_roubles
from fund.reports import charts
from merch.desk import trade_reads
from merch.desk.trade_reads import Sums
from merch.models import Product
from people.desk_pages import desk_page, render_desk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

    from merch.desk.trade_reads import Week

PERMISSION = "sales.view_saleline"
PAGE_SIZE = 50
USUAL = timedelta(weeks=12)
LONGEST = timedelta(days=371)
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)  # beyond them calendars end


class TradeForm(PeriodForm):
    """Of which days, of which product, and what stands first."""

    product = forms.ModelChoiceField(
        Product.objects.order_by("title", "pk"), label=gettext_lazy("Product"), required=False,
        empty_label=gettext_lazy("All products"),
    )  # fmt: skip
    order = forms.ChoiceField(
        label=gettext_lazy("First"),
        required=False,
        choices=[
            ("pieces", gettext_lazy("Best sellers")),
            ("revenue_kopecks", gettext_lazy("The most revenue")),
            ("margin_kopecks", gettext_lazy("The most margin")),
        ],
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """Refuse a period that is too long for a chart."""
        cleaned = super().clean()
        since, until = self.period(cleaned)
        if not self.errors and until - since > LONGEST:
            self.add_error("since", _("Choose a year at most."))
        return cleaned

    def period(self, cleaned: dict[str, Any]) -> tuple[date, date]:
        """Return the first day and the last; the last twelve weeks where none are chosen."""
        until = _traded(cleaned.get("until") or max(self.today, cleaned.get("since") or self.today))
        return _traded(cleaned.get("since") or until - USUAL), until


@require_safe
@desk_page(PERMISSION)
def trade(request: HttpRequest) -> HttpResponse:
    """Show what sold in a period: by week, by product, and what lies still."""
    now = timezone.now()
    form = TradeForm(request.GET, today=timezone.localdate(now))
    wanted = form.cleaned_data if form.is_valid() else {}
    since, until = form.period(wanted)
    product = wanted.get("product")
    known: dict[str, Any] = {"since": since, "until": until, "product_id": product.pk if product else None}
    found = trade_reads.traded(**known, order=wanted.get("order") or trade_reads.ORDERS[0])
    weeks = trade_reads.weeks(**known)
    query = request.GET.copy()
    query.pop("page", None)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render_desk(
        request,
        "shop_desk/trade.html",
        title=_("What sells"),
        is_refused=bool(form.errors),
        form=form,
        since=since,
        until=until,
        product=product,
        total=sum((row.sums for row in found), Sums()),
        page=page,
        query=query.urlencode(),
        weeks=weeks[::-1],
        chart=_chart(weeks),
        still=trade_reads.lying_still(now=now),
    )


def _traded(day: date) -> date:
    """Return a day, or the nearest on which anybody could trade."""
    return min(max(day, EARLIEST), LATEST)


def _chart(weeks: Sequence[Week]) -> SafeString:
    """Return two columns for each week: revenue, and what goods and ЮKassa cost."""
    columns = [
        charts.Column(
            date_format(week.monday, "d.m"),
            week.sums.revenue_kopecks,
            Kopecks(week.sums.cost_kopecks + week.sums.fee_kopecks),
        )
        for week in weeks
    ]
    revenue = sum(week.sums.revenue_kopecks for week in weeks)
    margin = sum(week.sums.margin_kopecks for week in weeks)
    words = _("%(weeks)d weeks: revenue %(revenue)s, margin %(margin)s.") % {
        "weeks": len(weeks),
        "revenue": format_roubles(revenue),
        "margin": format_roubles(margin),
    }
    return charts.columns(name="trade-chart", title=_("Sales by week"), description=words, rows=columns)
