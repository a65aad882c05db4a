"""The buyer's invoice: made by the worker's own task, true to the order, and nothing of the buyer in it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from fund.money import Kopecks
from fund.sales import services
from fund.sales.models import Sale, SaleReturn, StockItem
from merch.models import OrderPaper
from merch.papers import asking, making, tasks
from merch.papers.invoice import Invoice
from tests.fund.sales.goods import buy
from tests.fund.sales.orders import CONTACT, TO_DOOR, bring_back, go, order, paid, place
from tests.merch import shelf
from tests.merch.desk import SHOP, said, text
from tests.merch.papers import files, invoice, mugs, packing, pages, to_door, words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client

    from emulator.control import EmulatorControl
    from people.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]
State, Kind = Sale.State, OrderPaper.Kind
DAY = f"{SHOP}today/packing"


@pytest.fixture
def mug() -> StockItem:
    """Return fifty mugs of 450 grams."""
    return mugs()


def asked(sale: Sale) -> OrderPaper:
    return asking.ask_for_invoice(sale=sale, now=timezone.now())[0]


def test_a_buyer_asks_for_an_invoice_waits_and_saves_it(
    client: Client, control: EmulatorControl, mug: StockItem, press: Callable[[str], Any]
) -> None:
    sale = to_door(control, mug)
    assert f'action="{invoice(sale)}/"' in text(client.get(sale.get_absolute_url()))
    assert client.get(f"{invoice(sale)}.pdf").status_code == 404
    assert said("Make the invoice") in text(client.get(f"{invoice(sale)}/"))

    assert client.post(f"{invoice(sale)}/").headers["Location"] == f"{invoice(sale)}/"  # no worker runs
    waits = text(client.get(f"{invoice(sale)}/"))
    assert (
        said("We are making the invoice") in waits,
        'http-equiv="refresh"' in waits,
        'hx-trigger="every 2s"' in waits,
    ) == (True,) * 3
    assert client.get(f"{invoice(sale)}/state/").status_code == 204
    assert client.get(f"{invoice(sale)}.pdf").status_code == 404

    tasks.make_paper(paper_id=OrderPaper.objects.get().pk)
    ready = client.get(f"{invoice(sale)}/state/")
    assert (f'href="{invoice(sale)}.pdf"' in text(ready), "hx-trigger" in text(ready)) == (True, False)
    assert press(f"{invoice(sale)}/").headers["Location"] == f"{invoice(sale)}.pdf"  # made once, then sent at once
    answer = client.get(f"{invoice(sale)}.pdf")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="nakladnaya-{sale.number}.pdf"'
    assert "no-store, private" in answer.headers["Cache-Control"]
    shown = words(answer)
    for told in (
        f"заказу № {sale.number}", "ИНН", "Кружка MUG", "3 шт.", "1 000,00", "3 000,00", "Доставка: СДЭК до пункта",
        "Пожертвование: На общие цели фонда", "350,00", "200,00", "3 550,00 ₽", "НДС не облагается",
        "Три тысячи пятьсот пятьдесят рублей 00 копеек", f"№ {sale.payment.operation_id}",
    ):  # fmt: skip
        assert told in shown, told
    for private in ("Анна", "Петрова", "+7900", "Мясницкая", "Позвоните", "buyer-", sale.token):
        assert private not in shown, private


def test_a_discount_stands_in_its_own_column_and_sum(
    client: Client, control: EmulatorControl, mug: StockItem, press: Callable[[str], Any]
) -> None:
    from tests.fund.sales.test_promo import code

    code()
    sale = paid(control, order((mug, 1, 500_00), promo_code="JAZZ", discount_kopecks=Kopecks(100_00)))
    press(f"{invoice(sale)}/")
    shown = words(client.get(f"{invoice(sale)}.pdf"))
    assert "500,00 100,00 400,00" in shown
    assert "Скидка −100,00 ₽" in shown


@pytest.mark.parametrize(
    ("vat_code", "told"), [(1, "не облагается"), (2, "в том числе 0 %: 0 ₽"), (11, "в том числе 22 %: 604,10 ₽")]
)
def test_vat_is_said_by_its_code_and_a_gift_bears_none(
    client: Client, control: EmulatorControl, mug: StockItem, press: Callable[[str], Any], settings: Any, vat_code: int,
    told: str,
) -> None:  # fmt: skip
    settings.RECEIPTS = settings.RECEIPTS | {"vat_code": vat_code}
    sale = to_door(control, mug)  # 3350 roubles of goods and delivery: 3350 × 22 / 122 = 604.098…
    press(f"{invoice(sale)}/")
    assert f"НДС {told}" in words(client.get(f"{invoice(sale)}.pdf"))


def test_vat_is_rounded_to_the_nearest_kopeck() -> None:
    def vat(kopecks: int, code: int) -> int:
        from merch.papers.invoice import InvoiceLine

        line = InvoiceLine(1, "goods", "x", "", 1, Kopecks(kopecks), Kopecks(0), Kopecks(kopecks))
        day = timezone.localdate()
        return Invoice("1", day, "pickup", 1, (line,), (), Kopecks(0), code).vat_kopecks

    assert [vat(120, 4), vat(11, 3), vat(5, 3), vat(6, 3), vat(100, 1)] == [20, 1, 0, 1, 0]


def test_what_went_back_is_shown_and_the_paper_made_anew(
    client: Client, control: EmulatorControl, mug: StockItem, press: Callable[[str], Any], stored: Path
) -> None:
    sale = go(to_door(control, mug), State.ASSEMBLING)
    press(f"{invoice(sale)}/")
    assert "возвращено" not in words(client.get(f"{invoice(sale)}.pdf"))
    (line,) = sale.lines.filter(kind="goods")
    bring_back(sale, services.Back(line.pk, 1), reason=SaleReturn.Reason.CANCELLED)

    assert client.get(f"{invoice(sale)}.pdf").status_code == 404  # what it says is not so any more
    assert said("The order has changed since the invoice was made: have it made anew.") in text(
        client.get(f"{invoice(sale)}/")
    )
    assert press(f"{invoice(sale)}/").headers["Location"] == f"{invoice(sale)}/"
    shown = words(client.get(f"{invoice(sale)}.pdf"))
    for told in (
        "Отменено и возвращено", "отменено до передачи", "1 шт. 1 000,00", "−1 000,00 ₽", "2 550,00 ₽",
        "Две тысячи пятьсот пятьдесят рублей",
    ):  # fmt: skip
        assert told in shown, told
    assert len(files(stored)) == OrderPaper.objects.count() == 1


def test_an_order_without_money_has_no_invoice(client: Client, control: EmulatorControl, mug: StockItem) -> None:
    sale = place(order((mug, 1, 500_00)))
    assert "/invoice/" not in text(client.get(sale.get_absolute_url()))
    for answer in (
        client.post(f"{invoice(sale)}/"),
        client.get(f"{invoice(sale)}/"),
        client.get(f"{invoice(sale)}.pdf"),
    ):
        assert answer.status_code == 404
    for token in ("x" * 43, sale.number):
        assert client.post(f"/orders/{token}/invoice/").status_code == 404
    assert not OrderPaper.objects.exists()
    cancelled = paid(control, order((mug, 1, 500_00)))
    services.cancel_order(sale=cancelled, today=timezone.localdate(), now=timezone.now())
    assert f'action="{invoice(cancelled)}/"' in text(client.get(cancelled.get_absolute_url()))
    assert client.post(f"{invoice(cancelled)}/").status_code == 302


def test_asking_again_and_again_makes_nothing_more(client: Client, control: EmulatorControl, mug: StockItem) -> None:
    sale = paid(control, order((mug, 1, 500_00)))
    now = timezone.now()
    found = [asking.ask_for_invoice(sale=sale, now=now + timedelta(seconds=second)) for second in range(5)]
    assert [is_new for _paper, is_new in found] == [True, False, False, False, False]
    making.make_paper(paper_id=found[0][0].pk, now=now)
    before = OrderPaper.objects.values().get()
    assert asking.ask_for_invoice(sale=sale, now=now + timedelta(hours=1))[1] is False
    making.make_paper(paper_id=found[0][0].pk, now=now + timedelta(hours=1))  # the task comes twice
    assert OrderPaper.objects.values().get() == before
    default_storage.delete(before["file_name"])
    assert asking.ask_for_invoice(sale=sale, now=now)[1] is True  # the file was lost: once more


def test_a_crash_leaves_no_stray_file_and_the_sweep_makes_it(
    client: Client, control: EmulatorControl, mug: StockItem, stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale = paid(control, order((mug, 1, 500_00)))
    paper = asked(sale)

    def crash(*_args: object, **_words: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(OrderPaper, "save", crash)  # the file is written, our row is not
        with pytest.raises(ConnectionError), transaction.atomic():
            tasks.make_paper(paper_id=paper.pk)
    assert files(stored) == [paper.file_name]
    assert client.get(f"{invoice(sale)}.pdf").status_code == 404

    now = timezone.now()
    assert asking.lost_papers(now=now) == []
    assert asking.lost_papers(now=now + timedelta(minutes=1)) == [paper.pk]
    OrderPaper.objects.update(asked_at=now - timedelta(minutes=1))
    monkeypatch.setattr(tasks.make_paper, "apply_async", lambda kwargs, **_more: tasks.make_paper(**kwargs))
    tasks.sweep_papers()
    assert words(client.get(f"{invoice(sale)}.pdf"))
    assert files(stored) == [paper.file_name]


def test_an_order_of_eighty_lines_repeats_its_header_on_each_page(
    client: Client, manager: User, control: EmulatorControl, press: Callable[[str], Any]
) -> None:
    many = 80  # more don't fit into ЮKassa's receipt
    goods = [
        shelf.variant(shelf.product(f"Открытка «Пенза», вид {number}"), price=100_00).item for number in range(many)
    ]
    buy(*goods, pieces=1, price=50_00)
    sale = paid(control, order(*((one, 1, 100_00) for one in goods)))
    press(f"{invoice(sale)}/")
    press(f"{packing(sale)}/")
    for address, header in ((f"{invoice(sale)}.pdf", "Наименование"), (f"{packing(sale)}.pdf", "Что положить")):
        shown = pages(client.get(address))
        assert len(shown) > 2
        with_lines = [page for page in shown if "вид" in page]
        assert all(header in page for page in with_lines)
        assert [f"{place} / {len(shown)}" in page for place, page in enumerate(shown, start=1)] == [True] * len(shown)
        assert all(sale.number in page for page in shown)
        assert all(f"вид {number}" in " ".join(shown) for number in range(many))


def test_the_database_keeps_one_paper_of_each_kind(control: EmulatorControl, mug: StockItem) -> None:
    sale = paid(control, order((mug, 1, 500_00), contact=CONTACT))
    now = timezone.now()
    for kind, of in ((Kind.INVOICE, sale), (Kind.DAY, None)):
        OrderPaper.objects.create(kind=kind, sale=of, asked_at=now)
    wrong = (
        {"kind": Kind.INVOICE, "sale": sale},
        {"kind": Kind.DAY, "sale": None},
        {"kind": Kind.DAY, "sale": sale},
        {"kind": Kind.PACKING, "sale": None},
        {"kind": Kind.PACKING, "sale": sale, "state": "ready"},
        {"kind": Kind.PACKING, "sale": sale, "digest": "x"},
    )
    for row in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            OrderPaper.objects.create(asked_at=now, **row)
    go(sale, *TO_DOOR)
    assert OrderPaper.objects.count() == 2
