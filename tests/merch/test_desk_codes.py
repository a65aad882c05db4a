"""Tariffs and promo codes at the desk: typed in roubles and as people write codes, each an act of staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fund.sales.models import DeliveryTariff, PromoCode
from people.models import StaffAct
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
TARIFF = {
    "carrier": "cdek", "title": "Пенза", "first_postcode": "440000", "last_postcode": "440999", "up_to_grams": "2000",
    "price_kopecks": "250,50", "days_from": "1", "days_to": "2",
}  # fmt: skip
CODE = {
    "code": "пенза 10", "kind": "percent", "amount_kopecks": "0", "percent": "10", "is_active": "on",
    "starts_at_0": "2026-05-01", "starts_at_1": "00:00", "ends_at_0": "2026-06-01", "ends_at_1": "00:00",
}  # fmt: skip


@pytest.fixture
def manager(client: Client) -> Client:
    return make.sign_in(client, make.staff("brand_manager"))


def test_a_tariff_is_typed_in_roubles_and_kept_in_kopecks(manager: Client) -> None:
    assert manager.post("/desk/sales/deliverytariff/add/", TARIFF).status_code == 302
    tariff = DeliveryTariff.objects.get()
    assert (tariff.price_kopecks, tariff.is_sample) == (250_50, False)
    shown = manager.get(f"/desk/sales/deliverytariff/{tariff.pk}/change/").content.decode()
    assert 'value="250,50"' in shown
    assert "250,50" in manager.get("/desk/sales/deliverytariff/").content.decode()
    manager.post(f"/desk/sales/deliverytariff/{tariff.pk}/change/", TARIFF | {"price_kopecks": "1 000"})
    assert DeliveryTariff.objects.get().price_kopecks == 1_000_00
    assert StaffAct.objects.filter(subject=f"deliverytariff:{tariff.pk}").count() == 2


@pytest.mark.parametrize(
    "wrong", [{"price_kopecks": "сто"}, {"price_kopecks": "0"}, {"first_postcode": "44"}, {"days_to": "0"}]
)
def test_a_tariff_that_makes_no_sense_is_sent_back(manager: Client, wrong: dict[str, str]) -> None:
    assert manager.post("/desk/sales/deliverytariff/add/", TARIFF | wrong).status_code == 200
    assert not DeliveryTariff.objects.exists()


def test_a_code_is_typed_as_people_write_it_and_never_deleted(manager: Client) -> None:
    assert manager.post("/desk/sales/promocode/add/", CODE).status_code == 302
    code = PromoCode.objects.get()
    assert (code.code, code.percent) == ("ПЕНЗА10", 10)
    assert manager.post(f"/desk/sales/promocode/{code.pk}/delete/", {"post": "yes"}).status_code == 403
    assert manager.post("/desk/sales/promocode/add/", CODE).status_code == 200  # the same code once more
    assert PromoCode.objects.count() == 1


@pytest.mark.parametrize("role", ["treasurer", "auditor", "moderator"])
def test_others_do_not_set_prices(client: Client, role: str) -> None:
    make.sign_in(client, make.staff(role))
    for path in ("deliverytariff", "promocode"):
        assert client.get(f"/desk/sales/{path}/").status_code == 403
        assert client.post(f"/desk/sales/{path}/add/", {}).status_code == 403
