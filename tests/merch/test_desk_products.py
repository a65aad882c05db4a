"""Products at the desk: written, put on sale, changed many at once; items and books follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from communities.models import Community
from fund.ledger.models import Account
from fund.sales.models import StockItem
from merch import editing, repricing
from merch.desk import many, products
from merch.models import Collection, Product, ShopListing, Variant
from tests import make
from tests.fund.sales.orders import order, place
from tests.merch import shelf
from tests.merch.desk import SHOP, acts, cost, said, text

if TYPE_CHECKING:
    from django.test import Client

    from people.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("manager")]
PRODUCTS = f"{SHOP}products/"
WORDS = {
    "title": "Кружка с гербом",
    "summary": "Керамика.",
    "maker_name": "Мастерская «Глина»",
    "tags": "Кухня, Подарок",
}
SIZES = {
    "sku": "mug-1",
    "price": "1 250,50",
    "cost": "400",
    "maker": "150",
    "grams": "300",
    "low_at": "3",
    "is_on_sale": "on",
}


def page(product: Product) -> str:
    return f"{PRODUCTS}{product.pk}/"


def test_a_product_is_written_gets_a_variant_and_goes_on_sale(client: Client) -> None:
    assert client.post(f"{PRODUCTS}new/", WORDS).status_code == 302
    mug = Product.objects.get()
    early = client.post(f"{page(mug)}state/", {"to": "listed"})
    assert (early.status_code, str(products.NO_VARIANT) in text(early)) == (422, True)
    assert client.post(f"{page(mug)}variants/new/", SIZES | {"size": "L"}).status_code == 302
    assert client.post(f"{page(mug)}state/", {"to": "listed"}).status_code == 302
    mug.refresh_from_db()
    one = Variant.objects.select_related("item").get()

    assert (mug.slug, mug.state, mug.tags, mug.maker) == (
        "kruzhka-s-gerbom", "listed", ["кухня", "подарок"], "Мастерская «Глина»")  # fmt: skip
    assert (one.price_kopecks, one.cost_kopecks, one.maker_kopecks) == (1_250_50, 400_00, 150_00)
    assert (one.item.sku, one.item.title, one.item.subject, one.item.grams) == (
        "MUG-1",
        "Кружка с гербом, L",
        "fund",
        300,
    )
    assert ShopListing.objects.get().lowest_price_kopecks == 1_250_50
    assert [action for action, _, _ in acts()] == ["merch.save_product", "merch.save_variant", "merch.list_product"]
    assert client.post(f"{page(mug)}state/", {"to": "withdrawn"}).status_code == 302
    assert not ShopListing.objects.exists()
    assert "1 250,50 ₽" in text(client.get(page(mug)))


def test_a_form_that_is_sent_twice_makes_one_product(client: Client) -> None:
    answers = [client.post(f"{PRODUCTS}new/", WORDS) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 422]
    assert str(products.SLUG_TAKEN) in text(answers[1])
    assert (Product.objects.count(), len(acts())) == (1, 1)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"title": " "}, ""),
        ({"maker_name": ""}, "Choose a community, or write a name: one of the two."),
        ({"slug": "Кружка"}, "Small Latin letters, digits and single dashes only."),
        ({"slug": "cart"}, str(products.SLUG_TAKEN)),
        ({"tags": "а" * 31}, "At most ten tags, each of thirty letters at most."),
        ({"campaign": "999"}, ""),
    ],
)
def test_a_product_that_cannot_be_so_is_refused(client: Client, typed: dict[str, str], words: str) -> None:
    answer = client.post(f"{PRODUCTS}new/", WORDS | typed)

    assert answer.status_code == 422
    assert said(words) in text(answer) if words else "desk-error" in text(answer)
    assert (Product.objects.count(), acts()) == (0, [])


def test_a_maker_is_a_community_or_a_name_and_never_both(client: Client) -> None:
    clay = Community.objects.create(slug="clay", name="Клуб керамистов", search_text="")
    both = client.post(f"{PRODUCTS}new/", WORDS | {"community": clay.pk})
    one = client.post(f"{PRODUCTS}new/", WORDS | {"community": clay.pk, "maker_name": ""})

    assert [both.status_code, one.status_code] == [422, 302]
    assert Product.objects.get().community == clay


def test_what_a_product_feeds_opens_its_books_and_its_items_follow_but_no_order_does(client: Client) -> None:
    garden, hidden = make.campaign(), make.draft()
    mug = shelf.product()
    one = shelf.variant(mug, pieces=5, size="L")
    sale = place(order((one.item, 1, 500_00)))
    refused = client.post(f"{page(mug)}edit/", WORDS | {"campaign": hidden.pk})
    changed = client.post(f"{page(mug)}edit/", WORDS | {"title": "Кружка «Сад»", "campaign": garden.pk})
    item = StockItem.objects.get(pk=one.item_id)

    assert [refused.status_code, changed.status_code] == [422, 302]
    assert (item.subject, item.title, item.pieces) == (garden.slug, "Кружка «Сад», L", 5)
    opened = Account.objects.filter(code__endswith=f".{garden.slug}", code__startswith="9")
    families = ("90.01", "90.02", "91.01", "91.02")
    assert {account.code for account in opened} == {f"{family}.{garden.slug}" for family in families}
    assert sale.lines.get().subject == "fund"
    assert ShopListing.objects.get().subject == garden.slug


def test_a_product_that_was_on_sale_keeps_its_address(client: Client) -> None:
    mug = shelf.product()
    client.post(f"{page(mug)}edit/", WORDS | {"slug": "another"})
    draft = shelf.product(state="draft", listed_at=None)
    client.post(f"{page(draft)}edit/", WORDS | {"title": "Магнит", "slug": "another"})

    assert [Product.objects.get(pk=one.pk).slug for one in (mug, draft)] == [mug.slug, "another"]


def test_a_variant_is_changed_with_its_item(client: Client) -> None:
    mug = shelf.product()
    one = shelf.variant(mug, pieces=4)
    address = f"{page(mug)}variants/{one.pk}/"
    assert 'value="500"' in text(client.get(address))
    sizes = {name: value for name, value in SIZES.items() if name != "is_on_sale"}
    assert client.post(address, sizes | {"colour": "Синий", "price": "99"}).status_code == 302
    one = Variant.objects.select_related("item").get()

    assert (one.price_kopecks, one.is_on_sale, one.colour) == (99_00, False, "Синий")
    assert (one.item.sku, one.item.title, one.item.pieces) == ("MUG-1", "Кружка с гербом, Синий", 4)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"sku": "кружка"}, "Latin letters, digits and dashes only."),
        ({"price": "0"}, ""),
        ({"price": "100001"}, ""),
        ({"price": "1,005"}, ""),
        ({"maker": "401"}, "The maker's part is within what a piece costs."),
        ({"grams": "0"}, ""),
        ({"sku": "taken"}, str(products.SKU_TAKEN)),
        ({"size": "L"}, str(products.VARIANT_TAKEN)),
    ],
)
def test_a_variant_that_cannot_be_so_is_refused(client: Client, typed: dict[str, str], words: str) -> None:
    mug = shelf.product()
    one = shelf.variant(mug, size="L")
    StockItem.objects.filter(pk=one.item_id).update(sku="TAKEN")
    answer = client.post(f"{page(mug)}variants/new/", SIZES | typed)

    assert answer.status_code == 422
    assert said(words) in text(answer) if words else "desk-error" in text(answer)
    assert (Variant.objects.count(), StockItem.objects.count(), acts()) == (1, 1, [])


def test_a_variant_of_another_product_is_not_found(client: Client) -> None:
    mine, other = shelf.product(), shelf.product()
    one = shelf.variant(other)
    addresses = (
        f"{page(mine)}variants/{one.pk}/",
        f"{PRODUCTS}999/",
        f"{PRODUCTS}999/edit/",
        f"{SHOP}collections/999/",
    )

    assert [client.get(address).status_code for address in addresses] == [404] * 4
    assert client.post(addresses[0], SIZES).status_code == 404
    assert client.post(f"{PRODUCTS}999/state/").status_code == 404


def test_products_are_found_by_title_number_tag_state_and_collection(client: Client) -> None:
    jazz = Collection.objects.create(slug="jazz", title="Джаз")
    mug = shelf.product("Кружка", collection=jazz, tags=["кухня"])
    one = shelf.variant(mug)
    magnet = shelf.product("Магнит", state="withdrawn")
    asked = {
        query: [one.pk for one in (mug, magnet) if page(one) in text(client.get(f"{PRODUCTS}?{query}"))]
        for query in ("", "text=круж", f"text={one.item.sku}", "text=Кухня", "state=withdrawn", f"collection={jazz.pk}")
    }

    both = [mug.pk, magnet.pk]
    assert list(asked.values()) == [both, [mug.pk], [mug.pk], [mug.pk], [magnet.pk], [mug.pk]]
    assert client.get(f"{PRODUCTS}?state=x").status_code == 422
    assert client.get(f"{PRODUCTS}?page=99").status_code == 200


def change(client: Client, chosen: list[Product], **typed: Any) -> Any:
    return client.post(f"{PRODUCTS}many/", {"product": [one.pk for one in chosen], **typed})


def prices() -> list[int]:
    return list(Variant.objects.order_by("pk").values_list("price_kopecks", flat=True))


def test_prices_rise_by_a_share_as_it_was_shown_and_only_once(client: Client) -> None:
    mug, magnet, other = (shelf.product() for _ in range(3))
    for one, price in ((mug, 505_00), (mug, 99_50), (magnet, 100_00), (other, 100_00)):
        shelf.variant(one, price=price, size=str(price))
    typed = {"what": "percent", "percent": "10"}
    shown = change(client, [mug, magnet], **typed)
    assert (shown.status_code, "556 ₽" in text(shown), prices()) == (200, True, [505_00, 99_50, 100_00, 100_00])
    print_ = shown.context["plan"].fingerprint
    answers = [change(client, [mug, magnet], **typed, fingerprint=print_, confirmed="1") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 422]
    assert str(many.OVERTAKEN) in text(answers[1])
    assert prices() == [556_00, 109_00, 110_00, 100_00]
    assert acts() == [("merch.change_many", "product:many", {"rows": 3, "products": 2, "what": "price"})]


def test_a_price_collection_and_state_are_set_for_many(client: Client) -> None:
    jazz = Collection.objects.create(slug="jazz", title="Джаз")
    mug, magnet = shelf.product(state="draft", listed_at=None), shelf.product(state="draft", listed_at=None)
    shelf.variant(mug)
    for typed in ({"what": "price", "price": "77"}, {"what": "collection", "collection": jazz.pk}, {"what": "listed"}):
        shown = change(client, [mug, magnet], **typed)
        done = change(client, [mug, magnet], **typed, fingerprint=shown.context["plan"].fingerprint, confirmed="1")
        assert done.status_code == 302

    mug.refresh_from_db()
    magnet.refresh_from_db()
    assert prices() == [77_00]
    assert (mug.collection, mug.state, magnet.collection, magnet.state) == (jazz, "listed", jazz, "draft")
    assert mug.listed_at is not None
    assert ShopListing.objects.count() == 1


@pytest.mark.parametrize(
    "typed",
    [
        {"what": "percent"},
        {"what": "percent", "percent": "-91"},
        {"what": "x"},
        {"what": "price", "price": "0,50"},
        {"what": "price", "price": "100001"},
    ],
)
def test_a_change_of_many_that_cannot_be_is_refused(client: Client, typed: dict[str, str]) -> None:
    mug = shelf.product()
    shelf.variant(mug)
    assert change(client, [mug], **typed, confirmed="1").status_code == 422
    assert (prices(), acts()) == ([500_00], [])


def test_nothing_chosen_leads_back_to_the_list(client: Client) -> None:
    for query in ("", "?product=x", "?product=999", f"?product={'9' * 30}"):
        assert client.get(f"{PRODUCTS}many/{query}").headers["Location"] == PRODUCTS


def test_a_collection_is_written_and_goes_only_while_it_is_empty(client: Client, manager: User) -> None:
    typed = {"title": "Джаз в мае", "summary": "", "slug": "", "position": "1"}
    answers = [client.post(f"{SHOP}collections/new/", typed) for _ in range(2)]
    jazz = Collection.objects.get()
    mug = shelf.product(collection=jazz)

    assert ([answer.status_code for answer in answers], jazz.slug) == ([302, 422], "dzhaz-v-mae")
    client.post(f"{SHOP}collections/{jazz.pk}/", typed | {"title": "Джаз", "slug": "jazz"})
    with pytest.raises(editing.CollectionInUseError):
        editing.remove_collection(collection_id=jazz.pk, by=manager, now=make.NOW)
    assert client.post(f"{SHOP}collections/{jazz.pk}/remove/").status_code == 302
    assert Collection.objects.get().slug == "jazz"
    Product.objects.filter(pk=mug.pk).update(collection=None)
    client.post(f"{SHOP}collections/{jazz.pk}/remove/")
    assert not Collection.objects.exists()


def test_pages_cost_the_same_with_one_product_and_with_three(client: Client) -> None:
    mug = shelf.product()
    shelf.variant(mug, size="S")
    addresses = (PRODUCTS, page(mug), f"{PRODUCTS}many/?product={mug.pk}", f"{SHOP}collections/")
    costs = [cost(client, address) for address in addresses]
    for name in ("L", "M"):
        shelf.variant(mug, size=name)
        shelf.variant(shelf.product(collection=Collection.objects.create(slug=name.lower(), title=name)))

    assert [cost(client, address) for address in addresses] == costs


def test_many_are_changed_with_few_queries(manager: User, django_assert_max_num_queries: Any) -> None:
    chosen = [shelf.product() for _ in range(12)]
    for one in chosen:
        shelf.variant(one)
    ids, wanted = [one.pk for one in chosen], repricing.Change(percent=-10)
    planned = repricing.plan(product_ids=ids, change=wanted)
    with django_assert_max_num_queries(8):
        count = repricing.carry_out(
            product_ids=ids, change=wanted, fingerprint=planned.fingerprint, by=manager, now=make.NOW
        )

    assert (count, set(prices())) == (12, {450_00})


@pytest.mark.parametrize("role", ["treasurer", "auditor", "moderator"])
def test_nobody_else_writes_the_catalogue(client: Client, role: str) -> None:
    mug = shelf.product()
    make.sign_in(client, make.staff(role))
    posts = (
        f"{PRODUCTS}new/",
        f"{page(mug)}edit/",
        f"{page(mug)}state/",
        f"{page(mug)}variants/new/",
        f"{PRODUCTS}many/",
    )

    assert [client.post(address, WORDS | SIZES).status_code for address in posts] == [403] * 5
    assert (Product.objects.count(), Variant.objects.count()) == (1, 0)
