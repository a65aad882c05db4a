"""A monthly gift's own page, behind its secret link: when, how much, stop, another sum, another card."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.gift_views import remember
from campaigns.models import Charge, Subscription
from campaigns.subscriptions import changing, charging, ending, selectors
from campaigns.subscriptions.calendar import month_of
from campaigns.subscriptions.forms import SumForm
from fund.money import Kopecks
from fund.payments.addresses import client_address

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@require_safe
def subscription(request: HttpRequest, token: str) -> HttpResponse:
    """Show a monthly gift."""
    return _page(request, token, SumForm())


@csrf_exempt  # a mail program calls by RFC 8058: the secret in the address is all that counts
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop it, once for good; looking changes nothing, since mail programs look too."""
    if request.method == "POST":
        try:
            ending.stop(token=token, now=timezone.now())
        except Subscription.DoesNotExist:
            raise Http404 from None
    return render(request, "campaigns/monthly_stop.html", {"own": _find(token)})


@never_cache
@require_POST
def change_sum(request: HttpRequest, token: str) -> HttpResponse:
    """Change the sum, or say on the page why not."""
    form = SumForm(request.POST)
    if form.is_valid():
        try:
            changing.change_amount(
                token=token,
                amount_kopecks=Kopecks(form.cleaned_data["amount"]),
                is_agreed=form.cleaned_data["recurring"],
                address=client_address(request),
                now=timezone.now(),
            )
        except Subscription.DoesNotExist:
            raise Http404 from None
        except changing.EndedError:
            form.add_error(None, _("This monthly gift does not go on: nothing is charged, nothing can be changed."))
        except changing.ConsentNeededError:
            form.add_error("recurring", _("To charge more each month we need this consent."))
        else:
            messages.success(request, _("The sum is changed."))
            return redirect("monthly:subscription", token=token)
    return _page(request, token, form)


@never_cache
@require_POST
def other_card(request: HttpRequest, token: str) -> HttpResponse:
    """Let the donor pay this month by another card, which is charged from then on."""
    site_url = f"{request.scheme}://{request.get_host()}"
    try:
        gift = charging.pay_by_another_card(token=token, site_url=site_url, now=timezone.now())
    except Subscription.DoesNotExist:
        raise Http404 from None
    except charging.NothingToPayError:
        messages.warning(request, _("There is nothing to pay now. Another card can be chosen before the next charge."))
        return redirect("monthly:subscription", token=token)
    remember(request, gift)
    return redirect(gift)


def _page(request: HttpRequest, token: str, form: SumForm) -> HttpResponse:
    own = _find(token)
    charges = selectors.charges(subscription=own.subscription)
    this_month = month_of(timezone.now())
    context = {
        "own": own,
        "is_card_changed_now": any(row.state == Charge.State.WAITING and row.month == this_month for row in charges),
        "subscription": own.subscription,
        "campaign": own.subscription.campaign,
        "charges": charges,
        "form": form,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "campaigns/monthly.html", context, status=status)


def _find(token: str) -> selectors.OwnSubscription:
    found = selectors.find(token=token)
    if found is None:
        raise Http404
    return found
