"""A buyer who asks to give goods back while others do the same, or while the desk decides."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from fund.ledger.audit import audit
from fund.payments.models import Refund
from fund.sales import services
from fund.sales.models import ReturnWish, Sale, SaleReturn
from people.models import Letter
from tests.fund.sales.goods import buy, item
from tests.fund.sales.orders import TO_DOOR, go, order, paid
from tests.together import together

if TYPE_CHECKING:
    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def sale(control: EmulatorControl) -> Sale:
    """Give an order of three pieces that its buyer has."""
    mug = item()
    buy(mug, pieces=5, price=300_00)
    return go(paid(control, order((mug, 3, 500_00))), *TO_DOOR)


def ask(sale: Sale, pieces: int, line: int = 0) -> ReturnWish:
    return services.ask_to_return(
        sale_id=sale.pk,
        pieces={line or sale.lines.get().pk: pieces},
        reason=ReturnWish.Reason.FAULTY,
        words="Скол",
        now=timezone.now(),
    )


def take_back(sale: Sale, key: str) -> SaleReturn:
    return services.return_pieces(
        sale_id=sale.pk, backs=[services.Back(sale.lines.get().pk, 2)], reason=SaleReturn.Reason.FAULTY, key=key,
        by=None, today=timezone.localdate(), now=timezone.now(),
    )  # fmt: skip


def test_a_wish_sent_by_many_hands_is_one(sale: Sale) -> None:
    together(*[partial(ask, sale, 1 + number % 3) for number in range(8)])

    wish = ReturnWish.objects.get()
    assert (wish.state, wish.lines.count(), SaleReturn.objects.count()) == ("open", 1, 0)


@pytest.mark.parametrize("pieces", [0, -1, 4, 10**9])
def test_a_wish_for_what_the_buyer_has_not_is_refused(sale: Sale, pieces: int) -> None:
    with pytest.raises(services.TooManyPiecesError):
        ask(sale, pieces)
    assert not ReturnWish.objects.exists()


def test_anothers_line_is_none_of_this_order(sale: Sale, control: EmulatorControl) -> None:
    cap = item("CAP")
    buy(cap, pieces=1, price=300_00)
    theirs = go(paid(control, order((cap, 1, 500_00))), *TO_DOOR)
    with pytest.raises(services.TooManyPiecesError):
        ask(sale, 1, line=theirs.lines.get().pk)


def test_goods_are_paid_back_once_however_the_wish_ends(sale: Sale) -> None:
    wish = ask(sale, 2)
    now = timezone.now()
    together(
        *[partial(take_back, sale, f"back-{number % 2}") for number in range(4)],
        partial(services.drop_wish, sale_id=sale.pk, now=now),
        partial(services.decline_wish, wish_id=wish.pk, answer="Нет", now=now),
        refusals=(services.TooManyPiecesError, services.NotOpenError),
    )

    wish.refresh_from_db()
    assert wish.state in {"done", "dropped", "declined"}
    assert Letter.objects.filter(kind="order_declined").count() == (wish.state == "declined")
    (made,) = SaleReturn.objects.all()
    assert wish.made_id == (made.pk if wish.state == "done" else None)
    assert [row.amount_kopecks for row in Refund.objects.all()] == [2 * 500_00]
    assert audit().fault == ""
