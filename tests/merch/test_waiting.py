"""Who waits is told once when it is there again, then forgotten; nobody learns who waits for what."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext, override

from campaigns.services.erasing import request_erasure
from merch import tasks
from merch.catalogue import waiting
from merch.models import BackInStockWish, Product, Variant
from people.erasure import erase_donors
from people.models import Consent, Donor, ErasureRequest, Letter
from people.outbox import overdue_letters, send_letter
from tests.fund.sales.goods import buy
from tests.merch import shelf

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from django.http import HttpResponse

pytestmark = pytest.mark.django_db
NOW = shelf.NOW
FORM = {"email": "anna@example.org", "personal_data": "on", "website": ""}


@pytest.fixture
def gone() -> Variant:
    """Return a variant of which nothing is left."""
    return shelf.variant(shelf.product("Кружка «Сура»"), size="0,3 л")


def ask(client: Client, variant: Variant, **changes: str) -> HttpResponse:
    path = f"/shop/{variant.product.slug}/wait/{variant.pk}/"
    return client.post(path, FORM | changes)  # type: ignore[return-value]  # Django's own test answer


def wish(variant: Variant, email: str = "anna@example.org", at: Any = NOW) -> None:
    waiting.wish_for(variant=variant, email=email, address="10.0.0.1", now=at)


def send_all(at: Any = NOW) -> list[str]:
    """Send what waits in the outbox; return to whom."""
    before = len(mail.outbox)
    for letter_id in overdue_letters(now=at + timedelta(minutes=1)):
        send_letter(letter_id=letter_id, now=at + timedelta(minutes=1))
    return [letter.to[0] for letter in mail.outbox[before:]]


def test_who_waits_is_told_once_and_forgotten(client: Client, gone: Variant) -> None:
    assert ask(client, gone).headers["Location"] == f"/shop/{gone.product.slug}/waiting/"
    assert sorted(Consent.objects.values_list("text__kind", flat=True)) == ["personal_data", "privacy_policy"]
    now = timezone.now()
    assert (waiting.tell_some(limit=9, now=now), send_all(now)) == ([], [])

    buy(gone.item, pieces=1, price=100_00)
    assert (len(waiting.tell_some(limit=9, now=now)), waiting.tell_some(limit=9, now=now)) == (1, [])
    assert send_all(now) == ["anna@example.org"]
    told = mail.outbox[-1]
    with override("ru"):
        assert told.subject == gettext("There again: %(title)s") % {"title": "Кружка «Сура»"}
    assert f"/shop/{gone.product.slug}/#variant-{gone.pk}" in str(told.body)
    assert "0,3 л" in str(told.body)
    assert told.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert BackInStockWish.objects.count() == 0
    assert list(Donor.objects.values_list("email", flat=True)) == [None]
    assert list(Consent.objects.values_list("address", flat=True)) == [None, None]
    assert (waiting.tell_some(limit=9, now=now), send_all(now)) == ([], [])


def test_the_answer_is_the_same_whoever_asks(client: Client, gone: Variant) -> None:
    first, again, machine = (
        ask(client, gone),
        ask(client, gone, email="Anna@Example.org"),
        ask(client, gone, email="bot@example.org", website="x"),
    )

    assert {(one.status_code, one.headers["Location"]) for one in (first, again, machine)} == {
        (302, f"/shop/{gone.product.slug}/waiting/")
    }
    assert BackInStockWish.objects.count() == Donor.objects.count() == 1
    page = client.get(first.headers["Location"]).content.decode()
    assert "anna" not in page


@pytest.mark.parametrize("changes", [{"email": "nobody"}, {"email": ""}, {"personal_data": ""}])
def test_a_form_that_is_wrong_is_sent_back(client: Client, gone: Variant, changes: dict[str, str]) -> None:
    assert ask(client, gone, **changes).status_code == 422
    assert not Donor.objects.exists()


def test_only_what_is_sold_can_be_waited_for(client: Client, gone: Variant) -> None:
    other = shelf.variant(shelf.product())
    path = f"/shop/{gone.product.slug}/wait/{other.pk}/"
    assert (client.get(path).status_code, client.post(path, FORM).status_code) == (404, 404)
    Product.objects.filter(pk=gone.product_id).update(state=Product.State.WITHDRAWN)
    assert ask(client, gone).status_code == 404
    Product.objects.filter(pk=other.product_id).update(state=Product.State.DRAFT)
    assert ask(client, other).status_code == 404
    assert not BackInStockWish.objects.exists()


def test_wishes_are_not_asked_for_without_end(client: Client, gone: Variant, settings: Any) -> None:
    settings.WORDS_PER_ADDRESS = 2
    statuses = [ask(client, gone, email=f"a{number}@example.org").status_code for number in range(3)]

    assert statuses == [302, 302, 429]
    assert BackInStockWish.objects.count() == 2


def test_one_e_mail_waits_for_few_things(settings: Any) -> None:
    settings.SHOP_WISHES_PER_EMAIL = 2
    mug = shelf.product()
    sizes = [shelf.variant(mug, size=size) for size in "SML"]
    for one in (*sizes, sizes[0]):
        wish(one, email="Anna@example.org")

    assert sorted(BackInStockWish.objects.values_list("variant", flat=True)) == [sizes[0].pk, sizes[1].pk]


def test_a_letter_whose_piece_is_gone_again_is_not_sent_and_the_wish_waits_on(gone: Variant) -> None:
    wish(gone)
    buy(gone.item, pieces=1, price=100_00)
    assert len(waiting.tell_some(limit=9, now=NOW)) == 1
    Variant.objects.filter(pk=gone.pk).update(is_on_sale=False)
    assert send_all() == []
    assert waiting.tell_some(limit=9, now=NOW) == []

    later = NOW + timedelta(hours=2)
    assert waiting.tidy_up(now=later) == 0
    assert waiting.tell_some(limit=9, now=later) == []
    Variant.objects.filter(pk=gone.pk).update(is_on_sale=True)
    assert len(waiting.tell_some(limit=9, now=later)) == 1
    assert send_all(later) == ["anna@example.org"]


def test_the_link_in_the_letter_ends_all_that_an_e_mail_waits_for(gone: Variant) -> None:
    other = shelf.variant(shelf.product())
    for one, email in ((gone, "anna@example.org"), (other, "ANNA@example.org"), (other, "boris@example.org")):
        wish(one, email)
    buy(gone.item, pieces=1, price=100_00)
    waiting.tell_some(limit=9, now=NOW)
    send_all()
    address = mail.outbox[-1].extra_headers["List-Unsubscribe"].strip("<>")
    path = "/" + address.partition("//")[2].partition("/")[2]
    machine = Client(enforce_csrf_checks=True)

    assert machine.get(path).status_code == 200
    assert BackInStockWish.objects.count() == 2, "looking changes nothing"
    assert machine.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert [row.donor.email for row in BackInStockWish.objects.select_related("donor")] == ["boris@example.org"]
    forged = path[:-3] + ("aa/" if not path.endswith("aa/") else "bb/")
    assert machine.post(forged).status_code == 404


def test_who_asked_to_be_forgotten_or_waited_too_long_is_forgotten(gone: Variant, settings: Any) -> None:
    wish(gone)
    wish(gone, "boris@example.org")
    assert request_erasure(email="anna@example.org", origin=ErasureRequest.Origin.STAFF, now=NOW).pk
    erase_donors(donor_ids=list(Donor.objects.filter(email="anna@example.org").values_list("pk", flat=True)), now=NOW)
    assert waiting.tidy_up(now=NOW) == 1
    assert BackInStockWish.objects.get().donor.email == "boris@example.org"
    assert waiting.tidy_up(now=NOW + timedelta(days=settings.SHOP_WISH_DAYS + 1)) == 1
    assert not Donor.objects.filter(email__isnull=False).exists()


def test_the_workers_tasks_tell_and_tidy(gone: Variant, django_capture_on_commit_callbacks: Callable[..., Any]) -> None:
    now = timezone.now()
    for email in ("anna@example.org", "boris@example.org"):
        wish(gone, email, at=now)
    buy(gone.item, pieces=1, price=100_00)
    with django_capture_on_commit_callbacks() as soon:
        tasks.tell_waiting()
        tasks.tell_waiting()
    tasks.tidy_wishes()

    assert (len(soon), Letter.objects.filter(kind="back_in_stock").count()) == (2, 2)
    assert send_all(now) == ["anna@example.org", "boris@example.org"]
    assert not BackInStockWish.objects.exists()
