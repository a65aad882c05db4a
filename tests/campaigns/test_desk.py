"""Campaigns and public names at the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from campaigns import selectors, services
from campaigns.models import BudgetLine, Campaign, Donation, HiddenName
from fund.ledger.models import Account
from people.models import StaffAct
from tests import make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
CAMPAIGNS, NAMES = "/desk/campaigns/campaign/", "/desk/names/"
EMPTY_LINES = {"budget_lines-TOTAL_FORMS": "0", "budget_lines-INITIAL_FORMS": "0"}
TYPED = {
    "title": "Парк", "slug": "park", "summary": "Деревья", "story": "Сажаем.", "goal": "1 500,50",
    "opens_at_0": "2026-05-01", "opens_at_1": "10:00:00", "closes_at_0": "", "closes_at_1": "",
    "budget_lines-TOTAL_FORMS": "1", "budget_lines-INITIAL_FORMS": "0", "budget_lines-0-position": "1",
    "budget_lines-0-title": "Саженцы", "budget_lines-0-note": "", "budget_lines-0-amount": "1000",
}  # fmt: skip


def draft() -> Campaign:
    return Campaign.objects.create(
        slug="park", title="Парк", summary="Деревья", story="Сажаем.", goal_kopecks=100, opens_at=make.NOW
    )


def named(name: str = "Аноним Анонимов", slug: str = "sad") -> Donation:
    """Return a paid gift with a public name."""
    campaign = Campaign.objects.filter(slug=slug).first() or make.campaign(slug)
    return make.paid_donation(campaign, number=Donation.objects.count() + 1, name=name)


def acts() -> list[tuple[str, str, Any]]:
    found = StaffAct.objects.filter(action__startswith="campaigns.").order_by("pk")
    return [(act.action, act.subject, act.details) for act in found]


def test_an_organiser_writes_a_draft_with_its_budget_in_roubles(client: Client) -> None:
    writer = make.staff("organiser")
    make.sign_in(client, writer)
    blank = client.get(f"{CAMPAIGNS}add/")
    answer = client.post(f"{CAMPAIGNS}add/", TYPED)

    assert (blank.status_code, answer.status_code) == (200, 302)
    found = Campaign.objects.get()
    assert (found.goal_kopecks, found.status, found.organiser) == (1500_50, "draft", None)
    assert found.author_id == writer.pk
    assert list(BudgetLine.objects.values_list("title", "amount_kopecks")) == [("Саженцы", 1000_00)]
    assert acts() == [("campaigns.add_campaign", f"campaign:{found.pk}", {})]
    assert "1\xa0500,50" in client.get(f"{CAMPAIGNS}{found.pk}/change/").content.decode()


@pytest.mark.parametrize(
    "changes",
    [{"goal": "x"}, {"goal": "0"}, {"slug": "fund"}, {"slug": "A b"}, {"title": ""}, {"budget_lines-0-amount": "0"},
     {"closes_at_0": "2026-04-01", "closes_at_1": "10:00:00"}],
)  # fmt: skip
def test_a_draft_that_makes_no_sense_is_refused(client: Client, changes: dict[str, str]) -> None:
    make.sign_in(client, make.staff("organiser"))
    answer = client.post(f"{CAMPAIGNS}add/", TYPED | changes)

    assert answer.status_code == 200
    assert answer.context["errors"]
    assert (Campaign.objects.count(), acts()) == (0, [])


def test_an_organiser_changes_an_own_draft_and_nothing_that_donors_know(client: Client) -> None:
    writer = make.staff("organiser")
    make.sign_in(client, writer)
    own, live = draft(), make.campaign()
    Campaign.objects.update(author=writer)
    typed = {**TYPED, **EMPTY_LINES, "title": "Новый парк"}

    changed = client.post(f"{CAMPAIGNS}{own.pk}/change/", typed)
    refused = client.post(f"{CAMPAIGNS}{live.pk}/change/", {**typed, "slug": "other"})
    shown = client.get(f"{CAMPAIGNS}{live.pk}/change/")
    own.refresh_from_db()
    live.refresh_from_db()

    assert (changed.status_code, own.title) == (302, "Новый парк")
    assert (refused.status_code, shown.status_code, live.slug, live.title) == (403, 200, "sad", "Сад")


def test_an_organiser_neither_changes_nor_sees_anothers_draft(client: Client) -> None:
    campaign = draft()
    Campaign.objects.update(author=make.staff("organiser", email="first@example.org"))
    make.sign_in(client, make.staff("organiser", email="second@example.org"))
    address = f"{CAMPAIGNS}{campaign.pk}/change/"
    answers = [client.post(address, TYPED | {"title": "Чужой"}), client.get(address)]

    assert [answer.status_code for answer in answers] == [302, 302]  # the desk has no such campaign for them
    assert "Парк" not in client.get(CAMPAIGNS).content.decode()
    assert Campaign.objects.get().title == "Парк"


def test_the_council_opens_a_draft_and_closes_it_after_one_question(client: Client) -> None:
    campaign = draft()
    make.sign_in(client, make.staff("council_member"))
    asked = client.get(f"{CAMPAIGNS}{campaign.pk}/launch/")
    assert "начнёт принимать пожертвования" in asked.content.decode()
    assert not Account.objects.filter(code="86.park").exists()
    for verb in ("launch", "end"):
        client.post(f"{CAMPAIGNS}{campaign.pk}/{verb}/")
        campaign.refresh_from_db()
        assert campaign.status == {"launch": "live", "end": "closed"}[verb]

    assert Account.objects.filter(code__in=["86.park", "76.park", "20.park"]).count() == 3
    assert [act for act, _subject, _details in acts()] == ["campaigns.open_campaign", "campaigns.close_campaign"]


def test_what_is_open_is_not_opened_again_and_a_draft_is_not_closed() -> None:
    person, campaign = make.staff("council_member"), draft()
    with pytest.raises(services.NotLiveError):
        services.end_campaign(campaign_id=campaign.pk, user=person, now=make.NOW)
    services.launch_campaign(campaign_id=campaign.pk, user=person, now=make.NOW)
    with pytest.raises(services.NotADraftError):
        services.launch_campaign(campaign_id=campaign.pk, user=person, now=make.NOW)

    assert len(acts()) == 1


@pytest.mark.parametrize("role", ["organiser", "moderator", "treasurer", "auditor", "administrator"])
def test_only_the_council_opens_and_closes(client: Client, role: str) -> None:
    campaign, live = draft(), make.campaign()
    make.sign_in(client, make.staff(role))
    paths = (f"{campaign.pk}/launch/", f"{live.pk}/end/")
    answers = [client.post(f"{CAMPAIGNS}{path}").status_code for path in paths]

    assert answers == [403, 403]
    assert set(Campaign.objects.values_list("slug", "status")) == {("park", "draft"), ("sad", "live")}


@pytest.mark.parametrize("role", ["council_member", "moderator", "treasurer", "signer", "auditor"])
def test_only_an_organiser_writes(client: Client, role: str) -> None:
    campaign = draft()
    make.sign_in(client, make.staff(role))
    statuses = [client.post(f"{CAMPAIGNS}{path}", TYPED).status_code for path in ("add/", f"{campaign.pk}/change/")]
    deleted = client.post(f"{CAMPAIGNS}{campaign.pk}/delete/", {"post": "yes"})

    assert [*statuses, deleted.status_code] == [403] * 3
    assert client.get(f"{CAMPAIGNS}{campaign.pk}/change/").status_code == 200
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
    for role in ("treasurer", "signer", "auditor", "organiser", "council_member", "administrator"):
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
