"""Who may give, how often, and what is written down."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from django.db import connections
from django.test import Client

from campaigns.models import Donation
from campaigns.services import CampaignClosedError, KeyReusedError, TooManyGiftsError, give
from campaigns.services.giving import Gift
from fund.money import Kopecks
from people.models import Consent, Donor, User
from tests import make

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from config.embedded.postgres import Cluster

pytestmark = pytest.mark.usefixtures("committed")


def form(**changes: str) -> dict[str, str]:
    return {
        "key": str(uuid4()),
        "amount": "500",
        "email": "a@example.org",
        "offer": "on",
        "personal_data": "on",
    } | changes


def test_a_gift_writes_its_consents_with_text_and_address() -> None:
    gift = Gift(Kopecks(500_00), "a@example.org", public_name="Анна")
    give(campaign=make.campaign(), gift=gift, key="k", address="10.0.0.1", now=make.NOW)

    rows = Consent.objects.order_by("text__kind").values_list("text__kind", "text__version", "address")
    assert list(rows) == [
        ("offer", "4", "10.0.0.1"),
        ("personal_data", "2", "10.0.0.1"),
        ("privacy_policy", "4", "10.0.0.1"),
        ("public_name", "2", "10.0.0.1"),
        ("refund_rules", "2", "10.0.0.1"),
    ]
    for consent in Consent.objects.select_related("text"):
        assert consent.text.sha256 == sha256(consent.text.body.encode()).hexdigest()


@pytest.mark.parametrize("table", ["people_consent", "people_legaltext"])
@pytest.mark.parametrize("role", ["fund_app", "fund_owner"])
def test_consents_and_texts_are_never_rewritten(committed: str, cluster: Cluster, table: str, role: str) -> None:
    make.donation(make.campaign())
    column = "address" if table == "people_consent" else "version"

    with cluster.connect(committed, user=role) as other:
        for statement in (
            f"UPDATE {table} SET {column} = {column}",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                other.execute(statement)


@pytest.mark.parametrize("limit", ["GIFTS_PER_ADDRESS", "GIFTS_PER_EMAIL", "GIFTS_PER_CAMPAIGN"])
def test_card_testing_is_stopped(settings: Settings, limit: str) -> None:
    setattr(settings, limit, 2)
    sad = make.campaign()
    for _ in range(2):
        make.donation(sad, email="same@example.org")

    with pytest.raises(TooManyGiftsError):
        make.donation(sad, email="same@example.org")
    assert Donation.objects.count() == 2


def test_a_line_of_ipv6_is_one_caller(settings: Settings) -> None:
    settings.GIFTS_PER_ADDRESS = 2
    sad = make.campaign()
    for number in range(2):
        make.donation(sad, address=f"2001:db8:1:1::{number}")

    with pytest.raises(TooManyGiftsError):
        make.donation(sad, address="2001:db8:1:1:ffff::1")
    make.donation(sad, address="2001:db8:1:2::1")


def test_thirty_at_once_from_one_address_get_no_more_than_the_limit(settings: Settings) -> None:
    settings.GIFTS_PER_ADDRESS = 5
    sad = make.campaign()

    def one(_: int) -> bool:
        try:
            make.donation(sad)
        except TooManyGiftsError:
            return False
        else:
            return True
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(one, range(30))) == 5
    assert Donation.objects.count() == 5


def test_the_form_and_the_api_answer_429(settings: Settings) -> None:
    settings.GIFTS_PER_ADDRESS = 1
    make.campaign()
    client = Client()
    body = {
        "campaign": "sad",
        "amount_kopecks": 500_00,
        "email": "a@example.org",
        "consents": {"offer": True, "personal_data": True},
    }
    first = client.post("/projects/sad/give/", form())
    second = client.post("/projects/sad/give/", form())
    third = client.post("/api/v1/donations", body, content_type="application/json", headers={"idempotency-key": "k"})

    assert (first.status_code, second.status_code, third.status_code) == (302, 429, 429)
    assert "Слишком много пожертвований" in second.content.decode()
    assert third.headers["Content-Type"] == "application/problem+json"


def test_a_closed_campaign_takes_nothing() -> None:
    sad = make.campaign()
    make.end(sad, at=make.NOW)
    sad.refresh_from_db()

    with pytest.raises(CampaignClosedError):
        make.donation(sad)
    page = Client().post("/projects/sad/give/", form())
    assert (page.status_code, Donation.objects.count()) == (422, 0)
    assert "Сбор закрыт" in page.content.decode()


def test_a_campaign_takes_gifts_until_its_last_moment() -> None:
    end = make.NOW + timedelta(hours=1)
    sad = make.campaign(closes_at=end)

    assert sad.is_open(end - timedelta(microseconds=1))
    assert not sad.is_open(end)


def test_one_key_is_one_gift() -> None:
    sad = make.campaign()
    gift = Gift(Kopecks(500_00), "a@example.org")
    first = give(campaign=sad, gift=gift, key="k", address="10.0.0.1", now=make.NOW)

    assert give(campaign=sad, gift=gift, key="k", address="10.0.0.1", now=make.NOW) == first
    other = Gift(Kopecks(500_01), "a@example.org")
    with pytest.raises(KeyReusedError):
        give(campaign=sad, gift=other, key="k", address="10.0.0.1", now=make.NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "0"}, {"amount": "-5"}, {"amount": "1e9"}, {"amount": "10.001"}, {"amount": "350000,01"},
        {"amount": "9,99"}, {"amount": "٥٠٠"}, {"amount": ""}, {"email": "x"}, {"offer": ""}, {"personal_data": ""},
        {"key": "x"}, {"preset": "7"}, {"public_name": "Анна"}, {"message": "x" * 501}, {"email": "a\x00@b.ru"},
    ],
)  # fmt: skip
def test_a_wrong_form_is_refused_and_leaves_nothing(changes: dict[str, str]) -> None:
    make.campaign()
    page = Client().post("/projects/sad/give/", form(**changes))

    assert page.status_code == 422
    assert Donation.objects.count() == 0


def test_a_form_from_elsewhere_is_refused() -> None:
    make.campaign()
    page = Client(enforce_csrf_checks=True).post("/projects/sad/give/", form())

    assert page.status_code == 403
    assert "Форма устарела" in page.content.decode()
    assert Donation.objects.count() == 0


def test_a_secret_page_opens_only_with_its_token() -> None:
    gift = make.donation(make.campaign())
    client = Client()

    assert client.get(f"/gifts/{gift.token}/").status_code == 200
    assert client.get(f"/gifts/{gift.token[:-1]}/").status_code == 404
    assert client.get(f"/gifts/{gift.pk}/").status_code == 404
    assert client.get(f"/gifts/{gift.token}/receipt.pdf").status_code == 404
    stranger = client.get(f"/gifts/back/{gift.payment.reference}/")
    assert gift.token not in stranger.content.decode()
    assert gift.donor is not None
    assert gift.donor.email
    assert gift.donor.email not in stranger.content.decode()


def test_the_browser_that_gave_is_led_back_to_its_gift() -> None:
    make.campaign()
    client = Client()
    page = client.post("/projects/sad/give/", form())
    gift = Donation.objects.select_related("payment").get()

    assert page.headers["Location"] == gift.get_absolute_url()
    back = client.get(f"/gifts/back/{gift.payment.reference}/")
    assert back.headers["Location"] == gift.get_absolute_url()
    assert gift.token not in gift.payment.return_url


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000"])
def test_yookassa_sends_the_browser_back_to_where_it_came_from(host: str) -> None:
    make.campaign()
    Client(headers={"host": host}).post("/projects/sad/give/", form())

    gift = Donation.objects.select_related("payment").get()
    assert gift.payment.return_url == f"http://{host}/gifts/back/{gift.payment.reference}/"


def test_a_host_that_is_not_ours_is_refused() -> None:
    make.campaign()
    page = Client(headers={"host": "evil.example"}).post("/projects/sad/give/", form())

    assert (page.status_code, Donation.objects.count()) == (400, 0)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("  Анна   П. ", "Анна П."),
        ("\u202eанна", "анна"),
        ("\u200b\u2060\u3164", ""),
        ("А\nБ", "А Б"),
        ("Ёлка 🎄", "Ёлка 🎄"),
    ],
)
def test_a_name_keeps_what_can_be_seen(told: str, kept: str) -> None:
    make.campaign()
    body = {
        "campaign": "sad", "amount_kopecks": 500_00, "email": "a@example.org", "public_name": told,
        "consents": {"offer": True, "personal_data": True},
    }  # fmt: skip
    Client().post("/projects/sad/give/", form(public_name=told, public_name_consent="on"))
    Client().post("/api/v1/donations", body, content_type="application/json", headers={"idempotency-key": "k"})

    assert list(Donor.objects.values_list("public_name", flat=True)) == [kept, kept]
    assert Consent.objects.filter(text__kind="public_name").count() == (2 if kept else 0)


@pytest.mark.parametrize(
    "email", ["mi\N{KELVIN SIGN}e@example.org", "ſam@example.org", "a@\N{FULLWIDTH LATIN SMALL LETTER A}.ru"]
)
def test_an_address_that_is_mistaken_for_anothers_is_refused_everywhere(email: str) -> None:
    make.campaign()
    body = {"campaign": "sad", "amount_kopecks": 500_00, "email": email,
            "consents": {"offer": True, "personal_data": True}}  # fmt: skip
    shown = Client().post("/projects/sad/give/", form(email=email))
    called = Client().post("/api/v1/donations", body, content_type="application/json", headers={"idempotency-key": "k"})
    Client().post("/me/signup/", {"email": email, "password1": make.PASSWORD})

    assert (shown.status_code, called.status_code) == (422, 400)
    assert Donor.objects.count() == 0
    people = User.objects.exclude(email__startswith="council-")  # who approved the campaign
    assert set(people.values_list("email", flat=True)) <= {"mike@example.org"}  # as the letter's address is


def test_who_tries_again_need_not_write_everything_once_more() -> None:
    make.campaign()
    client = Client()
    client.post("/projects/sad/give/", form(amount="1 250,50", message="Растите!"))
    gift = Donation.objects.select_related("payment").get()
    again = f"/projects/sad/give/?again={gift.payment.reference}"
    page = client.get(again).context["form"]

    assert [page[name].value() for name in ("amount", "email", "message", "offer")] == [
        "1250,50", "a@example.org", "Растите!", None,
    ]  # fmt: skip
    assert str(page["key"].value()) not in gift.request_key
    stranger = Client().get(again)
    assert "a@example.org" not in stranger.content.decode()
    assert Client().get("/projects/sad/give/?again=%00").status_code == 200


def test_the_waiting_page_is_told_only_what_is_new() -> None:
    gift = make.donation(make.campaign())
    client = Client()
    mark = client.get(f"/gifts/{gift.token}/").context["state"].mark

    assert client.get(f"/gifts/{gift.token}/state/?seen={mark}").status_code == 204
    news = client.get(f"/gifts/{gift.token}/state/?seen=other")
    assert (news.status_code, f"seen={mark}" in news.content.decode()) == (200, True)
