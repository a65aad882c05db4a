"""Many hands at the shop's desk at the same moment."""

from __future__ import annotations

from django.utils import timezone

from fund.sales.models import StockItem
from merch import stocking
from tests import make
from tests.merch import shelf
from tests.merch.desk import acts
from tests.together import together


def test_one_paper_sent_by_many_at_once_moves_once(committed: str) -> None:
    person = make.staff("brand_manager")
    mug = shelf.variant(shelf.product(), pieces=5)

    def lose() -> bool:
        return stocking.write_off(
            lost={mug.item_id: 1}, document="1", key="k", business_date=timezone.localdate(), by=person, now=make.NOW
        )

    together(*[lose] * 6)
    assert StockItem.objects.get(pk=mug.item_id).pieces == 4
    assert len(acts()) == 1
