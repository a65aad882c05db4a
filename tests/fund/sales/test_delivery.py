"""What carriers take, by the staff's own tariffs; phones and postcodes as people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from fund.money import Kopecks
from fund.sales.delivery import NotDeliveredError, Parcel, Quote, is_postcode, quote, quotes
from fund.sales.models import DeliveryTariff
from fund.sales.phones import NotAPhoneError, parse_phone, show_phone

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries


def tariff(carrier: str, price: int, **fields: object) -> DeliveryTariff:
    own: dict[str, object] = {
        "title": "Область", "first_postcode": "440000", "last_postcode": "442999", "up_to_grams": 1000,
        "days_from": 2, "days_to": 5,
    }  # fmt: skip
    return DeliveryTariff.objects.create(carrier=carrier, price_kopecks=price, **own | fields)


@pytest.mark.django_db
def test_each_carrier_names_its_cheapest_tariff_that_fits(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    tariff("russian_post", 30_000, is_sample=True)
    tariff("russian_post", 25_000, up_to_grams=500)
    tariff("russian_post", 20_000, first_postcode="101000", last_postcode="129999")
    tariff("cdek", 40_000, up_to_grams=5000)
    with django_assert_num_queries(1):
        found = quotes(parcel=Parcel("440000", 500))
    assert found == {
        "pickup": Quote("pickup", Kopecks(0)),
        "russian_post": Quote("russian_post", Kopecks(25_000), 2, 5),
        "cdek": Quote("cdek", Kopecks(40_000), 2, 5),
    }
    assert quote(carrier="russian_post", parcel=Parcel("442999", 1000)).price_kopecks == 30_000
    assert quote(carrier="russian_post", parcel=Parcel("442999", 1000)).is_sample
    assert set(quotes(parcel=Parcel("442999", 1001))) == {"pickup", "cdek"}
    assert set(quotes(parcel=Parcel("443000", 1))) == {"pickup"}
    with pytest.raises(NotDeliveredError):
        quote(carrier="cdek", parcel=Parcel("443000", 1))


@pytest.mark.django_db
def test_without_a_postcode_only_pickup_is_certain(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert set(quotes(parcel=Parcel("", 1))) == {"pickup"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"price_kopecks": 0}, {"days_from": 6}, {"first_postcode": "44000"}, {"last_postcode": "439999"},
        {"carrier": "pickup"}, {"up_to_grams": 0},
    ],
)  # fmt: skip
def test_the_database_takes_no_tariff_that_makes_no_sense(wrong: dict[str, object]) -> None:
    row = tariff("cdek", 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        DeliveryTariff.objects.filter(pk=row.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        tariff("cdek", 2)  # a second price for the same


def test_a_postcode_has_six_ascii_digits() -> None:
    right, wrong = ["440000", "101000"], ["", "44000", "4400000", "040000", "44000a", "４４００００", "440000\n"]
    assert [is_postcode(text) for text in right + wrong] == [True] * 2 + [False] * 7


def test_a_phone_is_kept_as_machines_dial_it() -> None:
    for text in ("89001234567", "+7 900 123-45-67", "8 (900) 123 45 67", "900 1234567"):
        assert parse_phone(text) == "+79001234567"
    assert parse_phone("+375 29 123-45-67") == "+375291234567"
    assert show_phone("+79001234567") == "+7 900 123-45-67"


@pytest.mark.parametrize("text", ["", "123", "сто", "+7 000 000 00 00", "8 900 123-45-67 доб. 5", "9" * 40])
def test_what_nobody_can_dial_is_no_phone(text: str) -> None:
    with pytest.raises(NotAPhoneError):
        parse_phone(text)
