"""The stock at the desk: received, written off, counted, each paper once; and every movement can be read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.utils import timezone

from fund.ledger.selectors import balances_kopecks
from fund.sales.models import StockMovement
from merch.desk import stock
from tests import make
from tests.fund.sales.goods import item, lies
from tests.merch import shelf
from tests.merch.desk import KEY, SHOP, acts, cost, said, text

if TYPE_CHECKING:
    from django.test import Client

    from merch.models import Variant
    from people.models import User

pytestmark = pytest.mark.django_db
STOCK = f"{SHOP}stock/"


@pytest.fixture
def mug(manager: User) -> Variant:
    """Return five mugs that cost 200 roubles each, half of it their maker's."""
    return shelf.variant(shelf.product(), pieces=5)


def send(client: Client, paper: str, *rows: tuple[Variant, int | str], **typed: Any) -> Any:
    plain = {"key": KEY, "document": "УПД-17", "day": timezone.localdate().isoformat()}
    pieces = {f"pieces-{row.item_id}": number for row, number in rows}
    seen = {f"seen-{row.item_id}": lies(row.item)[0] for row, _number in rows} if paper == "count" else {}
    items = [row.item_id for row, _number in rows]
    return client.post(f"{STOCK}{paper}/", {**plain, **pieces, **seen, "item": items, **typed})


def test_goods_are_received_by_a_paper_once(client: Client, mug: Variant) -> None:
    magnet = shelf.variant(shelf.product("Магнит"))
    typed = {f"price-{mug.item_id}": "260", f"maker-{mug.item_id}": "130", f"price-{magnet.item_id}": "10,50"}
    answers = [send(client, "receive", (mug, 5), (magnet, 2), **typed) for _ in range(2)]
    shown = text(client.get(STOCK))

    assert [answer.status_code for answer in answers] == [302, 302]
    assert str(stock.RECEIVED) in shown
    assert str(stock.SENT_BEFORE) in shown
    assert (lies(mug.item), lies(magnet.item)) == ((10, 2_300_00, 1_150_00), (2, 21_00, 0))
    assert balances_kopecks(codes=["41"])["41"] == 2_321_00
    paper = f"paper:receipt-{UUID(KEY).hex}"
    assert acts() == [("sales.receive_goods", paper, {"document": "УПД-17", "items": 2, "pieces": 7})]
    assert StockMovement.objects.order_by("-pk")[0].moved_by is not None


def test_spoiled_pieces_leave_at_what_they_cost_and_never_more_than_there_are(client: Client, mug: Variant) -> None:
    too_many = send(client, "write-off", (mug, 6))
    assert too_many.status_code == 422
    assert said("Only %(held)d lie there.", held=5) in text(too_many)
    assert (lies(mug.item), acts()) == ((5, 1_000_00, 500_00), [])

    assert [send(client, "write-off", (mug, 2)).status_code for _ in range(2)] == [302, 302]
    assert lies(mug.item) == (3, 600_00, 300_00)
    assert [action for action, _, _ in acts()] == ["sales.write_off_goods"]


def test_a_stocktake_puts_right_what_differs_and_leaves_out_what_was_not_counted(client: Client, mug: Variant) -> None:
    more, same, skipped = (shelf.variant(shelf.product(), pieces=3) for _ in range(3))
    answers = [send(client, "count", (mug, 0), (more, 5), (same, 3), (skipped, "")) for _ in range(2)]
    shown = text(client.get(STOCK))

    assert [answer.status_code for answer in answers] == [302, 302]
    assert [lies(one.item)[:2] for one in (mug, more, same, skipped)] == [
        (0, 0), (5, 1_000_00), (3, 600_00), (3, 600_00)]  # fmt: skip
    assert f"{mug.item.sku} -5" in shown
    assert f"{more.item.sku} +2" in shown
    assert str(stock.SENT_BEFORE) in shown
    assert [(action, details["items"]) for action, _, details in acts()] == [("sales.take_stock", 3)]


def test_what_moved_while_it_was_counted_is_counted_once_more(client: Client, mug: Variant) -> None:
    same = shelf.variant(shelf.product(), pieces=3)
    send(client, "write-off", (mug, 2))
    began = {f"seen-{mug.item_id}": 5}
    answer = send(client, "count", (mug, 5), (same, 2), **began)

    assert (answer.status_code, lies(mug.item)[0], lies(same.item)[0]) == (422, 3, 3)
    assert said("Pieces moved while you counted: count it once more.") in text(answer)
    form = answer.context["form"]
    assert [form[f"{name}-{mug.item_id}"].value() for name in ("seen", "pieces")] == ["3", ""]
    assert form[f"pieces-{same.item_id}"].value() == "2"
    assert send(client, "count", (mug, 3), (same, 2)).status_code == 302
    assert (lies(mug.item)[0], lies(same.item)[0]) == (3, 2)


def test_a_count_that_finds_all_as_it_is_says_so_and_is_one_act(client: Client, mug: Variant) -> None:
    for _ in range(2):
        send(client, "count", (mug, 5))

    assert str(stock.COUNTED) in text(client.get(STOCK))
    assert (lies(mug.item)[0], len(acts())) == (5, 1)


@pytest.mark.parametrize("paper", ["receive", "write-off", "count"])
@pytest.mark.parametrize(
    "typed", [{"document": ""}, {"document": "<b>"}, {"day": ""}, {"key": "x"}, {"pieces": ""}, {"pieces": "-1"},
              {"pieces": "1.5"}, {"pieces": "100001"}, {"day": "tomorrow"}]
)  # fmt: skip
def test_a_paper_that_is_not_whole_moves_nothing(
    client: Client, mug: Variant, paper: str, typed: dict[str, str]
) -> None:
    more = dict(typed)
    pieces = more.pop("pieces", "1")
    if more.get("day") == "tomorrow":
        more["day"] = (timezone.localdate() + timedelta(days=1)).isoformat()
    answer = send(client, paper, (mug, pieces), **{f"price-{mug.item_id}": "1"}, **more)

    assert answer.status_code == 422
    assert "desk-error" in text(answer)
    assert (lies(mug.item), acts()) == ((5, 1_000_00, 500_00), [])


@pytest.mark.parametrize("typed", [{"price": ""}, {"price": "10", "maker": "11"}, {"price": "100001"}])
def test_received_goods_have_a_price_and_their_makers_part_is_within_it(
    client: Client, mug: Variant, typed: dict[str, str]
) -> None:
    answer = send(client, "receive", (mug, 1), **{f"{name}-{mug.item_id}": value for name, value in typed.items()})

    assert answer.status_code == 422
    assert lies(mug.item) == (5, 1_000_00, 500_00)


def test_a_present_of_a_maker_is_received_at_nothing(client: Client, mug: Variant) -> None:
    assert send(client, "receive", (mug, 1), **{f"price-{mug.item_id}": "0"}).status_code == 302
    assert lies(mug.item) == (6, 1_000_00, 500_00)


def test_nothing_chosen_leads_back_to_the_list(client: Client, mug: Variant) -> None:
    reward = item("REWARD")  # of no product
    for query in ("", "?item=x", f"?item={reward.pk}", f"?item={'9' * 40}"):
        assert client.get(f"{STOCK}receive/{query}").headers["Location"] == STOCK
    assert client.get(f"{STOCK}{reward.pk}/").status_code == 404
    assert "REWARD" not in text(client.get(STOCK))


def test_every_movement_of_an_item_is_shown_with_what_lay_there_after_it(client: Client, mug: Variant) -> None:
    send(client, "receive", (mug, 5), **{f"price-{mug.item_id}": "260"})
    shown = text(client.get(f"{STOCK}{mug.item_id}/"))

    for words in ("УПД-17", "+5", "1 300 ₽", "2 300 ₽", "brand@example.org"):
        assert words in shown
    assert f"{STOCK}receive/?item={mug.item_id}" in shown


def test_goods_are_found_by_words_and_by_what_is_left(client: Client, mug: Variant) -> None:
    few, none = shelf.variant(shelf.product("Магнит"), pieces=1), shelf.variant(shelf.product("Значок"))
    asked = {
        query: [
            one.item.sku for one in (mug, few, none) if f"{STOCK}{one.item_id}/" in text(client.get(f"{STOCK}?{query}"))
        ]
        for query in ("", "text=магн", f"text={none.item.sku}", "only=low", "only=there", "only=gone")
    }
    one, two, three = mug.item.sku, few.item.sku, none.item.sku
    assert list(asked.values()) == [[one, two, three], [two], [three], [two, three], [one, two], [three]]
    assert client.get(f"{STOCK}?only=x").status_code == 422


def test_pages_cost_the_same_with_one_thing_and_with_three(client: Client, mug: Variant) -> None:
    addresses = (STOCK, f"{STOCK}{mug.item_id}/", f"{STOCK}count/?item={mug.item_id}")
    costs = [cost(client, address) for address in addresses]
    others = [shelf.variant(shelf.product(), pieces=2) for _ in range(2)]
    send(client, "count", (mug, 3), (others[0], 1))
    wide = f"{addresses[2]}&item={others[0].item_id}&item={others[1].item_id}"

    client.get(STOCK)  # reads the message
    assert [cost(client, address) for address in (*addresses[:2], wide)] == costs


@pytest.mark.parametrize("role", ["treasurer", "auditor"])
def test_who_keeps_the_books_reads_the_stock_and_moves_nothing(client: Client, mug: Variant, role: str) -> None:
    make.sign_in(client, make.staff(role))

    assert [client.get(address).status_code for address in (STOCK, f"{STOCK}{mug.item_id}/")] == [200, 200]
    assert 'name="item"' not in text(client.get(STOCK))
    for paper in ("receive", "write-off", "count"):
        assert client.get(f"{STOCK}{paper}/?item={mug.item_id}").status_code == 403
        assert send(client, paper, (mug, 1)).status_code == 403
    assert lies(mug.item) == (5, 1_000_00, 500_00)
