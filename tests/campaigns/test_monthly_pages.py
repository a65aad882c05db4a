"""Monthly gifts on pages, at the desk and through the API: offered, agreed to, stopped, refused to strangers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, Charge, Donation, Subscription
from campaigns.subscriptions.calendar import month_of
from fund.payments.models import SavedMethod
from people.models import Consent, LegalText
from people.sealing import seal
from tests import make
from tests.campaigns.test_my import visitor

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
NOBODY = "x" * 43


def active(campaign: Campaign, number: int = 1, *, kopecks: int = 500_00, email: str = "") -> Subscription:
    """Return a subscription that goes on, as it stands in the tables."""
    gift = make.donation(campaign, email=email or f"paid{number}@example.org", kopecks=kopecks)
    method = SavedMethod.objects.create(
        payment=gift.payment, sealed_id=seal("x"), title="Bank card *4444", saved_at=make.NOW
    )
    assert gift.donor is not None
    found = Subscription.objects.create(
        campaign=campaign, donor=gift.donor, amount_kopecks=kopecks, anchor_day=5, token=f"monthly{number:036}",
        created_at=make.NOW, moved_at=make.NOW,
    )  # fmt: skip
    rows = Subscription.objects.filter(pk=found.pk)
    rows.update(state="active", method=method, next_at=make.NOW + timedelta(days=20), moved_at=make.NOW)
    found.refresh_from_db()
    return found


def filled(**changes: str) -> dict[str, str]:
    return {
        "key": str(uuid4()), "amount": "500", "email": "anna@example.org", "offer": "on", "personal_data": "on",
    } | changes  # fmt: skip


@pytest.mark.parametrize(("funding", "checked"), [("monthly", "monthly"), ("open_ended", "once")])
def test_a_campaign_without_an_end_offers_both_and_ticks_no_consent(client: Client, funding: str, checked: str) -> None:
    make.campaign(funding=funding)
    page = client.get("/projects/sad/give/")

    form = page.context["form"]
    assert (form["how"].value(), form["recurring"].value()) == (checked, None)
    assert "каждый месяц, пока я не остановлю" in page.content.decode()
    assert "/legal/recurring/" in page.content.decode()


def test_a_campaign_with_a_deadline_offers_none_and_takes_none(client: Client) -> None:
    make.campaign(closes_at=timezone.now() + timedelta(days=2))
    assert b'name="how"' not in client.get("/projects/sad/give/").content
    client.post("/projects/sad/give/", filled(how="monthly", recurring="on"))

    assert Donation.objects.get().charge is None
    assert not Subscription.objects.exists()


def test_a_gift_each_month_is_made_only_with_its_own_consent(client: Client) -> None:
    make.campaign(funding="monthly")
    page = client.post("/projects/sad/give/", filled(how="monthly"))
    assert page.status_code == 422
    assert "recurring" in page.context["form"].errors
    assert not Donation.objects.exists()
    client.post("/projects/sad/give/", filled(how="monthly", recurring="on"))

    gift = Donation.objects.get()
    assert gift.charge is not None
    assert gift.payment.saves_method
    assert Consent.objects.filter(donor=gift.donor, text__kind=LegalText.Kind.RECURRING).count() == 1
    shown = [client.get(gift.get_absolute_url()) for _time in range(2)][-1]  # the first may lead on to the payment
    assert "Это пожертвование ежемесячное" in shown.content.decode()


@pytest.mark.parametrize("how", ["once", ""])
def test_once_is_once_also_where_monthly_is_offered(client: Client, how: str) -> None:
    make.campaign(funding="monthly")
    client.post("/projects/sad/give/", filled(how=how, recurring="on"))

    gift = Donation.objects.get()
    assert (gift.charge, gift.payment.saves_method) == (None, False)
    assert not Consent.objects.filter(text__kind=LegalText.Kind.RECURRING).exists()


def test_a_way_of_giving_that_nobody_offers_is_refused(client: Client) -> None:
    make.campaign(funding="monthly")

    assert client.post("/projects/sad/give/", filled(how="hourly", recurring="on")).status_code == 422
    assert not Donation.objects.exists()


def test_the_same_form_sent_twice_is_one_subscription(client: Client) -> None:
    make.campaign(funding="monthly")
    form = filled(how="monthly", recurring="on")
    client.post("/projects/sad/give/", form)
    client.post("/projects/sad/give/", form)

    assert (Donation.objects.count(), Subscription.objects.count(), Charge.objects.count()) == (1, 1, 1)


def test_the_page_shows_sum_card_and_day_behind_the_secret_alone(client: Client) -> None:
    subscription = active(make.campaign())
    page = client.get(subscription.get_absolute_url())

    assert "500\u00a0₽" in page.content.decode()
    assert "Bank card *4444" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert 'name="robots" content="noindex"' in page.content.decode()
    for method, path in [("get", ""), ("get", "stop/"), ("post", "stop/"), ("post", "sum/"), ("post", "card/")]:
        answer = getattr(client, method)(f"/gifts/monthly/{NOBODY}/{path}", {"amount": "100"})
        assert answer.status_code == 404


def test_a_look_stops_nothing_and_the_button_stops_once(client: Client) -> None:
    subscription = active(make.campaign())
    address = f"{subscription.get_absolute_url()}stop/"
    page = client.get(address)
    client.head(address)
    subscription.refresh_from_db()
    assert (page.status_code, subscription.state) == (200, "active")
    assert client.post(address).status_code == 200
    ended_at = Subscription.objects.get().ended_at

    page = client.post(address)
    subscription.refresh_from_db()
    assert (page.status_code, subscription.ended_because, subscription.ended_at) == (200, "donor", ended_at)
    assert "Больше ничего не списывается" in page.content.decode()
    assert "Вы сами их остановили" in client.get(subscription.get_absolute_url()).content.decode()


def test_a_mail_programs_one_click_needs_no_cookie_and_no_sign_in() -> None:
    subscription = active(make.campaign())
    machine = Client(enforce_csrf_checks=True)
    body = {"List-Unsubscribe": "One-Click"}
    answer = machine.post(f"{subscription.get_absolute_url()}stop/", body)

    subscription.refresh_from_db()
    assert (answer.status_code, subscription.state) == (200, "ended"), "answered at once, led nowhere"


def test_the_other_changes_are_guarded_from_foreign_pages() -> None:
    subscription = active(make.campaign())
    machine = Client(enforce_csrf_checks=True)

    assert machine.post(f"{subscription.get_absolute_url()}sum/", {"amount": "100"}).status_code == 403
    assert machine.post(f"{subscription.get_absolute_url()}card/").status_code == 403


@pytest.mark.parametrize("amount", ["", "0", "-5", "1", "999999999999999999999", "<script>", "5,555", "x" * 5000])
def test_a_sum_that_is_none_changes_nothing(client: Client, amount: str) -> None:
    subscription = active(make.campaign())
    page = client.post(f"{subscription.get_absolute_url()}sum/", {"amount": amount, "recurring": "on"})

    assert page.status_code == 422
    assert b"<script>" not in page.content.replace(b"<script type=", b"")
    subscription.refresh_from_db()
    assert subscription.amount_kopecks == 500_00


def test_more_each_month_needs_the_terms_agreed_to_again(client: Client) -> None:
    subscription = active(make.campaign())
    address = f"{subscription.get_absolute_url()}sum/"
    page = client.post(address, {"amount": "900"})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["recurring"])
    assert client.post(address, {"amount": "300"}).status_code == 302
    assert client.post(address, {"amount": "900", "recurring": "on"}).status_code == 302

    subscription.refresh_from_db()
    assert subscription.amount_kopecks == 900_00
    client.post(f"{subscription.get_absolute_url()}stop/")
    assert client.post(address, {"amount": "200"}).status_code == 422


def test_another_card_where_nothing_waits_is_told_so(client: Client) -> None:
    subscription = active(make.campaign())
    answer = client.post(f"{subscription.get_absolute_url()}card/", follow=True)

    assert "Сейчас платить нечего" in answer.content.decode()
    assert Donation.objects.count() == 1


def test_my_gifts_list_monthly_ones_at_a_constant_cost(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    campaign = make.campaign()
    email = "anna@example.org"
    active(campaign, 1, email=email)
    client = visitor(email)
    client.get("/my/gifts/")
    with django_assert_num_queries(QUERIES):
        one = client.get("/my/gifts/").content.decode()
    active(campaign, 2, email=email)
    active(campaign, 3, email=email)
    active(campaign, 4, email="other@example.org")
    with django_assert_num_queries(QUERIES):
        three = client.get("/my/gifts/").content.decode()

    assert [page.count("/gifts/monthly/monthly") for page in (one, three)] == [2, 6]


QUERIES = 13


def test_the_campaigns_page_tells_of_the_promise_apart(client: Client) -> None:
    campaign = make.campaign()
    assert "каждый месяц:" not in client.get("/projects/sad/").content.decode()
    active(campaign, 1)
    active(campaign, 2, kopecks=300_00)

    page = client.get("/projects/sad/")
    assert "2 человека поддерживают каждый месяц: 800\u00a0₽ в месяц." in page.content.decode()
    assert page.context["row"].figures.raised_kopecks == 0


def test_the_treasurer_sees_no_card_and_no_address(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    campaign = make.campaign()
    active(campaign, 1)
    make.sign_in(client, make.staff("treasurer"))
    client.get("/desk/monthly/")
    with django_assert_num_queries(DESK_QUERIES):
        page = client.get("/desk/monthly/")
    for number in (2, 3):
        active(campaign, number)
    with django_assert_num_queries(DESK_QUERIES):
        three = client.get("/desk/monthly/?state=active")

    text = page.content.decode()
    assert "500\u00a0₽" in text
    assert "4444" not in text
    assert "example.org" not in text.split("<table")[1]
    assert three.content.decode().count("<tr>") == 4
    assert len(client.get("/desk/monthly/?state=ended").context["rows"]) == 0
    assert len(client.get("/desk/monthly/?state=nonsense&before=x").context["rows"]) == 3


DESK_QUERIES = 5


def api(client: Client, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
    if body is None:
        return client.get(f"/api/v1/{path}")
    return client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


def wanted(**changes: Any) -> dict[str, Any]:
    return {
        "campaign": "sad", "amount_kopecks": 500_00, "email": "anna@example.org", "monthly": True,
        "consents": {"offer": True, "personal_data": True, "recurring": True},
    } | changes  # fmt: skip


def test_the_api_makes_one_subscription_for_one_key(client: Client) -> None:
    make.campaign(funding="monthly")
    first = api(client, "donations", wanted(), **{"Idempotency-Key": "k"})
    again = api(client, "donations", wanted(), **{"Idempotency-Key": "k"})
    other = api(client, "donations", wanted(monthly=False), **{"Idempotency-Key": "k"})

    assert (first.status_code, again.json()["id"], other.status_code) == (201, first.json()["id"], 422)
    token = Subscription.objects.get().token
    assert first.json()["subscription"] == token
    assert api(client, f"subscriptions/{token}").json() == {
        "campaign": "sad", "state": "awaiting", "ended_because": None, "amount_kopecks": 500_00,
        "next_charge_at": None, "method_title": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "consents",
    [{"offer": True, "personal_data": True}, {"offer": True, "personal_data": True, "recurring": False}],
)
def test_the_api_needs_the_consent_to_monthly_gifts(client: Client, consents: dict[str, bool]) -> None:
    make.campaign(funding="monthly")
    answer = api(client, "donations", wanted(consents=consents), **{"Idempotency-Key": "k"})

    assert answer.status_code == 400
    assert "recurring" in answer.json()["errors"]["consents"]
    assert not Donation.objects.exists()


def test_the_api_refuses_monthly_gifts_where_there_are_none(client: Client) -> None:
    make.campaign(closes_at=timezone.now() + timedelta(days=2))
    answer = api(client, "donations", wanted(), **{"Idempotency-Key": "k"})

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["monthly"])
    assert not Donation.objects.exists()


def test_the_api_tells_of_a_monthly_gift_and_stops_it_by_its_secret(client: Client) -> None:
    subscription = active(make.campaign())
    before = api(client, f"subscriptions/{subscription.token}")
    stopped = api(client, f"subscriptions/{subscription.token}/stop", {})
    again = api(client, f"subscriptions/{subscription.token}/stop", {})

    assert (before.json()["state"], before.json()["method_title"]) == ("active", "Bank card *4444")
    assert before.headers["Cache-Control"] == "no-store"
    assert (stopped.json()["state"], stopped.json()["ended_because"], again.json()) == (
        "ended",
        "donor",
        stopped.json(),
    )
    for answer in (api(client, f"subscriptions/{NOBODY}"), api(client, f"subscriptions/{NOBODY}/stop", {})):
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_another_card_is_offered_while_this_month_waits(client: Client) -> None:
    subscription = active(make.campaign())
    assert "Оплатить другой картой" not in client.get(subscription.get_absolute_url()).content.decode()
    now = timezone.now()
    Charge.objects.create(
        subscription=subscription, month=month_of(now), amount_kopecks=500_00, due_at=now, next_try_at=now
    )

    assert "Оплатить другой картой" in client.get(subscription.get_absolute_url()).content.decode()
