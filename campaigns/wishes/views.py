"""What a donor may do from a gift's secret page: ask for it back, take it back, say where to pay what is owed."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.funding.fees import split
from campaigns.models import Donation
from campaigns.wishes import asking, paying
from campaigns.wishes.forms import AskForm, PayeeForm
from fund.payments.selectors import refund_sums, refundable_kopecks

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Ask why the gift is to go back, and write it down; where it is the donor's own still, offer it at once."""
    gift, now = _find(token), timezone.now()
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            asking.ask_refund(donation_id=gift.pk, reason=form.cleaned_data["reason"], now=now)
        except asking.WishError as error:
            form.add_error(None, _words(error))
        else:
            messages.success(request, _("Your request is with the fund's treasurer. The answer comes by e-mail."))
            return redirect(gift)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    may_take = asking.can_take_back(donation=gift, now=now)
    context = {
        "donation": gift,
        "form": form,
        "left_kopecks": refundable_kopecks(payment=gift.payment),
        "parts": split(payment=gift.payment, is_fee_kept=gift.is_fee_kept, now=now) if may_take else None,
    }
    return render(request, "wishes/ask.html", context, status=status)


@never_cache
@require_POST
def take_back(request: HttpRequest, token: str) -> HttpResponse:
    """Send the gift back at its donor's word."""
    gift = _find(token)
    try:
        asking.take_back(donation_id=gift.pk, now=timezone.now())
    except asking.WishError as error:
        messages.error(request, _words(error))
        return redirect("gifts:ask_refund", token=token)
    messages.success(request, _("The gift is on its way back to you."))
    return redirect(gift)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, token: str) -> HttpResponse:
    """Ask where to pay what the fund owes, and keep it sealed; what was given is never shown again."""
    gift = _find(token)
    owed = refund_sums(payment_ids=[gift.payment_id])[gift.payment_id].owed_kopecks
    form = PayeeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            paying.give_details(donation_id=gift.pk, payee=form.payee(), now=timezone.now())
        except paying.DetailsError as error:
            form.add_error(None, _why_not(error))
        else:
            messages.success(request, _("Thank you. We pay within ten days and write once it is done."))
            return redirect(gift)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"donation": gift, "form": form, "owed_kopecks": owed, "is_given": hasattr(gift, "bank_details")}
    return render(request, "wishes/details.html", context, status=status)


def _words(error: asking.WishError) -> str:
    words = {
        asking.NothingLeftError: _("Nothing of this gift can go back any more."),
        asking.AskedAlreadyError: _("You asked for it already: the answer comes by e-mail."),
        asking.TooManyWishesError: _("That is too often. Write to the fund."),
        asking.NotOwnMoneyError: _("The goal is met or the campaign is over: ask the fund for the gift."),
    }
    return words[type(error)]


def _why_not(error: paying.DetailsError) -> str:
    words = {
        paying.NotOwedError: _("The fund owes nothing of this gift: nothing was kept."),
        paying.OrderWaitsError: _(
            "The fund is paying by the details that it has, so they can't be changed now. Were they wrong, write to us."
        ),
        paying.TooManyDetailsError: _("The details were changed too often today. Write to the fund."),
    }
    return words[type(error)]


def _find(token: str) -> Donation:
    return get_object_or_404(Donation.objects.select_related("payment", "campaign", "bank_details"), token=token)
