"""Money that goes back, at the desk: missed campaigns with their bars, each gift's state; debts to donors."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns.funding import watching
from campaigns.models import Donation
from campaigns.wishes import paying
from fund.payments.models import Refund
from fund.payments.selectors import PAGE_SIZE
from people.access import person
from people.desk_pages import desk_page, render_desk
from people.paging import CappedPaginator

if TYPE_CHECKING:
    from django.core.paginator import Page
    from django.http import HttpRequest

CAMPAIGNS = 20


@require_safe
@desk_page("payments.view_refund")
def missed_list(request: HttpRequest) -> HttpResponse:
    """Show missed campaigns, the newest first, each with its bar."""
    page = Paginator(watching.missed(), CAMPAIGNS).get_page(request.GET.get("page"))
    rows = watching.bars(campaigns=list(page))
    return render_desk(request, "desk/returns.html", title=_("Money of missed campaigns"), rows=rows, **_pages(page))


@require_safe
@desk_page("payments.view_refund")
def missed_detail(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Show one missed campaign's bar and its gifts."""
    campaign = get_object_or_404(watching.missed(), pk=campaign_id)
    page = CappedPaginator(watching.own_gifts(campaign=campaign), PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "bar": watching.bars(campaigns=[campaign])[0],
        "rows": watching.gift_lines(gifts=list(page)),
    }
    return render_desk(request, "desk/returning.html", title=campaign.title, **context, **_pages(page))


@require_safe
@desk_page("payments.view_refund")
def missed_state(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Answer the page's own question how far it is; nothing where nothing changed."""
    campaign = get_object_or_404(watching.missed(), pk=campaign_id)
    bar = watching.bars(campaigns=[campaign])[0]
    if request.GET.get("seen") == bar.mark:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, "desk/_bar.html", {"bar": bar})


@require_safe
@desk_page("payments.view_bankentry")
def debt_list(request: HttpRequest) -> HttpResponse:
    """Show what the fund owes donors, the oldest first."""
    page = CappedPaginator(watching.debts(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render_desk(
        request,
        "desk/debts.html",
        title=_("Debts to donors"),
        rows=watching.debt_lines(refunds=list(page)),
        owed_kopecks=watching.owed_kopecks(),
        may_enter=request.user.has_perm("payments.enter_bank_payment"),
        may_read=request.user.has_perm("campaigns.view_bankdetails"),
        **_pages(page),
    )


@require_safe
@desk_page("campaigns.view_bankdetails", fresh=True)
def debt_details(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Show where to pay one debt, and write down who looked."""
    refund = get_object_or_404(Refund.objects.owed(), pk=refund_id)
    payee = paying.read_details(refund=refund, user=person(request), now=timezone.now())
    gift = Donation.objects.filter(payment=refund.payment_id).first()
    context: dict[str, Any] = {"refund": refund, "payee": payee, "gift": gift}
    return render_desk(request, "desk/debt.html", title=_("Where to pay the debt"), **context)


def _pages(page: Page[Any]) -> dict[str, Any]:
    return {
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
        "previous_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
    }
