"""The catalogue as a table: what is taken away comes back the same, and every fault is said by its row first."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from communities.models import Community
from fund.ledger.models import Account
from fund.sales.models import StockItem
from merch import editing
from merch.models import CatalogueSheet, Collection, Product, ShopListing, Variant
from merch.sheets import applying, reading
from merch.sheets.cells import bare, escaped
from merch.sheets.columns import HEAD
from tests import make
from tests.merch import shelf
from tests.merch.desk import SHOP, acts, cost, counted, said, text

if TYPE_CHECKING:
    from django.test import Client

    from people.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("manager", "no_worker")]
TABLE = f"{SHOP}table/"
NEW = "product;title;summary;maker;sku;size;price;cost;maker_part;grams;state"


@pytest.fixture
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no worker be asked."""
    monkeypatch.setattr("merch.desk.tasks.apply_sheet.delay", lambda **_ids: None)


def send(client: Client, *lines: str | bytes) -> Any:
    content = b"\r\n".join(one.encode() if isinstance(one, str) else one for one in lines)
    return client.post(TABLE, {"table": SimpleUploadedFile("table.csv", content, "text/csv")})


def taken(client: Client) -> bytes:
    return b"".join(client.get(f"{TABLE}catalogue.csv").streaming_content)  # type: ignore[attr-defined]


def rows(client: Client) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(taken(client).decode("utf-8-sig")), delimiter=";"))


def apply(client: Client) -> CatalogueSheet:
    sheet = CatalogueSheet.objects.order_by("-pk")[0]
    assert client.post(f"{TABLE}{sheet.reference}/apply/").status_code == 302
    for _ in range(2):
        applying.apply_sheet(sheet_id=sheet.pk, now=make.NOW)
    sheet.refresh_from_db()
    return sheet


def everything() -> list[Any]:
    return [list(kind.objects.order_by("pk").values()) for kind in (Product, Variant, StockItem)]


def test_a_new_product_comes_with_its_variants_and_goes_on_sale(client: Client) -> None:
    sent = send(
        client, NEW,
        "mug;Кружка «Пенза»;Керамика.;Глина;mug-s;S;1 250,50;400;150;300;listed",
        "mug;;;;MUG-L;L;1300;400;150;350;",
    )  # fmt: skip
    assert (sent.status_code, Product.objects.count(), acts()) == (302, 0, [])
    assert said("No faults. This is what would change:") in text(client.get(sent.headers["Location"]))
    sheet = apply(client)
    mug = Product.objects.get()

    assert (sheet.state, sheet.text) == ("applied", "")
    assert sheet.counts == {"new_products": 1, "products": 0, "new_variants": 2, "variants": 0}
    assert (mug.slug, mug.title, mug.state, mug.maker_name) == ("mug", "Кружка «Пенза»", "listed", "Глина")
    made = [(one.item.sku, one.item.title, one.price_kopecks, one.item.grams) for one in Variant.objects.order_by("pk")]
    assert made == [("MUG-S", "Кружка «Пенза», S", 1_250_50, 300), ("MUG-L", "Кружка «Пенза», L", 1_300_00, 350)]
    assert ShopListing.objects.get().lowest_price_kopecks == 1_250_50
    assert [(action, details) for action, _, details in acts()] == [("merch.import_sheet", sheet.counts)]


def test_what_is_taken_away_and_sent_back_changes_nothing(client: Client) -> None:
    garden = make.campaign()
    clay = Community.objects.create(slug="clay", name="Клуб", search_text="")
    jazz = Collection.objects.create(slug="jazz", title="Джаз")
    mug = shelf.product("'=Кружка; «с гербом»", community=clay, campaign=garden, collection=jazz, tags=["кухня", "дар"],
                        description="=1+1\n\n«Вторая»; строка")  # fmt: skip
    shelf.variant(mug, pieces=5, price=1_250_50, size="+L", colour="@синий")
    shelf.variant(mug, price=99_00, is_on_sale=False)
    shelf.product(state="withdrawn")
    shelf.product(state="draft", listed_at=None)
    for item in StockItem.objects.select_related("variant__product"):
        item.title, item.subject = editing.item_title(item.variant.product, item.variant), "sad"
        item.save()
    before, table = everything(), taken(client)
    sent = send(client, table)

    assert sent.status_code == 302
    assert CatalogueSheet.objects.get().counts == dict.fromkeys(
        ("new_products", "products", "new_variants", "variants"), 0
    )
    assert 'name="state"' not in text(client.get(sent.headers["Location"]))
    apply(client)
    assert everything() == before
    assert taken(client) == table


def test_a_table_begins_with_the_mark_that_excel_knows_and_holds_no_formula(client: Client) -> None:
    shelf.variant(shelf.product("=HYPERLINK(1)", summary="@x"), colour="-1")
    table = taken(client)
    (row,) = rows(client)

    assert table.startswith(b"\xef\xbb\xbfproduct;title;")
    assert list(row) == list(HEAD)
    assert (row["title"], row["summary"], row["colour"]) == ("'=HYPERLINK(1)", "'@x", "'-1")
    assert not [cell for cell in row.values() if cell[:1] in tuple("=+-@\t\r")]


@given(st.text())
def test_every_cell_is_read_back_as_it_was_and_none_begins_as_a_formula_does(words: str) -> None:
    assert escaped(words)[:1] not in tuple("=+-@\t\r\n")
    assert bare(escaped(words)) == words


def test_a_few_columns_change_what_they_name_and_leave_the_rest(client: Client) -> None:
    mug = shelf.product("Кружка")
    one, two = shelf.variant(mug, pieces=5, size="S"), shelf.variant(mug, size="L")
    editing.follow_product(product=mug)
    send(client, "sku,price,in_stock", f"{one.item.sku.lower()},777,999", f"{two.item.sku},,")
    sheet = apply(client)

    assert sheet.counts == {"new_products": 0, "products": 0, "new_variants": 0, "variants": 1}
    assert list(Variant.objects.order_by("pk").values_list("price_kopecks", flat=True)) == [777_00, 500_00]
    assert StockItem.objects.get(pk=one.item_id).pieces == 5
    assert ShopListing.objects.get().lowest_price_kopecks == 500_00


def test_a_new_title_and_purpose_reach_the_items_and_open_the_books(client: Client) -> None:
    mug = shelf.product("Кружка")
    one = shelf.variant(mug, size="S")
    make.campaign()
    send(client, "product;title;feeds", f"{mug.slug};Чашка;sad")
    apply(client)

    one.item.refresh_from_db()
    assert (one.item.title, one.item.subject) == ("Чашка, S", "sad")
    assert Account.objects.filter(code="90.01.sad").exists()


def test_two_variants_may_swap_their_sizes(client: Client) -> None:
    mug = shelf.product()
    one, two = shelf.variant(mug, size="S"), shelf.variant(mug, size="L")
    send(client, "sku;size", f"{one.item.sku};L", f"{two.item.sku};S")
    assert apply(client).state == "applied"
    assert list(Variant.objects.order_by("pk").values_list("size", flat=True)) == ["L", "S"]


FAULTY = [
    (("product;sku", ";"), None),
    (("product;title;summary;maker", "mug;;Керамика.;Глина"), "the product has no title, or no sentence about it"),
    (("product;title;summary;maker", "Mug!;Кружка;Керамика.;Глина"), "an address has small Latin letters"),
    (("product;title;summary;maker", "cart;Кружка;Керамика.;Глина"), "the product can't have this address"),
    (("product;title;summary", "mug;Кружка;Керамика."), "the product is made by a community or by somebody"),
    (("product;title;summary;maker", "mug;=1+1;Керамика.;Глина"), "a cell begins as a formula does"),
    (("product;title;summary;maker", f"mug;{'х' * 81};Керамика.;Глина"), "at most %(most)d letters fit"),
    (("product;title;summary;maker", "mug;Кружка;К.;Глина;лишнее"), "there are more cells than columns"),
    (("product;title;summary;maker;state", "mug;Кружка;К.;Глина;listed"), "the product can't be listed"),
    (("product;title;summary;maker;state", "mug;Кружка;К.;Глина;gone"), "a state is draft, listed or withdrawn"),
    (("product;title;summary;maker;tags", f"mug;Кружка;К.;Глина;{'а' * 31}"), "at most ten tags"),
    (("product;title;summary;community", "mug;Кружка;К.;nobody"), "there is none of this address"),
    (("product;title;summary;maker;feeds", "mug;Кружка;К.;Глина;nothing"), "there is none of this address"),
    (("sku;price", "NEW-1;100"), "the row names no product"),
    (("product;sku;price", "known;new-1;"), "the variant has no price"),
    (("product;sku;price", "known;кружка;5"), "an article number has at most 40 Latin letters"),
    (("product;sku;price", "known;new-1;1,005"), "write the sum in roubles"),
    (("product;sku;price", "known;new-1;100001"), "the sum is more than a souvenir costs"),
    (("product;sku;price;size", "known;new-1;5;S"), "two variants of the product have the same size and colour"),
    (("sku;cost;maker_part", "OLD-1;5;6"), "the maker's part is more than what a piece costs"),
    (("sku;grams", "OLD-1;1.5"), "a whole number from %(least)d to %(most)d is wanted"),
    (("sku;on_sale", "OLD-1;maybe"), "write yes or no"),
    (("sku;price", "OLD-1;5", "old-1;6"), "the article number stands in row %(first)d already"),
    (("product;sku;price", "other;OLD-1;5"), "the article number belongs to another product"),
    (("product;sku;price", "known;REWARD;5"), "the article number belongs to something that the shop does not sell"),
    (("product;title", "known;Один", "known;Другой"), "says otherwise of the product than row %(first)d"),
    (("product;state", "known;draft"), "the product can't come into this state from where it is"),
]


@pytest.mark.parametrize(("lines", "words"), FAULTY)
def test_a_fault_is_said_by_its_row_and_nothing_changes(
    client: Client, lines: tuple[str, ...], words: str | None
) -> None:
    known = shelf.product("Кружка", slug="known")
    one = shelf.variant(known, size="S")
    StockItem.objects.filter(pk=one.item_id).update(sku="OLD-1")
    shelf.product("Магнит", slug="other")
    StockItem.objects.create(sku="REWARD", title="Награда")
    before = everything()
    answer = send(client, *lines)

    shown = text(answer)
    assert answer.status_code == (422 if words else 302), "a table of empty rows changes nothing"
    if words:
        row = len(lines)
        assert f"{said('Row')} {row}</strong>: " in shown
        whole = next(line for line in SENTENCES if line.startswith(words))
        assert said(whole).partition("%(")[0].strip() in shown
        assert not CatalogueSheet.objects.exists()
    assert everything() == before


SENTENCES = (
    "the product has no title, or no sentence about it",
    "an address has small Latin letters, digits and single dashes only",
    "the product can't have this address",
    "the product is made by a community or by somebody with a name: one of the two",
    "a cell begins as a formula does; write an apostrophe before it if it is meant",
    "at most %(most)d letters fit",
    "there are more cells than columns",
    "the product can't be listed: it has no variant on sale",
    "a state is draft, listed or withdrawn",
    "at most ten tags, each of thirty letters at most",
    "there is none of this address: %(value)s",
    "the row names no product, and no article number that is known",
    "the variant has no price",
    "an article number has at most 40 Latin letters, digits and dashes",
    "write the sum in roubles, for example 500 or 1250,50",
    "the sum is more than a souvenir costs",
    "two variants of the product have the same size and colour",
    "the maker's part is more than what a piece costs",
    "a whole number from %(least)d to %(most)d is wanted",
    "write yes or no",
    "the article number stands in row %(first)d already",
    "the article number belongs to another product: %(slug)s",
    "the article number belongs to something that the shop does not sell",
    "says otherwise of the product than row %(first)d: %(names)s",
    "the product can't come into this state from where it is",
)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("product;title\nmug;Кружка".encode("cp1251"),
         "The file is saved in Windows-1251. Save it as «CSV UTF-8» and send it again: nothing is lost."),
        ("product;title\nmug;Кружка".encode("utf-16"),
         "The file is saved in UTF-16. Save it as «CSV UTF-8» and send it again."),
        (bytes(range(128, 192)) * 9, "This is no table: save it as «CSV UTF-8» and send it again."),
        (b"\n\n;;\n", "The file is empty."),
        (b"price;cost\n1;1", "The table has neither the column product nor the column sku."),
        (b"sku;sku\nA;B", "The first row names a column twice."),
        (b'sku;size\nA;"S', "A quotation mark is not closed, or stands where none can be: the table can't be read."),
        (b"sku\n" + b"A\n" * 10_001, "The table has more than 10,000 rows: split it into several."),
        (b"sku\n" + b"A" * (reading.MOST_BYTES + 1), "The file is larger than 5 MB: split it into several."),
    ],
    ids=["cp1251", "utf-16", "bytes", "empty", "no key", "twice", "quote", "rows", "bytes"],
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused_with_a_sentence(client: Client, content: bytes, words: str) -> None:
    answer = send(client, content)
    assert answer.status_code == 422
    assert said(words) in text(answer)
    assert not CatalogueSheet.objects.exists()


def test_a_column_that_is_not_known_is_named(client: Client) -> None:
    answer = send(client, "sku;Цена", "A;5")
    assert answer.status_code == 422
    assert "'цена'" in text(answer)
    assert client.post(TABLE).status_code == 422


def test_a_table_that_does_not_fit_any_more_is_not_applied(client: Client, manager: User) -> None:
    send(client, NEW, "mug;Кружка;К.;Глина;MUG-1;S;100;0;0;1;draft")
    StockItem.objects.create(sku="MUG-1", title="Чужое")
    before = everything()
    sheet = apply(client)

    assert (sheet.state, sheet.text, sheet.faults[0][0]) == ("refused", "", 2)
    assert everything() == before
    assert acts() == []
    assert said("Row") in text(client.get(f"{TABLE}{sheet.reference}/"))


def test_a_table_that_nobody_applies_is_forgotten_and_a_lost_task_is_found(client: Client, manager: User) -> None:
    for _ in range(2):
        send(client, NEW, "mug;Кружка;К.;Глина;MUG-1;S;100;0;0;1;draft")
    _first, second = CatalogueSheet.objects.order_by("pk")
    sent = second.sent_at
    applying.ask(reference=second.reference, by=manager, now=sent)

    assert applying.due_sheets(now=sent) == []
    assert applying.due_sheets(now=sent + applying.GRACE) == [second.pk]
    assert applying.forget_old(now=sent + applying.KEPT - timedelta(hours=1)) == 0
    assert applying.forget_old(now=sent + applying.KEPT) == 1
    assert CatalogueSheet.objects.get() == second


def big(count: int) -> bytes:
    lines = [f"p-{n // 4};Кружка {n // 4};К.;Глина;P-{n};{n % 4};{100 + n % 50};50;20;300;listed" for n in range(count)]
    return "\n".join([NEW, *lines]).encode()


def test_a_long_table_takes_as_many_queries_as_a_short_one(manager: User) -> None:
    found = []
    for count in (8, 400):
        with counted() as asked:
            _text, rows_, plan = applying.look_at(content=big(count), now=make.NOW)
        found.append(len(asked))
        assert (rows_, plan.faults, len(plan.new_variants)) == (count, [], count)
    sheet = applying.keep(text=big(400).decode(), rows=400, found=plan, by=manager, now=make.NOW)
    applying.ask(reference=sheet.reference, by=manager, now=make.NOW)
    with counted() as asked:
        applying.apply_sheet(sheet_id=sheet.pk, now=make.NOW)
    with counted() as again:
        applying.look_at(content=big(400), now=make.NOW)

    assert found[0] == found[1] == len(again) - 1, "one more where there are variants already"
    assert len(asked) < 30
    assert ShopListing.objects.count() == 100


def test_pages_cost_the_same_with_one_table_and_with_three(client: Client) -> None:
    shelf.variant(shelf.product())
    send(client, taken(client))
    sheet = CatalogueSheet.objects.get()
    addresses = (TABLE, f"{TABLE}{sheet.reference}/")
    costs = [cost(client, address) for address in addresses]
    for _ in range(2):
        send(client, taken(client))

    assert [cost(client, address) for address in addresses] == costs


@pytest.mark.parametrize("role", ["treasurer", "auditor", "moderator"])
def test_nobody_else_takes_or_sends_the_table(client: Client, manager: User, role: str) -> None:
    send(client, NEW, "mug;Кружка;К.;Глина;MUG-1;S;100;0;0;1;draft")
    sheet = CatalogueSheet.objects.get()
    make.sign_in(client, make.staff(role))

    addresses = (TABLE, f"{TABLE}catalogue.csv", f"{TABLE}{sheet.reference}/")
    assert [client.get(address).status_code for address in addresses] == [403, 403, 403]
    assert [send(client, NEW).status_code, client.post(f"{TABLE}{sheet.reference}/apply/").status_code] == [403, 403]
    sheet.refresh_from_db()
    assert sheet.state == "checked"
