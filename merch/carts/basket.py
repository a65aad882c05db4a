"""What is in a cart, as a value: kept in a signed cookie, or in a person's row. Pure but for the two keepers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signing

from fund.money import Kopecks
from merch.models import Cart

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from people.models import User

COOKIE, SALT = "cart", "merch.carts"
COOKIE_SECONDS = 60 * 24 * 3600
MOST_OF_ONE = 99
MOST_LINES = 30
LARGEST_KEY = 2**63 - 1


class CartFullError(Exception):
    """There are ``MOST_LINES`` different things in it already."""


@dataclass(frozen=True)
class Wanted:
    """Pieces of a variant, and what one cost when the buyer last looked."""

    quantity: int
    seen_kopecks: Kopecks


@dataclass(frozen=True)
class Basket:
    """Lines by variant in the order in which they came, and a promo code."""

    lines: dict[int, Wanted] = field(default_factory=dict)
    promo_code: str = ""

    def add(self, *, variant_id: int, quantity: int, price_kopecks: Kopecks) -> Basket:
        """Return a cart with so many pieces more; never more than ``MOST_OF_ONE`` of one thing.

        :raises CartFullError: if it holds too many things.
        """
        before = self.lines.get(variant_id)
        if before is None and len(self.lines) >= MOST_LINES:
            raise CartFullError
        many = min((before.quantity if before else 0) + quantity, MOST_OF_ONE)
        return replace(self, lines={**self.lines, variant_id: Wanted(many, price_kopecks)})

    def put(self, *, variant_id: int, quantity: int) -> Basket:
        """Return a cart with so many pieces of a line; none takes the line out."""
        lines = dict(self.lines)
        if quantity <= 0:
            lines.pop(variant_id, None)
        elif variant_id in lines:
            lines[variant_id] = replace(lines[variant_id], quantity=min(quantity, MOST_OF_ONE))
        return replace(self, lines=lines)

    def see(self, prices: dict[int, Kopecks]) -> Basket:
        """Return a cart whose prices have been looked at."""
        lines = {key: replace(row, seen_kopecks=prices.get(key, row.seen_kopecks)) for key, row in self.lines.items()}
        return replace(self, lines=lines)

    def merge(self, other: Basket) -> Basket:
        """Return both carts as one: of each thing the larger number, so that merging twice changes nothing."""
        lines = dict(self.lines)
        for key, row in other.lines.items():
            known = lines.get(key)
            if known is None and len(lines) >= MOST_LINES:
                continue
            lines[key] = row if known is None or row.quantity > known.quantity else known
        return Basket(lines, other.promo_code or self.promo_code)

    def dump(self) -> dict[str, Any]:
        """Return it as plain values."""
        rows = [[key, row.quantity, row.seen_kopecks] for key, row in self.lines.items()]
        return {"lines": rows, "code": self.promo_code}


def load(content: object) -> Basket:
    """Return a cart of what :meth:`Basket.dump` wrote; an empty one of anything else, such as other versions wrote."""
    match content:
        case {"lines": [*rows], "code": str(code)} if all(map(_is_line, rows)) and code.isprintable():
            return Basket({key: Wanted(many, Kopecks(seen)) for key, many, seen in rows}, code)
    return Basket()


def _is_line(row: object) -> bool:
    match row:
        case [int(key), int(many), int(_seen)]:
            return 0 < key <= LARGEST_KEY and 0 < many <= MOST_OF_ONE
    return False


def read_cookie(request: HttpRequest) -> Basket:
    """Return the cart in this browser's cookie; an empty one where it is not ours, or too old."""
    try:
        return load(signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=COOKIE_SECONDS))
    except signing.BadSignature:
        return Basket()


def write_cookie(response: HttpResponse, basket: Basket) -> None:
    """Let the browser keep a cart; forget the cookie where it is empty."""
    if not basket.lines:
        response.delete_cookie(COOKIE, samesite="Lax")
        return
    text = signing.dumps(basket.dump(), salt=SALT, compress=True)
    is_secure = bool(settings.SESSION_COOKIE_SECURE)
    response.set_cookie(COOKIE, text, max_age=COOKIE_SECONDS, httponly=True, secure=is_secure, samesite="Lax")


def read_row(user: User) -> Basket:
    """Return a person's cart. One query."""
    row = Cart.objects.filter(user=user).first()
    return load(row.content) if row else Basket()


def forget_old_carts(*, now: datetime) -> int:
    """Forget carts that nobody has touched for long; return how many. One query."""
    return Cart.objects.filter(touched_at__lt=now - timedelta(days=settings.CART_DAYS)).delete()[0]


def write_row(user: User, basket: Basket, now: datetime) -> None:
    """Keep a person's cart. One query; the last who writes is right."""
    values = {"content": basket.dump(), "touched_at": now}
    Cart.objects.update_or_create(user=user, defaults=values)
