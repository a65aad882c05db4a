"""What is reserved for somebody is not there for anybody else."""

from __future__ import annotations

import pytest

from merch.catalogue.searching import search
from merch.catalogue.wanted import Wanted
from merch.models import Product, Variant
from merch.selectors import cards
from tests.fund.sales.orders import order, place
from tests.merch import shelf

pytestmark = pytest.mark.usefixtures("committed")


def test_reserved_pieces_are_not_available() -> None:
    mug = shelf.product()
    small, _big = shelf.variant(mug, pieces=2, size="S"), shelf.variant(mug, size="L")
    hidden = shelf.variant(mug, pieces=9, size="M", is_on_sale=False)

    place(order((small.item, 1, 500_00)))
    assert _available(mug) == (1, 1)
    place(order((small.item, 1, 500_00)))
    assert _available(mug) == (0, 0)
    Variant.objects.filter(pk=hidden.pk).update(is_on_sale=True)
    assert _available(mug) == (1, 9)


def _available(of: Product) -> tuple[int, int]:
    """Return how many products are found that are there, and how many pieces the card says."""
    (card,) = cards(numbers=[of.pk])
    return search(wanted=Wanted(available="now"), limit=9).total, card.available
