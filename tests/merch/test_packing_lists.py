"""Packing lists: for the brand manager alone, one order's or the day's, gone as soon as an order has left."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import ngettext

from fund.sales import services
from fund.sales.models import Sale, SaleContact, SaleReturn, StockItem
from merch.models import OrderPaper
from merch.papers import asking, tasks
from tests import make
from tests.fund.sales.orders import bring_back, go, order, paid
from tests.merch.desk import SHOP, acts, cost, said, text
from tests.merch.papers import files, invoice, mugs, packing, pages, to_door, words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from emulator.control import EmulatorControl
    from people.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]
State, Kind = Sale.State, OrderPaper.Kind
DAY = f"{SHOP}today/packing"


@pytest.fixture
def mug() -> StockItem:
    """Return fifty mugs of 450 grams."""
    return mugs()


def test_a_packing_list_says_what_to_put_in_and_whom_it_goes_to(
    client: Client, manager: User, control: EmulatorControl, mug: StockItem, press: Callable[[str], Any]
) -> None:
    sale = to_door(control, mug)
    assert f'action="{packing(sale)}/"' in text(client.get(f"{SHOP}orders/{sale.pk}/"))
    (line,) = sale.lines.filter(kind="goods")
    bring_back(sale, services.Back(line.pk, 1), reason=SaleReturn.Reason.CANCELLED)
    assert press(f"{packing(sale)}/").headers["Location"] == f"{packing(sale)}/"
    assert f'href="{packing(sale)}.pdf"' in text(client.get(f"{packing(sale)}/"))
    assert press(f"{packing(sale)}/").headers["Location"] == f"{packing(sale)}.pdf"
    shown = words(client.get(f"{packing(sale)}.pdf"))
    for told in (
        f"Заказ № {sale.number}", "Анна Петрова", "+7 900 123-45-67", "101000 Москва, ул. Мясницкая, 26, кв. 7",
        "Позвоните за час <b>", "СДЭК", "Кружка MUG", "0,9 кг",
    ):  # fmt: skip
        assert told in shown, told
    for unread in ("350", "200,00", "Пожертвование", "1 000", "buyer-", str(sale.token)):
        assert unread not in shown, unread
    assert acts() == [("merch.ask_for_packing", f"sale:{sale.pk}", {"orders": 1})]


def test_all_orders_of_the_day_are_one_file_with_a_page_each(
    client: Client, manager: User, control: EmulatorControl, mug: StockItem, press: Callable[[str], Any]
) -> None:
    first, second = to_door(control, mug), paid(control, order((mug, 12, 500_00)))
    packed = go(paid(control, order((mug, 1, 500_00))), State.ASSEMBLING, State.READY)
    assert f'action="{DAY}/"' in text(client.get(f"{SHOP}today/"))
    press(f"{DAY}/")
    shown = pages(client.get(f"{DAY}.pdf"))
    assert [sale.number in page for sale, page in zip((first, second), shown, strict=True)] == [True, True]
    assert ("все 12" in shown[1], packed.number in " ".join(shown)) == (True, False)
    assert press(f"{DAY}/").headers["Location"] == f"{DAY}.pdf"

    to_door(control, mug)
    assert ngettext("%(orders)s order came since.", "%(orders)s orders came since.", 1) % {"orders": 1} in text(
        client.get(f"{DAY}/")
    )
    assert len(pages(client.get(f"{DAY}.pdf"))) == 2  # what was printed is still so
    press(f"{DAY}/")
    assert len(pages(client.get(f"{DAY}.pdf"))) == 3
    go(first, State.ASSEMBLING, State.SENT, track_number="42")
    assert client.get(f"{DAY}.pdf").status_code == 404
    assert said("Orders have changed since it was made.") in text(client.get(f"{DAY}/"))


def test_nobody_but_the_brand_manager_reads_a_packing_list(
    client: Client, control: EmulatorControl, mug: StockItem, press: Callable[[str], Any]
) -> None:
    manager = make.staff("brand_manager")
    make.sign_in(client, manager)
    sale = to_door(control, mug)
    press(f"{packing(sale)}/")
    press(f"{DAY}/")
    addresses = [f"{place}{end}" for place in (packing(sale), DAY) for end in ("/", "/state/", ".pdf")]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        assert b"".join(answer)
    strangers = [(Client(), 302)]
    for role in ("treasurer", "auditor", "moderator"):
        other = Client()
        make.sign_in(other, make.staff(role))
        strangers.append((other, 403))
    for stranger, refusal in strangers:
        assert [stranger.get(address).status_code for address in addresses] == [refusal] * 6
        assert stranger.post(f"{packing(sale)}/").status_code == refusal
    assert len(acts()) == 2


def test_a_packing_list_goes_when_its_order_leaves(
    client: Client, manager: User, control: EmulatorControl, mug: StockItem, press: Callable[[str], Any], stored: Path
) -> None:
    leaves, stays = to_door(control, mug), to_door(control, mug)
    for address in (f"{packing(leaves)}/", f"{packing(stays)}/", f"{DAY}/", f"{invoice(leaves)}/"):
        press(address)
    tasks.sweep_papers()
    assert len(files(stored)) == 4
    go(leaves, State.ASSEMBLING, State.SENT, track_number="42")
    assert client.get(f"{packing(leaves)}.pdf").status_code == 404  # at once
    tasks.sweep_papers()
    left = OrderPaper.objects.order_by("kind").values_list("kind", "sale")
    assert list(left) == [("invoice", leaves.pk), ("packing", stays.pk)]
    assert files(stored) == sorted(OrderPaper.objects.values_list("file_name", flat=True))
    answer = press(f"{packing(leaves)}/")
    assert answer.headers["Location"] == f"{SHOP}orders/{leaves.pk}/"
    assert OrderPaper.objects.count() == 2


def test_files_go_with_whoever_is_forgotten(
    client: Client, manager: User, control: EmulatorControl, mug: StockItem, press: Callable[[str], Any], stored: Path
) -> None:
    sale = to_door(control, mug)
    for address in (f"{packing(sale)}/", f"{DAY}/", f"{invoice(sale)}/"):
        press(address)
    services.forget_buyers(donor_ids=[sale.buyer_id or 0], now=timezone.now())
    assert not SaleContact.objects.exists()
    sale.refresh_from_db()
    for address in (f"{packing(sale)}.pdf", f"{DAY}.pdf"):
        assert client.get(address).status_code == 404
    tasks.sweep_papers()
    assert (files(stored), OrderPaper.objects.count()) == ([], 0)


def test_a_paper_whose_order_was_forgotten_meanwhile_is_not_made(
    manager: User, control: EmulatorControl, mug: StockItem, stored: Path
) -> None:
    sale = to_door(control, mug)
    paper, _is_new = asking.ask_for_packing(sale=sale, by=manager, now=timezone.now())
    SaleContact.objects.all().delete()
    tasks.make_paper(paper_id=paper.pk)
    assert (files(stored), OrderPaper.objects.count()) == ([], 0)


def test_papers_are_kept_for_their_days_and_no_longer(
    client: Client, manager: User, control: EmulatorControl, mug: StockItem, press: Callable[[str], Any], stored: Path
) -> None:
    sale = to_door(control, mug)
    for address in (f"{packing(sale)}/", f"{DAY}/", f"{invoice(sale)}/"):
        press(address)
    now, day = timezone.now(), timedelta(days=1)
    gone = [asking.forget_papers(now=now + days) for days in (day / 2, day, 6 * day, 7 * day, 29 * day, 31 * day)]
    assert gone == [0, 1, 0, 1, 0, 1]
    assert files(stored) == []


def test_pages_take_as_many_queries_for_one_order_as_for_three(
    client: Client, manager: User, control: EmulatorControl, mug: StockItem, press: Callable[[str], Any]
) -> None:
    counts = []
    for _round in range(2):
        sale = to_door(control, mug)
        press(f"{DAY}/")
        press(f"{invoice(sale)}/")
        counts.append([cost(client, f"{DAY}/"), cost(client, f"{invoice(sale)}/"), cost(client, f"{SHOP}today/")])
        to_door(control, mug)
    assert counts[0] == counts[1]
