"""What the database itself refuses of stock, orders and returns, whoever writes past the services."""

from __future__ import annotations

from datetime import timedelta
from itertools import count, pairwise
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.db.models import F

from fund.payments.models import Refund
from fund.sales.models import (
    FiscalReceipt,
    Reservation,
    Sale,
    SaleContact,
    SaleLine,
    SaleReturn,
    SaleReturnLine,
    SaleStep,
    StockItem,
    StockMovement,
)
from tests import make
from tests.fund.sales.goods import NOW, buy, counts, item

if TYPE_CHECKING:
    from django.db.models import Model

pytestmark = pytest.mark.django_db
numbers = count(1)
State = Sale.State


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def write_sale(**changes: Any) -> Sale:
    """Write an order of 1 000,00 without its lines."""
    number = next(numbers)
    plain = {"carrier": "pickup", "total_kopecks": 1_000_00, "token": f"t{number}", "request_key": f"k{number}",
             "request_sha256": "0" * 64, "created_at": NOW, "moved_at": NOW}  # fmt: skip
    payment = changes.pop("payment", None) or make.payment(purpose="sale", amount_kopecks=1_000_00)
    return Sale.objects.create(payment=payment, **plain | changes)


def write_line(sale: Sale, row: StockItem | None, **changes: Any) -> SaleLine:
    plain = {"kind": "goods", "number": 1, "subject": "fund", "title": "Кружка", "quantity": 2, "price_kopecks": 500_00,
             "total_kopecks": 1_000_00}  # fmt: skip
    return SaleLine.objects.create(**{"sale": sale, "item": row} | plain | changes)


def hold(line: SaleLine, **changes: Any) -> Reservation:
    return Reservation.objects.create(**{"line": line, "item": line.item, "quantity": line.quantity} | changes)


@pytest.fixture
def mug() -> StockItem:
    """Return an item of which three pieces lie there."""
    found = item()
    buy(found, pieces=3, price=0)
    return found


@pytest.fixture
def line(mug: StockItem) -> SaleLine:
    """Return the one line of an order, two pieces that are held."""
    found = write_line(write_sale(), mug)
    hold(found)
    return found


def refused(match: str, kind: type[DatabaseError] = IntegrityError) -> Any:
    return pytest.raises(kind, match=match)


def settle() -> None:
    """Let the rules speak that wait for the transaction's end."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")


def test_counts_that_somebody_writes_are_not_taken(mug: StockItem, line: SaleLine) -> None:
    StockItem.objects.filter(pk=mug.pk).update(pieces=99, reserved=0, title="Чашка")
    StockItem.objects.bulk_create([StockItem(sku="CAP", title="Кепка", pieces=7, reserved=3)])

    assert (counts(mug), counts(StockItem.objects.get(sku="CAP"))) == ((3, 2), (0, 0))
    assert StockItem.objects.get(pk=mug.pk).title == "Чашка"
    assert line.item == mug


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"value_kopecks": 5_00, "value_after_kopecks": 5_00}, "of_value_is_booked"),
        ({"maker_kopecks": -1, "maker_after_kopecks": -1}, "value_goes_with_pieces|nothing_costs_nothing"),
        ({"maker_kopecks": 5_00, "maker_after_kopecks": 5_00}, "value_goes_with_pieces|nothing_costs_nothing"),
        ({"kind": "sale", "quantity": -4, "held_after": -1}, "held_after"),
    ],
)
def test_a_movement_has_a_value_that_the_books_know(mug: StockItem, change: dict[str, Any], rule: str) -> None:
    plain = {"number": 2, "kind": "receipt", "quantity": 1, "held_after": 4, "value_kopecks": 0, "maker_kopecks": 0,
             "value_after_kopecks": 0, "maker_after_kopecks": 0}  # fmt: skip

    with refused(rule), transaction.atomic():
        StockMovement.objects.bulk_create([StockMovement(item=mug, document="1", key="x", at=NOW, **plain | change)])
    assert counts(mug) == (3, 0)


def test_no_more_is_held_than_there_is(mug: StockItem, line: SaleLine) -> None:
    second = write_line(write_sale(), mug)

    with refused("fewer than 2 pieces"), transaction.atomic():
        hold(second)
    assert counts(mug) == (3, line.quantity)


@pytest.mark.parametrize("change", [{"state": "gone"}, {"state": "released"}, {"quantity": 1}, {"quantity": 3}])
def test_a_reservation_begins_as_its_line_says(mug: StockItem, change: dict[str, Any]) -> None:
    with refused("begins held"), transaction.atomic():
        hold(write_line(write_sale(), mug), **change)
    assert counts(mug) == (3, 0)


def test_a_reservation_is_of_its_lines_goods(mug: StockItem) -> None:
    cap = item("CAP")
    buy(cap, pieces=2, price=0)

    with refused("begins held"), transaction.atomic():
        hold(write_line(write_sale(), mug), item=cap)
    assert counts(cap) == (2, 0)


ALLOWED = {("held", "gone"), ("held", "released"), ("released", "held")}
ANY = ("held", "gone", "released")


@pytest.mark.parametrize("before", ANY)
@pytest.mark.parametrize("after", ANY)
def test_a_reservation_goes_the_known_ways_alone(mug: StockItem, line: SaleLine, before: str, after: str) -> None:
    held = {"held": 2, "gone": 0, "released": 0}
    Reservation.objects.update(state=before)
    if before == after == "gone" or (before, after) not in ALLOWED | {(before, before)}:
        with refused("can not become"), transaction.atomic():
            Reservation.objects.update(state=after)
        after = before
    else:
        Reservation.objects.update(state=after)

    assert (Reservation.objects.get(line=line).state, counts(mug)) == (after, (3, held[after]))


def test_a_reservation_only_grows_smaller_while_it_is_held(mug: StockItem, line: SaleLine) -> None:
    cap = item("CAP")
    for change in ({"quantity": 3}, {"item": cap}, {"line": write_line(write_sale(), mug)}):
        with refused("can not become"), transaction.atomic():
            Reservation.objects.filter(line=line).update(**change)
    Reservation.objects.update(quantity=1)
    assert counts(mug) == (3, 1)
    Reservation.objects.update(state="released")

    with refused("can not become"), transaction.atomic():
        Reservation.objects.update(quantity=F("quantity") + 1, state="held")
    assert counts(mug) == (3, 0)


def test_what_was_let_go_is_held_anew_only_where_it_is_still_there(mug: StockItem, line: SaleLine) -> None:
    Reservation.objects.update(state="released")
    hold(write_line(write_sale(), mug))

    with refused("fewer than"), transaction.atomic():
        Reservation.objects.filter(line=line).update(state="held")
    assert counts(mug) == (3, 2)


TABLES: dict[type[Model], tuple[str, ...]] = {
    StockMovement: ("UPDATE {0} SET document = 'x'", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"),
    SaleLine: ("UPDATE {0} SET total_kopecks = 1", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"),
    SaleStep: ("UPDATE {0} SET to_state = 'paid'", "DELETE FROM {0}", "TRUNCATE {0} CASCADE",
               "INSERT INTO {0} (sale_id, from_state, to_state, at) SELECT id, '', 'paid', now() FROM sales_sale"),
    SaleReturn: ("UPDATE {0} SET reason = 'faulty'", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"),
    SaleReturnLine: ("UPDATE {0} SET stop = 2", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"),
    Sale: ("DELETE FROM {0}", "TRUNCATE {0} CASCADE"),
    Reservation: ("DELETE FROM {0}", "TRUNCATE {0} CASCADE"),
    FiscalReceipt: ("DELETE FROM {0}", "TRUNCATE {0} CASCADE"),
}  # fmt: skip
WAYS = [(model._meta.db_table, way) for model, ways in TABLES.items() for way in ways]


@pytest.mark.parametrize(("table", "way"), WAYS, ids=[f"{table}: {way.split()[0]}" for table, way in WAYS])
def test_what_was_written_stays(line: SaleLine, table: str, way: str) -> None:
    with pytest.raises(ProgrammingError) as refusal, transaction.atomic():
        run(way.format(table))

    assert isinstance(refusal.value.__cause__, psycopg.errors.InsufficientPrivilege)
    assert SaleLine.objects.get() == line


@pytest.mark.parametrize(
    ("sale", "line"),
    [
        ({"total_kopecks": 999_99}, {}),
        ({"discount_kopecks": 1}, {}),
        ({}, {"quantity": 1, "total_kopecks": 500_00}),
        ({"discount_kopecks": 1}, {"discount_kopecks": 2, "total_kopecks": 999_98}),
    ],
)
def test_an_order_is_the_sum_of_its_lines_and_of_what_is_paid(
    mug: StockItem, sale: dict[str, Any], line: dict[str, Any]
) -> None:
    with refused("are not its sum"), transaction.atomic():
        write_line(write_sale(**sale), mug, **line)
        settle()
    assert not Sale.objects.exists()


def test_an_order_without_lines_or_of_another_payments_sum_is_none(mug: StockItem) -> None:
    with refused("are not its sum"), transaction.atomic():
        write_sale()
        settle()
    with refused("are not its sum"), transaction.atomic():
        write_line(write_sale(payment=make.payment(purpose="sale", amount_kopecks=999_99)), mug)
        settle()
    sale = write_sale()
    write_line(sale, mug)
    settle()
    with refused("are not its sum"), transaction.atomic():
        write_line(sale, None, number=2, kind="gift", quantity=1, price_kopecks=1, total_kopecks=1)
        settle()


FROZEN: dict[str, Any] = {
    "carrier": "cdek", "total_kopecks": 1, "discount_kopecks": 1, "request_key": "x",
    "created_at": NOW.replace(year=2020),
}  # fmt: skip


@pytest.mark.parametrize("name", FROZEN)
def test_what_an_order_says_is_written(line: SaleLine, name: str) -> None:
    with refused("is written"), transaction.atomic():
        Sale.objects.update(**{name: FROZEN[name]})
    with refused("is written"), transaction.atomic():
        Sale.objects.update(payment=make.payment(purpose="sale", amount_kopecks=1_000_00))
    assert Sale.objects.get() == line.sale


KNOWN_WAYS = {
    ("unpaid", "paid"), ("unpaid", "not_paid"), ("not_paid", "paid"), ("unpaid", "cancelled"),
    ("not_paid", "cancelled"), ("paid", "assembling"), ("paid", "cancelled"), ("assembling", "ready"),
    ("assembling", "sent"), ("assembling", "cancelled"), ("ready", "handed_over"), ("ready", "cancelled"),
    ("handed_over", "closed"), ("sent", "received"), ("received", "closed"),
}  # fmt: skip
TO = {
    "unpaid": (),
    "not_paid": ("not_paid",),
    "paid": ("paid",),
    "assembling": ("paid", "assembling"),
    "ready": ("paid", "assembling", "ready"),
    "handed_over": ("paid", "assembling", "ready", "handed_over"),
    "sent": ("paid", "assembling", "sent"),
    "received": ("paid", "assembling", "sent", "received"),
    "closed": ("paid", "assembling", "sent", "received", "closed"),
    "cancelled": ("cancelled",),
}


@pytest.mark.parametrize("before", State.values)
def test_an_order_goes_the_known_ways_alone_and_each_step_is_written_down(line: SaleLine, before: str) -> None:
    for state in TO[before]:
        Sale.objects.update(state=state)
    done = ["", "unpaid", *TO[before]]
    assert list(SaleStep.objects.order_by("pk").values_list("from_state", "to_state")) == list(pairwise(done))
    for after in State.values:
        if after != before and (before, after) not in KNOWN_WAYS:
            with refused("can not go"), transaction.atomic():
                Sale.objects.update(state=after)
    Sale.objects.update(state=before)  # where it stands

    assert SaleStep.objects.count() == len(done) - 1
    assert Sale.objects.get() == line.sale


@pytest.mark.parametrize("state", [state for state in State.values if state != "unpaid"])
def test_an_order_begins_unpaid(state: str) -> None:
    with refused("can not go from"), transaction.atomic():
        write_sale(state=state)


def send_back(line: SaleLine, *pieces: tuple[int, int]) -> None:
    payment = line.sale.payment
    refund = Refund.objects.create(payment=payment, request_key=f"r{next(numbers)}", amount_kopecks=1, reason="mistake",
                                   created_at=NOW)  # fmt: skip
    made = SaleReturn.objects.create(sale=line.sale, refund=refund, reason="cancelled", is_before_handover=True,
                                     key=f"k{next(numbers)}", at=NOW)  # fmt: skip
    for start, stop in pieces:
        SaleReturnLine.objects.create(sale_return=made, line=line, start=start, stop=stop, amount_kopecks=1)


@pytest.mark.parametrize("pieces", [[(1, 2)], [(0, 3)], [(0, 1), (0, 1)], [(0, 1), (0, 2)], [(0, 2), (2, 3)], [(1, 1)]])
def test_no_piece_goes_back_twice_or_out_of_turn(line: SaleLine, pieces: list[tuple[int, int]]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        send_back(line, *pieces)
    assert not SaleReturnLine.objects.exists()
    send_back(line, (0, 1), (1, 2))


def test_no_piece_goes_back_with_another_order(mug: StockItem, line: SaleLine) -> None:
    buy(mug, pieces=2, price=0)
    other = write_line(write_sale(), mug)
    send_back(other, (0, 1))

    with refused("no such pieces"), transaction.atomic():
        SaleReturnLine.objects.create(
            sale_return=SaleReturn.objects.get(), line=line, start=0, stop=1, amount_kopecks=1
        )


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"kind": "offset"}, "offset_is_own"),
        ({"kind": "refund"}, "of_its_refund"),
        ({"amount_kopecks": 0}, "of_money"),
        ({"next_check_at": None}, "waits_or_is_there"),
        ({"state": "registered"}, "waits_or_is_there"),
        ({"state": "not_due"}, "waits_or_is_there"),
        ({}, "once"),
    ],
)
def test_a_receipt_is_one_of_its_kind(line: SaleLine, change: dict[str, Any], rule: str) -> None:
    plain = {"sale": line.sale, "kind": "prepayment", "amount_kopecks": 1, "created_at": NOW, "next_check_at": NOW}
    if not change:
        FiscalReceipt.objects.create(**plain)

    with refused(f"fiscal_receipt_{rule}"), transaction.atomic():
        FiscalReceipt.objects.create(**plain | change)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"item": None}, "goods_are_counted"),
        ({"kind": "delivery"}, "goods_are_counted"),
        ({"total_kopecks": 1_000_01}, "adds_up"),
        ({"discount_kopecks": 999_99, "total_kopecks": 1}, "adds_up"),
        ({"quantity": 0, "total_kopecks": 0}, "adds_up"),
    ],
)
def test_a_line_of_goods_adds_up(mug: StockItem, change: dict[str, Any], rule: str) -> None:
    with refused(f"sale_line_{rule}"), transaction.atomic():
        write_line(write_sale(), mug, **change)


LATER = NOW + timedelta(seconds=1)
REGISTERED = {"state": "registered", "registered_at": NOW, "next_check_at": None}
FINAL: list[dict[str, Any]] = [REGISTERED, {"state": "not_due", "next_check_at": None}]


@pytest.mark.parametrize("final", FINAL, ids=["registered", "not due"])
def test_a_receipt_goes_forward_and_stays_what_it_is(line: SaleLine, final: dict[str, Any]) -> None:
    plain = {"sale": line.sale, "amount_kopecks": 1, "created_at": NOW, "next_check_at": NOW}
    receipt = FiscalReceipt.objects.create(kind="prepayment", **plain)
    waiting = {"state": "waiting", "registered_at": None, "next_check_at": NOW}
    others: list[dict[str, Any]] = [{"amount_kopecks": 2}, {"kind": "offset", "is_own": True}, {"created_at": LATER}]
    for change in others:
        with refused("can not become"), transaction.atomic():
            FiscalReceipt.objects.update(**change)
    FiscalReceipt.objects.update(attempts=1, is_own=True)
    FiscalReceipt.objects.update(**final)
    for change in (waiting, *(other for other in FINAL if other != final), {"attempts": 2}):
        with refused("can not become"), transaction.atomic():
            FiscalReceipt.objects.update(**change)

    assert FiscalReceipt.objects.get(attempts=1, state=final["state"]) == receipt


@pytest.mark.parametrize("change", [{"phone": "89001234567"}, {"postcode": "44000"}])
def test_a_contact_can_be_reached(line: SaleLine, change: dict[str, str]) -> None:
    with refused("sale_contact_"), transaction.atomic():
        SaleContact.objects.create(**{"sale": line.sale, "name": "Анна", "phone": "+79001234567"} | change)


def test_rows_say_what_they_are(line: SaleLine) -> None:
    send_back(line, (0, 1))
    contact = SaleContact.objects.create(sale=line.sale, name="Анна", phone="+79001234567")
    number = line.sale.pk

    assert [str(row) for row in (line.sale, line, contact, Reservation.objects.get(), SaleStep.objects.get())] == [
        f"{number:06}", f"{number}/1: Кружка", f"contact of {number}", f"reservation of {line.pk} (held)",
        f"{number}:  → unpaid"]  # fmt: skip
    made = SaleReturn.objects.get()
    assert (str(made), str(made.lines.get())) == (f"return {made.pk} of {number}", f"{line.pk}: 0–1")
