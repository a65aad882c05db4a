"""Whose cart it is: a browser's until its person signs in, then the person's, on every device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from merch.carts.basket import COOKIE, Basket, read_cookie, read_row, write_cookie, write_row

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from people.models import User


def signed_in(request: HttpRequest) -> User | None:
    """Return who is signed in, if somebody is."""
    return request.user if request.user.is_authenticated else None


def basket_of(request: HttpRequest) -> Basket:
    """Return the cart of who asks; who signed in has what the browser held besides. At most one query."""
    user = signed_in(request)
    if user is None:
        return read_cookie(request)
    own = read_row(user)
    return own.merge(read_cookie(request)) if is_divided(request) else own


def is_divided(request: HttpRequest) -> bool:
    """Return whether the browser of who signed in still holds a cart of its own."""
    return signed_in(request) is not None and COOKIE in request.COOKIES


def keep(request: HttpRequest, response: HttpResponse, basket: Basket, now: datetime) -> None:
    """Keep the cart where it belongs; a signed-in person's browser needs no cookie any more."""
    user = signed_in(request)
    if user is None:
        write_cookie(response, basket)
        return
    write_row(user, basket, now)
    if is_divided(request):
        write_cookie(response, Basket())
