"""Campaigns and public names at the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from campaigns import selectors
from campaigns.models import Campaign, Donation, HiddenName
from people.models import StaffAct
from tests import make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
CAMPAIGNS, NAMES = "/desk/campaigns/campaign/", "/desk/names/"


def named(name: str = "Аноним Анонимов", slug: str = "sad") -> Donation:
    """Return a paid gift with a public name."""
    campaign = Campaign.objects.filter(slug=slug).first() or make.campaign(slug)
    return make.paid_donation(campaign, number=Donation.objects.count() + 1, name=name)


def acts() -> list[tuple[str, str, Any]]:
    found = StaffAct.objects.filter(action__startswith="campaigns.").order_by("pk")
    return [(act.action, act.subject, act.details) for act in found]


@pytest.mark.parametrize("role", ["council_member", "moderator", "treasurer", "signer", "auditor"])
def test_campaigns_are_read_at_the_desk_and_written_by_nobody(client: Client, role: str) -> None:
    campaign = make.approve(make.draft())
    make.sign_in(client, make.staff(role))
    typed = {"title": "Новый парк"}
    paths = ("add/", f"{campaign.pk}/change/", f"{campaign.pk}/delete/")
    statuses = [client.post(f"{CAMPAIGNS}{path}", typed).status_code for path in paths]

    assert statuses == [403] * 3
    assert "1\xa0000" in client.get(f"{CAMPAIGNS}{campaign.pk}/change/").content.decode()
    assert Campaign.objects.get().title == "Парк"


def test_a_hidden_name_is_gone_at_once_and_comes_back(client: Client) -> None:
    gift, other = named(), named("Вера")
    page = f"/projects/{gift.campaign.slug}/"
    assert "Аноним Анонимов" in client.get(page).content.decode()
    make.sign_in(client, make.staff("moderator", email="moderator@example.org"))
    for _ in range(2):
        client.post(f"{NAMES}{gift.pk}/hide/", {"reason": "insult"})
    shown = client.get(NAMES).content.decode()
    assert [row.public_name for row in selectors.newest_gifts(campaign=gift.campaign)] == ["Вера", ""]
    assert "Оскорбление или угроза, moderator@example.org" in shown
    for _ in range(2):
        client.post(f"{NAMES}{gift.pk}/show/")

    assert {row.public_name for row in selectors.newest_gifts(campaign=gift.campaign)} == {"Вера", "Аноним Анонимов"}
    assert acts() == [
        ("campaigns.hide_gift_name", f"donation:{gift.pk}", {"reason": "insult"}),
        ("campaigns.show_gift_name", f"donation:{gift.pk}", {}),
    ]
    assert other.pk


def test_a_stranger_does_not_see_a_hidden_name_from_the_shelf_either(client: Client) -> None:
    gift = named()
    page = f"/projects/{gift.campaign.slug}/"
    assert "Аноним Анонимов" in client.get(page).content.decode()
    moderator = client.__class__()
    make.sign_in(moderator, make.staff("moderator"))
    moderator.post(f"{NAMES}{gift.pk}/hide/", {"reason": "insult"})

    assert "Аноним Анонимов" not in client.get(page).content.decode()


@pytest.mark.parametrize("reason", ["", "because"])
def test_a_name_is_hidden_with_a_reason_alone(client: Client, reason: str) -> None:
    gift = named()
    make.sign_in(client, make.staff("moderator"))
    answer = client.post(f"{NAMES}{gift.pk}/hide/", {"reason": reason}, follow=True)

    assert "Выберите, почему" in answer.content.decode()
    assert (HiddenName.objects.count(), acts()) == (0, [])


def test_only_a_moderator_hides_and_shows(client: Client) -> None:
    gift = named()
    for role in ("treasurer", "signer", "auditor", "council_member", "administrator"):
        make.sign_in(client, make.staff(role))
        statuses = [client.get(NAMES), client.post(f"{NAMES}{gift.pk}/hide/", {"reason": "insult"}),
                    client.post(f"{NAMES}{gift.pk}/show/")]  # fmt: skip
        assert [answer.status_code for answer in statuses] == [403] * 3, role
    client.logout()
    assert client.get(NAMES).headers["Location"].startswith("/me/login/")
    assert HiddenName.objects.count() == 0


def test_names_are_leafed_through_and_cost_the_same_however_many(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make.sign_in(client, make.staff("moderator"))
    assert "Пожертвований с именем пока нет" in client.get(NAMES).content.decode()
    first = named()
    with django_assert_num_queries(5):
        client.get(NAMES)
    gifts = [first, named("Вера"), named("Надежда")]
    with django_assert_num_queries(5):
        client.get(NAMES)
    monkeypatch.setattr("campaigns.desk_views.PAGE_SIZE", 2)
    page = client.get(NAMES)
    last = client.get(NAMES + page.context["next_url"])

    assert page.context["gifts"] == gifts[:0:-1]
    assert (last.context["gifts"], last.context["next_url"]) == ([first], "")
    assert client.get(f"{NAMES}?before=x").context["gifts"] == gifts[:0:-1]


def test_campaigns_cost_the_same_however_many(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make.sign_in(client, make.staff("auditor"))
    make.campaign("a")
    client.get(CAMPAIGNS)
    with django_assert_num_queries(6):
        client.get(CAMPAIGNS)
    for slug in "bc":
        make.campaign(slug, closes_at=make.NOW + timedelta(days=1))
    with django_assert_num_queries(6):
        client.get(CAMPAIGNS)
