"""The brand manager walks every page of the shop's desk, and meets no donor and no buyer's e-mail on any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, reverse
from django.utils import timezone

from fund.money import Kopecks
from fund.sales import services
from fund.sales.models import ReturnWish, Sale
from merch.desk import urls
from merch.models import CatalogueSheet, Collection, Photo
from people.models import Donor
from tests import make
from tests.campaigns.test_pictures import photo
from tests.fund.sales.orders import go, order, paid
from tests.merch import shelf
from tests.merch.desk import SHOP, text

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from emulator.control import EmulatorControl
    from people.models import User

pytestmark = pytest.mark.django_db
BUYER, DONOR, NAME = "secret.buyer@example.org", "secret.donor@example.org", "Щедрый Иван Иванович"
FILES = {"packing_file", "day_packing_file"}  # made for who packs: tests/merch/test_packing_lists.py reads them
SENT_BY_A_BUTTON = FILES | {"move", "put_state", "remove_collection", "arrange_photos", "remove_photo", "apply_sheet"}


@pytest.fixture
def ids(
    client: Client, manager: User, control: EmulatorControl, tmp_path: Path, settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, Any]:  # fmt: skip
    """Return a shop with something of everything, and what its addresses name."""
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }
    monkeypatch.setattr("merch.desk.tasks.make_photo.delay", lambda **_ids: None)
    make.donation(make.campaign(), email=DONOR)
    Donor.objects.filter(email=DONOR).update(public_name=NAME)
    mug = shelf.product(collection=Collection.objects.create(slug="jazz", title="Джаз"))
    one = shelf.variant(mug, pieces=9)
    extra = services.Extra("sad", f"Дар: {NAME}", Kopecks(777_00))
    sale = paid(control, order((one.item, 2, 500_00), email=BUYER, gift=extra))
    ReturnWish.objects.create(sale=sale, reason="faulty", words="Скол", asked_at=timezone.now())
    go(paid(control, order((one.item, 1, 500_00), email=f"x{BUYER}")), Sale.State.ASSEMBLING, Sale.State.READY)
    file = SimpleUploadedFile("a.jpg", photo(), "image/jpeg")
    client.post(f"{SHOP}products/{mug.pk}/photos/", {"photos": file, "alt": "Кружка"})
    made = Photo.objects.get()
    monkeypatch.undo()
    from merch.photos import make_photo

    make_photo(photo_id=made.pk)
    table = b"".join(client.get(f"{SHOP}table/catalogue.csv").streaming_content)  # type: ignore[attr-defined]
    client.post(f"{SHOP}table/", {"table": SimpleUploadedFile("a.csv", table, "text/csv")})
    return {
        "sale_id": sale.pk,
        "product_id": mug.pk,
        "variant_id": one.pk,
        "item_id": one.item_id,
        "photo_id": made.pk,
        "collection_id": mug.collection_id,
        "reference": CatalogueSheet.objects.get().reference,
    }


def read(answer: Any) -> str:
    if answer.streaming:
        return b"".join(answer.streaming_content).decode()
    return text(answer) if answer.headers["Content-Type"].startswith("text/") else ""


def test_no_page_of_the_desk_shows_a_donor_a_gift_or_an_email(client: Client, ids: dict[str, Any]) -> None:
    seen = {}
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        if pattern.name is None or pattern.name in SENT_BY_A_BUTTON:
            continue
        known = {key: ids[key] for key in pattern.pattern.converters}
        address = reverse(f"shop_desk:{pattern.name}", kwargs=known)
        query = f"?item={ids['item_id']}&product={ids['product_id']}"
        asked = {"receive", "write_off", "count", "change_many"}
        answer = client.get(address + query if pattern.name in asked else address)
        seen[address] = (answer.status_code, read(answer))

    assert len(seen) == len(urls.urlpatterns) - len(SENT_BY_A_BUTTON)
    assert {status for status, _shown in seen.values()} == {200}
    for address, (_status, shown) in seen.items():
        for secret in (BUYER, DONOR, NAME, "Щедрый", "777 ₽", "77700"):
            assert secret not in shown, address
    assert any("+79001234567" in shown for _status, shown in seen.values()), "the order's page is among them"
