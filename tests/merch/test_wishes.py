"""A buyer asks to give goods back on the order's page; who packs orders takes them back, or says why not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from fund.ledger.audit import audit
from fund.sales import services
from fund.sales.models import ReturnWish, Sale, SaleReturn
from people.letters import find
from people.models import Letter, StaffAct
from tests import make
from tests.fund.sales.orders import go, order, paid
from tests.merch import shelf

if TYPE_CHECKING:
    from django.test import Client

    from emulator.control import EmulatorControl

pytestmark = pytest.mark.django_db
State, Reason = Sale.State, ReturnWish.Reason
WORDS = {"reason": "returned", "words": ""}


@pytest.fixture
def sale(control: EmulatorControl) -> Sale:
    """Give an order of two things that was handed over."""
    mug, badge = (shelf.variant(shelf.product(), pieces=5) for _number in range(2))
    found = paid(control, order((mug.item, 3, 50_000), (badge.item, 1, 20_000)))
    return go(found, State.ASSEMBLING, State.READY, State.HANDED_OVER)


def pieces(sale: Sale, *many: int) -> dict[str, Any]:
    rows = sale.lines.order_by("number").values_list("pk", flat=True)
    return {f"pieces-{pk}": number for pk, number in zip(rows, many, strict=True)}


def ask(client: Client, sale: Sale, *many: int, **words: str) -> Any:
    return client.post(f"{sale.get_absolute_url()}return/", pieces(sale, *many) | WORDS | words)


def text(client: Client, sale: Sale) -> str:
    return client.get(sale.get_absolute_url()).content.decode().replace("\xa0", " ")


def test_a_buyer_asks_asks_anew_and_keeps_it_after_all(client: Client, sale: Sale) -> None:
    assert ask(client, sale, 2, 0).headers["Location"] == sale.get_absolute_url()
    assert "вы попросили вернуть товар" in text(client, sale)
    ask(client, sale, 1, 1, reason="faulty", words="Скол на ручке")
    wish = ReturnWish.objects.get()
    assert (wish.reason, wish.words, sorted(wish.lines.values_list("quantity", flat=True))) == (
        "faulty", "Скол на ручке", [1, 1],
    )  # fmt: skip
    for _time in range(2):
        client.post(f"{sale.get_absolute_url()}return/drop/")
    assert ReturnWish.objects.get().state == "dropped"
    assert "Вернуть товар" in text(client, sale)
    assert not SaleReturn.objects.exists()
    assert client.get(f"{sale.get_absolute_url()}return/drop/").status_code == 405


@pytest.mark.parametrize(
    ("many", "words", "field"),
    [
        ((0, 0), {}, "__all__"), ((4, 0), {}, "pieces"), ((-1, 0), {}, "pieces"), ((1, 0), {"reason": "odd"}, "reason"),
        ((1, 0), {"reason": "faulty"}, "words"), ((1, 0), {"words": "x" * 501}, "words"), ((10**9, 0), {}, "pieces"),
    ],
)  # fmt: skip
def test_a_wish_that_can_not_be_is_sent_back(
    client: Client, sale: Sale, many: tuple[int, int], words: dict[str, str], field: str
) -> None:
    page = ask(client, sale, *many, **words)
    assert page.status_code == 422
    assert all(name.startswith(field) for name in page.context["form"].errors)
    assert not ReturnWish.objects.exists()


def test_only_what_has_left_can_be_asked_for(client: Client, control: EmulatorControl) -> None:
    mug = shelf.variant(shelf.product(), pieces=5)
    fresh = paid(control, order((mug.item, 1, 50_000)))
    assert ask(client, fresh, 1).headers["Location"] == fresh.get_absolute_url()
    assert not ReturnWish.objects.exists()
    assert client.get(f"/orders/{'x' * 43}/return/").status_code == 404
    with pytest.raises(services.NotReturnableError):
        services.ask_to_return(
            sale_id=fresh.pk, pieces={fresh.lines.get().pk: 1}, reason=Reason.RETURNED, words="", now=timezone.now()
        )


def test_a_change_of_mind_is_said_in_time_and_goods_may_come_later(client: Client, sale: Sale) -> None:
    received = timezone.now() - timedelta(days=6)
    Sale.objects.filter(pk=sale.pk).update(received_at=received)
    ask(client, sale, 1, 0)
    Sale.objects.filter(pk=sale.pk).update(received_at=received - timedelta(days=9))
    ReturnWish.objects.update(asked_at=received - timedelta(days=3))
    back = services.Back(sale.lines.order_by("number")[0].pk, 1)
    made = services.return_pieces(
        sale_id=sale.pk, backs=[back], reason=SaleReturn.Reason.RETURNED, key=uuid4().hex, by=None,
        today=timezone.localdate(), now=timezone.now(),
    )  # fmt: skip
    wish = ReturnWish.objects.get()
    assert (wish.state, wish.made) == ("done", made)
    late = ask(client, sale, 1, 0)
    assert (late.status_code, "reason" in late.context["form"].errors) == (422, True)
    assert ask(client, sale, 1, 0, reason="faulty", words="Трещина").status_code == 302
    assert audit().fault == ""


def test_the_desk_takes_back_what_was_asked_for(client: Client, sale: Sale) -> None:
    ask(client, sale, 2, 0, reason="faulty", words="Скол на ручке")
    make.sign_in(client, make.staff("brand_manager"))
    assert sale.number in client.get("/desk/shop/today/").content.decode()
    page = client.get(f"/desk/shop/orders/{sale.pk}/").content.decode()
    assert "Скол на ручке" in page
    form = client.get(f"/desk/shop/orders/{sale.pk}/back/").context["form"]
    first = sale.lines.order_by("number")[0].pk
    assert (form[f"pieces-{first}"].value(), form["reason"].value()) == (2, "faulty")
    assert form[f"spoiled-{first}"].value() is True  # who finds that it can be sold says so
    typed = {"key": form["key"].value(), "reason": "faulty", "confirmed": "1", f"pieces-{first}": "2"}
    assert client.post(f"/desk/shop/orders/{sale.pk}/back/", typed).status_code == 302
    assert ReturnWish.objects.get().state == "done"
    assert client.get(f"/desk/shop/orders/{sale.pk}/decline/").status_code == 302  # nothing to decline any more


def test_the_desk_declines_once_and_the_buyer_reads_why(client: Client, sale: Sale) -> None:
    ask(client, sale, 1, 0)
    make.sign_in(client, make.staff("brand_manager"))
    address = f"/desk/shop/orders/{sale.pk}/decline/"
    assert client.post(address, {"answer": " \u200b"}).status_code == 422
    for _time in range(2):
        client.post(address, {"answer": "Кружка была в посудомойке."})
    wish = ReturnWish.objects.get()
    assert (wish.state, wish.answer) == ("declined", "Кружка была в посудомойке.")
    assert StaffAct.objects.filter(action="sales.decline_return").count() == 1
    letter = Letter.objects.get(kind="order_declined")
    assert "Кружка была в посудомойке." in find(letter.kind).write(letter=letter).body
    assert "Кружка была в посудомойке." in text(client, sale)
    ReturnWish.objects.update(state="dropped", answer="")
    with pytest.raises(services.NotOpenError):
        services.decline_wish(wish_id=wish.pk, answer="x", now=timezone.now())


def test_a_wish_goes_with_its_buyer_but_not_while_it_waits(client: Client, sale: Sale) -> None:
    ask(client, sale, 1, 0, reason="faulty", words="Скол")
    sale.receipts.filter(state="waiting").update(state="registered", registered_at=timezone.now(), next_check_at=None)
    assert sale.buyer_id
    assert services.has_orders_under_way(donor_ids=[sale.buyer_id])
    services.drop_wish(sale_id=sale.pk, now=timezone.now())
    assert not services.has_orders_under_way(donor_ids=[sale.buyer_id])
    services.forget_buyers(donor_ids=[sale.buyer_id], now=timezone.now())
    assert ReturnWish.objects.get().words == ""


def test_the_database_keeps_one_open_wish_that_ends_once(sale: Sale) -> None:
    now = timezone.now()
    wish = ReturnWish.objects.create(sale=sale, reason="returned", asked_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReturnWish.objects.create(sale=sale, reason="returned", asked_at=now)
    for wrong in ({"state": "done", "ended_at": now}, {"state": "dropped"}, {"state": "declined", "ended_at": now}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReturnWish.objects.filter(pk=wish.pk).update(**wrong)
