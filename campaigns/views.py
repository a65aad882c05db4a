"""Pages of campaigns, and the form to give."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import selectors, services
from campaigns.forms import DonationForm, first_words
from campaigns.funding.fees import is_fee_kept
from campaigns.gift_views import remember, remembered
from campaigns.models import Campaign, Donation
from campaigns.showing import page_of
from campaigns.subscriptions.starting import offers_monthly
from fund.payments import selectors as payments
from fund.payments.addresses import client_address
from people.paging import CappedPaginator

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

EXPENSES_SHOWN = 25


@require_safe
def campaign_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one campaign: story, money, what it is for."""
    campaign = get_object_or_404(selectors.published(), slug=slug)
    return render(request, "campaigns/detail.html", page_of(campaign=campaign, now=timezone.now()))


@require_safe
def expenses(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a campaign's money was spent on, page by page, the newest paper first."""
    campaign = get_object_or_404(Campaign.objects.published(), slug=slug)
    found = payments.expenses(subject=campaign.slug)
    page = CappedPaginator(found, EXPENSES_SHOWN).get_page(request.GET.get("page"))
    context = {
        "campaign": campaign,
        "rows": list(page),
        "previous_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(request, "campaigns/expenses.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the donation form; on a valid one, open the payment and send the donor to it."""
    campaign = get_object_or_404(Campaign.objects.published(), slug=slug)
    now = timezone.now()
    is_kept = is_fee_kept(campaign=campaign)
    form = DonationForm(
        request.POST if request.method == "POST" else None,
        initial=_again(request),
        is_owed=campaign.is_owed,
        monthly=_monthly(campaign),
        is_fee_kept=is_kept,
    )
    if form.is_valid():
        donation = _give(request, campaign, form, now)
        if donation:
            remember(request, donation)
            return redirect(donation)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    if form.has_error(NON_FIELD_ERRORS, "too_many"):
        status = HTTPStatus.TOO_MANY_REQUESTS
    context = {"campaign": campaign, "form": form, "is_open": campaign.is_open(now), "is_fee_kept": is_kept}
    return render(request, "campaigns/give.html", context, status=status)


def _monthly(campaign: Campaign) -> str:
    """Return what is chosen at first where gifts may come each month; nothing where they may not."""
    if not offers_monthly(campaign):
        return ""
    return "monthly" if campaign.funding == Campaign.Funding.MONTHLY else "once"


def _again(request: HttpRequest) -> dict[str, object]:
    """Return what this browser wrote for an earlier gift that did not go through; no consents."""
    token = remembered(request, request.GET.get("again", ""))
    donation = Donation.objects.select_related("donor").filter(token=token).first() if token else None
    return first_words(donation) if donation else {}


def _give(request: HttpRequest, campaign: Campaign, form: DonationForm, now: datetime) -> Donation | None:
    """Make the gift, or say in the form why not."""
    try:
        return services.give(
            campaign=campaign,
            gift=form.gift(),
            key=form.request_key(),
            address=client_address(request),
            now=now,
            site_url=f"{request.scheme}://{request.get_host()}",
        )
    except services.CampaignClosedError:
        form.add_error(None, _("This campaign is closed: it takes no more gifts."))
    except services.KeyReusedError:
        form.renew_key()
        form.add_error(None, _("This form was sent before with other words. Look it over and send it once more."))
    except services.TooManyGiftsError:
        text = _("Too many gifts in a short time. Wait ten minutes and try again.")
        form.add_error(None, ValidationError(text, code="too_many"))
    return None
