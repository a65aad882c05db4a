"""The checkout: whom the order goes to, what it comes to, then the payment."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from fund.money import format_roubles
from fund.sales import services as sales
from fund.sales.delivery import NotDeliveredError
from fund.sales.models import Sale
from fund.sales.views import SESSION, remember
from merch.carts import ordering
from merch.carts.basket import Basket
from merch.carts.forms import CheckoutForm
from merch.carts.keeping import basket_of, keep, signed_in
from merch.carts.shown import cart_page
from people.addresses import client_address

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from merch.carts.ordering import Totals
    from merch.carts.shown import CartPage


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    """Ask where the order goes; place it once the buyer has seen what it comes to, and send them to the payment."""
    now = timezone.now()
    page = cart_page(basket=basket_of(request), now=now)
    placed = _placed(request) if request.method == "POST" else None
    if placed or not page.can_be_ordered:
        return redirect(placed or reverse("cart:cart"))
    form = _form(request, now)
    if form.is_valid():
        sale = _try(request, page, form, now)
        if sale:
            remember(request, sale)
            response = redirect(sale)
            keep(request, response, Basket(), now)
            return response
    return render(request, "cart/checkout.html", _context(page, form), status=_status(form))


@never_cache
@require_POST
def total(request: HttpRequest) -> HttpResponse:
    """Answer the form's own question what the order comes to, as far as it is filled in."""
    now = timezone.now()
    page = cart_page(basket=basket_of(request), now=now)
    form = _form(request, now)
    form.full_clean()
    return render(request, "cart/_total.html", _context(page, form))


def _placed(request: HttpRequest) -> Sale | None:
    """Return the order that this very form has placed before: the button was pressed twice."""
    own = Sale.objects.filter(token__in=request.session.get(SESSION, {}).values())
    key = request.POST.get("key", "").replace("\x00", "")
    return own.filter(request_key=f"form:{key}").first()


def _form(request: HttpRequest, now: datetime) -> CheckoutForm:
    user = signed_in(request)
    initial = {"carrier": Sale.Carrier.PICKUP.value, "email": user.email if user else ""}
    data = request.POST if request.method == "POST" else None
    return CheckoutForm(data, initial=initial, receivers=ordering.receivers(now=now))


def _context(page: CartPage, form: CheckoutForm) -> dict[str, object]:
    typed = form.data if form.is_bound else form.initial
    gift = form.cleaned_data.get("gift") if form.is_bound else None
    postcode = "".join(str(typed.get("postcode", "")).split())
    carrier, ways = str(typed.get("carrier", "")), ordering.ways(page=page, postcode=postcode)
    totals = ordering.likely_totals(page=page, ways=ways, carrier=carrier, gift_kopecks=gift)
    return {"page": page, "form": form, "ways": ways, "carrier": carrier, "totals": totals}


def _status(form: CheckoutForm) -> HTTPStatus:
    if form.has_error(NON_FIELD_ERRORS, "too_many"):
        return HTTPStatus.TOO_MANY_REQUESTS
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _try(request: HttpRequest, page: CartPage, form: CheckoutForm, now: datetime) -> Sale | None:
    """Place the order, or say in the form why not."""
    filled = form.cleaned_data
    try:
        totals = ordering.totals(
            page=page, carrier=filled["carrier"], postcode=filled["postcode"], gift_kopecks=filled["gift"]
        )
    except NotDeliveredError:
        form.add_error("carrier", _("This carrier does not take such a parcel there. Choose another one."))
        return None
    if request.POST.get("seen_kopecks") != totals.seal:
        text = _("The order comes to %(sum)s. If that is right, press the button once more.")
        form.add_error(None, text % {"sum": format_roubles(totals.total_kopecks)})
        return None
    return _place(request, page, totals, form, now)


def _place(request: HttpRequest, page: CartPage, totals: Totals, form: CheckoutForm, now: datetime) -> Sale | None:
    try:
        return ordering.place(
            page=page,
            totals=totals,
            filled=form.cleaned_data,
            key=form.request_key(),
            address=client_address(request),
            now=now,
            user=signed_in(request),
            site_url=f"{request.scheme}://{request.get_host()}",
        )
    except sales.SoldOutError as error:
        form.add_error(None, _sold_out(page, error))
    except sales.KeyReusedError:
        form.renew_key()
        form.add_error(None, _("This form was sent before with other words. Look it over and send it once more."))
    except sales.TooManyUnpaidError:
        text = _("You hold several orders that are not paid. Pay one of them, or wait until they end: about an hour.")
        form.add_error(None, ValidationError(text, code="too_many"))
    except sales.TooManyHeldError as error:
        form.add_error(None, ordering.too_many_held(error))
    except (sales.UnknownCodeError, sales.CodeUsedError, sales.DiscountChangedError):
        form.add_error(None, _("The promo code does not hold any more. Take it out of the cart and order without it."))
    return None


def _sold_out(page: CartPage, error: sales.SoldOutError) -> str:
    short = [row for row in page.rows if row.variant.item_id in error.available]
    told = [
        _("%(title)s: %(many)s left") % {"title": row.variant.item.title, "many": error.available[row.variant.item_id]}
        for row in short
    ]
    return _("Somebody was quicker. %(goods)s. Change the cart, please.") % {"goods": "; ".join(told)}
