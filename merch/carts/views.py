"""The cart: what is in it, another number of it, a promo code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from fund.money import Kopecks
from fund.sales import services as sales
from fund.sales.models import Sale
from merch.carts.basket import MOST_LINES, Basket, CartFullError
from merch.carts.forms import ChangeForm, CodeForm, LineForm
from merch.carts.keeping import basket_of, is_divided, keep
from merch.carts.shown import cart_page
from merch.models import Product, Variant
from people.addresses import client_address

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse


@never_cache
@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    """Show the cart; a price that changed is told once, then it is the one that was seen."""
    basket, now = basket_of(request), timezone.now()
    page = cart_page(basket=basket, now=now)
    context = {"page": page, "form": CodeForm(initial={"code": page.promo_code}), "removed": _removed(request)}
    response = render(request, "cart/cart.html", context)
    seen = basket.see({row.variant.pk: row.price_kopecks for row in page.rows})
    if request.method == "GET" and (seen != basket or is_divided(request)):
        keep(request, response, seen, now)
    return response


@never_cache
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put pieces of a variant into the cart."""
    form, now = LineForm(request.POST), timezone.now()
    if not form.is_valid():
        messages.error(request, _("Choose how many: from 1 to 99."))
        return redirect("cart:cart")
    on_sale = Variant.objects.filter(is_on_sale=True, product__state=Product.State.LISTED)
    variant = get_object_or_404(on_sale.select_related("product"), pk=form.cleaned_data["variant"])
    price, many = Kopecks(variant.price_kopecks), form.cleaned_data["quantity"]
    response = redirect("cart:cart")
    try:
        keep(request, response, basket_of(request).add(variant_id=variant.pk, quantity=many, price_kopecks=price), now)
    except CartFullError:
        messages.error(request, _("The cart holds %(most)s different things at most.") % {"most": MOST_LINES})
    return response


@never_cache
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Change how many pieces of a line are wanted; what was taken out can be put back."""
    form = ChangeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose how many: from 1 to 99."))
        return redirect("cart:cart")
    basket, variant_id, many = basket_of(request), form.cleaned_data["variant"], form.cleaned_data["quantity"]
    before = basket.lines.get(variant_id)
    query = "?" + urlencode({"removed": variant_id, "was": before.quantity}) if before and not many else ""
    response = redirect(reverse("cart:cart") + query)
    keep(request, response, basket.put(variant_id=variant_id, quantity=many), timezone.now())
    return response


@never_cache
@require_POST
def code(request: HttpRequest) -> HttpResponse:
    """Put a promo code into the cart, or take it back."""
    form, now = CodeForm(request.POST), timezone.now()
    response = redirect("cart:cart")
    typed = form.cleaned_data["code"] if form.is_valid() else ""
    found = _find_code(request, typed, now) if typed else ""
    if found is not None:
        basket = basket_of(request)
        keep(request, response, Basket(basket.lines, found), now)
    return response


@never_cache
@require_POST
def again(request: HttpRequest, token: str) -> HttpResponse:
    """Put what an order that was not paid held into the cart once more, as far as it is on sale."""
    sale = get_object_or_404(Sale, token=token, state=Sale.State.NOT_PAID)
    basket, response = basket_of(request), redirect("cart:cart")
    pieces = dict(sale.lines.filter(item__isnull=False).values_list("item", "quantity"))
    for variant in Variant.objects.filter(item__in=pieces, is_on_sale=True, product__state=Product.State.LISTED):
        if variant.pk not in basket.lines and len(basket.lines) < MOST_LINES:
            price = Kopecks(variant.price_kopecks)
            basket = basket.add(variant_id=variant.pk, quantity=pieces[variant.item_id], price_kopecks=price)
    keep(request, response, basket, timezone.now())
    return response


def _find_code(request: HttpRequest, typed: str, now: datetime) -> str | None:
    """Return the code as it is kept; none, and a word to the buyer, where it does not hold."""
    try:
        return sales.find_code(code=typed, address=client_address(request), now=now).code
    except sales.UnknownCodeError:
        messages.error(request, _("There is no such promo code, or its time is over."))
    except sales.TooManyMissesError:
        messages.error(request, _("Too many wrong codes. Try again in an hour."))
    return None


def _removed(request: HttpRequest) -> dict[str, object] | None:
    """Return what was just taken out, so that it can be put back."""
    form = LineForm({"variant": request.GET.get("removed"), "quantity": request.GET.get("was")})
    if not form.is_valid():
        return None
    variant = Variant.objects.select_related("product").filter(pk=form.cleaned_data["variant"]).first()
    return {"variant": variant, "quantity": form.cleaned_data["quantity"]} if variant else None
