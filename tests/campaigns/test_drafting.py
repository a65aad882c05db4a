"""Drafts on the site: begun once, saved as they stand, never lost to another tab, handed in whole."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client
from django.utils import timezone

from campaigns.drafting import services
from campaigns.drafting.forms import CampaignForms, typed_words
from campaigns.drafting.slugs import slug_of
from campaigns.models import Campaign, Draft, Organiser, Step
from tests import make

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
HERE = "/me/projects/"
TODAY = timezone.localdate(make.NOW)
SCRIPT = "<script>alert(1)</script>"


def words(**changes: str) -> dict[str, str]:
    """Return a whole form: two lines, of which the first can't be done without."""
    found = {
        "title": "Сад у школы", "summary": "Тридцать лип", "story": "## Зачем\n\nЧтобы была **тень**.",
        "theme": "Экология", "district": "leninsky", "funding": "all_or_nothing",
        "deadline": str(TODAY + timedelta(days=30)), "delivery_due_date": str(TODAY + timedelta(days=90)),
        "lines-TOTAL_FORMS": "3", "lines-INITIAL_FORMS": "0",
        "lines-0-title": "Саженцы", "lines-0-note": "30 лип", "lines-0-amount": "1 500,50",
        "lines-0-is_essential": "on",
        "lines-1-title": "Скамьи", "lines-1-note": "", "lines-1-amount": "500",
        "lines-2-title": "", "lines-2-note": "", "lines-2-amount": "", "lines-2-is_essential": "on",
    }  # fmt: skip
    return found | changes


def signed_in(client: Client, *, organiser: Organiser | None = None) -> Organiser:
    found = organiser or make.organiser()
    assert found.user is not None
    make.sign_in(client, found.user, second_factor=False)
    return found


def begun(client: Client, title: str = "Сад у школы") -> Campaign:
    client.post(f"{HERE}new/", {"key": str(uuid4()), "title": title, "summary": "Тридцать лип"})
    return Campaign.objects.latest("pk")


def saved(client: Client, campaign: Campaign, version: int = 0, tab: str = "a", **changes: Any) -> Any:
    typed = words(**changes) | {"version": str(version), "tab": tab}
    return client.post(f"{HERE}{campaign.slug}/edit/", typed, headers={"HX-Request": "true"})


def test_a_title_becomes_an_address() -> None:
    assert slug_of("Фестиваль «Шурум-Бурум» — 2026!") == "festival-shurum-burum-2026"
    assert slug_of("★★★") == "project"
    assert slug_of("Щ" * 60).startswith("shchshch")
    assert len(slug_of("Щ" * 60)) <= 50


def test_an_organiser_begins_a_draft_once_however_often_it_is_sent(client: Client) -> None:
    signed_in(client)
    typed = {"key": str(uuid4()), "title": "Сад у школы", "summary": "Тридцать лип"}
    for _ in range(2):
        answer = client.post(f"{HERE}new/", typed)
    again = begun(client)

    assert answer.headers["Location"] == f"{HERE}sad-u-shkoly/edit/"
    assert again.slug == "sad-u-shkoly-2"
    assert Campaign.objects.count() == 2
    assert begun(client, "New").slug == "new-2", "the address of the form itself"
    assert begun(client, "Fund").slug == "fund-2", "the fund's own account"


def test_who_is_not_verified_begins_nothing(client: Client) -> None:
    for state in (None, "applying", "suspended"):
        person = make.user()
        if state:
            make.applicant(state, owner=person)
        make.sign_in(client, person, second_factor=False)
        answer = client.post(f"{HERE}new/", {"key": str(uuid4()), "title": "Сад", "summary": "Липы"})
        assert answer.status_code == 403
    assert Campaign.objects.count() == 0


def test_nobody_fills_the_site_with_drafts(client: Client) -> None:
    signed_in(client)
    for number in range(services.MOST_DRAFTS + 1):
        begun(client, f"Сад {number}")
    assert Campaign.objects.count() == services.MOST_DRAFTS


def test_a_form_is_kept_as_it_stands_and_becomes_the_campaign_once_it_is_whole(client: Client) -> None:
    signed_in(client)
    campaign = begun(client)
    half = saved(client, campaign, title="Сад и пруд", deadline="когда-нибудь", story="")
    draft = Draft.objects.get()
    campaign.refresh_from_db()
    assert "Сохранено в" in half.content.decode()
    assert (draft.version, draft.words["deadline"], campaign.title, campaign.goal_kopecks) == (
        1, "когда-нибудь", "Сад и пруд", services.NO_BUDGET_YET_KOPECKS,
    )  # fmt: skip
    assert "когда-нибудь" in client.get(f"{HERE}{campaign.slug}/edit/").content.decode(), "after a closed browser too"

    whole = saved(client, campaign, version=1)
    campaign.refresh_from_db()
    assert 'value="2" hx-swap-oob="true"' in whole.content.decode()
    assert (campaign.title, campaign.goal_kopecks, campaign.minimum_kopecks, campaign.funding) == (
        "Сад у школы", 2000_50, 1500_50, "all_or_nothing",
    )  # fmt: skip
    assert campaign.closes_at is not None
    assert timezone.localtime(campaign.closes_at).strftime("%d %H:%M") == f"{TODAY + timedelta(days=30):%d} 23:59"
    assert list(campaign.budget_lines.order_by("position").values_list("title", "is_essential")) == [
        ("Саженцы", True), ("Скамьи", False),
    ]  # fmt: skip


def test_empty_lines_do_not_gather(client: Client) -> None:
    signed_in(client)
    campaign = begun(client)
    more: dict[str, Any] = {"lines-TOTAL_FORMS": "30"}
    saved(client, campaign, **more)
    page = client.get(f"{HERE}{campaign.slug}/edit/")
    assert (len(page.context["lines"].forms), page.context["goal_kopecks"]) == (4, 2000_50)


def test_it_works_without_javascript(client: Client) -> None:
    signed_in(client)
    campaign = begun(client)
    answer = client.post(f"{HERE}{campaign.slug}/edit/", words() | {"version": "0", "tab": "a"}, follow=True)

    assert "Сохранено" in answer.content.decode()
    assert Draft.objects.get().version == 1


def test_a_second_tab_is_told_and_nothing_is_lost(client: Client) -> None:
    signed_in(client)
    campaign = begun(client)
    saved(client, campaign, tab="a", summary="Первая вкладка")
    told = saved(client, campaign, tab="b", summary="Вторая вкладка").content.decode()
    assert "Другая вкладка сохранила" in told
    assert Draft.objects.get().words["summary"] == "Первая вкладка"
    typed = words(summary="Вторая вкладка") | {"version": "0", "tab": "b"}
    page = client.post(f"{HERE}{campaign.slug}/edit/", typed)
    assert page.status_code == 409
    assert "Вторая вкладка" in page.content.decode(), "what was typed stays on the page"

    client.post(f"{HERE}{campaign.slug}/edit/", typed | {"over": "1"})
    draft = Draft.objects.get()
    assert draft.words["summary"] == "Вторая вкладка"
    assert draft.overtaken is not None
    assert draft.overtaken["summary"] == "Первая вкладка"
    assert "Первая вкладка" in client.get(f"{HERE}{campaign.slug}/edit/?before=1").content.decode()


def test_a_tab_whose_answer_was_lost_does_not_take_itself_for_another(client: Client) -> None:
    signed_in(client)
    campaign = begun(client)
    for _ in range(2):
        saved(client, campaign, version=0, tab="a")
    assert Draft.objects.get().version == 2


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"title": ""}, "Название"), ({"title": "\u200b\u202e"}, "Название"), ({"title": "я" * 121}, "Название"),
        ({"summary": "я" * 301}, "В одном предложении"), ({"story": "я" * 20_001}, "Рассказ"),
        ({"story": ""}, "Рассказ"),
        ({"theme": "Взрывы"}, "Тема"), ({"district": "moon"}, "Район"), ({"funding": "monthly-ish"}, "Как собираем"),
        ({"deadline": str(TODAY)}, "Последний день"), ({"deadline": "2020-01-01"}, "Последний день"),
        ({"deadline": ""}, "Последний день"), ({"deadline": "9999-12-31"}, "Последний день"),
        ({"delivery_due_date": str(TODAY + timedelta(days=30))}, "Сделаем"),
        ({"delivery_due_date": ""}, "Сделаем"), ({"delivery_due_date": "2999-01-01"}, "Сделаем"),
        ({"lines-0-amount": "0"}, "Смета"), ({"lines-0-amount": "-5"}, "Смета"), ({"lines-0-amount": "много"}, "Смета"),
        ({"lines-0-amount": "9" * 15}, "Смета"), ({"lines-0-title": ""}, "Смета"), ({"lines-1-amount": ""}, "Смета"),
        ({"lines-TOTAL_FORMS": "0"}, "Смета"), ({"lines-0-is_essential": ""}, "Смета"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_and_keeps_it_from_being_handed_in(
    client: Client, changes: dict[str, Any], name: str
) -> None:
    signed_in(client)
    campaign = begun(client)
    saved(client, campaign, **changes)
    typed = {key: value for key, value in words(**changes).items() if value or key != "lines-0-is_essential"}
    forms = CampaignForms(typed, now=make.NOW)
    answer = client.post(f"{HERE}{campaign.slug}/step/submit/")
    campaign.refresh_from_db()
    if changes != {"lines-0-is_essential": ""}:  # a tick that is not there is not sent at all
        assert answer.headers["Location"].endswith("/edit/?check=1")
        assert campaign.status == "draft"
    assert forms.terms() is None
    assert any(label.startswith(name) for label, _text in forms.missing()), forms.missing()


def test_a_deadline_that_passes_before_it_is_handed_in_is_refused(client: Client) -> None:
    forms = CampaignForms(words(), now=make.NOW + timedelta(days=31))
    assert forms.terms() is None


@pytest.mark.parametrize("funding", ["open_ended", "monthly"])
def test_an_open_ended_collection_has_no_deadline_and_no_minimum(funding: str) -> None:
    terms = CampaignForms(words(funding=funding), now=make.NOW).terms()
    assert terms is not None
    assert (terms.closes_at, terms.minimum_kopecks, terms.goal_kopecks) == (None, None, 2000_50)


def test_only_the_forms_own_words_are_kept() -> None:
    typed = typed_words(
        {"title": "Сад\x00", "slug": "fund", "status": "live", "story": "я" * 40_000, "lines-0-pk": "1"}
    )
    assert typed == {"title": "Сад", "story": "я" * 30_000}


def test_a_draft_is_handed_in_once_and_then_closed(client: Client) -> None:
    signed_in(client)
    campaign = begun(client)
    saved(client, campaign)
    for _ in range(2):
        client.post(f"{HERE}{campaign.slug}/step/submit/")
    assert Step.objects.count() == 1
    answer = saved(client, campaign, version=1, title="Лес")
    campaign.refresh_from_db()
    assert answer.headers["HX-Redirect"] == HERE
    assert (campaign.status, campaign.title, Draft.objects.get().version) == ("in_review", "Сад у школы", 1)
    assert client.get(f"{HERE}{campaign.slug}/edit/").status_code == 302
    client.post(f"{HERE}{campaign.slug}/step/withdraw/")
    campaign.refresh_from_db()
    assert campaign.status == "draft"
    assert client.get(f"{HERE}{campaign.slug}/edit/").status_code == 200


def test_a_draft_is_given_up_after_a_question(client: Client) -> None:
    signed_in(client)
    campaign = begun(client)
    assert "Отказаться от черновика" in client.get(f"{HERE}{campaign.slug}/step/drop/").content.decode()
    campaign.refresh_from_db()
    assert campaign.status == "draft", "asked once"
    client.post(f"{HERE}{campaign.slug}/step/drop/")
    campaign.refresh_from_db()
    assert campaign.status == "cancelled"


@pytest.mark.parametrize(
    "path", ["edit/", "preview/", "pictures/", "step/submit/", "step/drop/", "step/launch/", "pictures/1/remove/"]
)
def test_anothers_campaign_is_not_there(client: Client, path: str) -> None:
    signed_in(client)
    campaign = begun(client)
    signed_in(client, organiser=make.organiser())
    address = f"{HERE}{campaign.slug}/{path}"

    assert {client.get(address).status_code, client.post(address, words()).status_code} <= {404, 405}
    assert client.post(address, words()).status_code in {404, 405}
    campaign.refresh_from_db()
    assert (campaign.status, Draft.objects.get().version) == ("draft", 0)
    stranger = Client().post(address)
    assert stranger.headers["Location"].startswith("/me/login/")


def test_the_preview_is_the_page_as_it_will_be_and_runs_no_script(client: Client) -> None:
    signed_in(client)
    campaign = begun(client)
    saved(client, campaign, story=f"Тень {SCRIPT} [сюда](javascript:alert(1))", title=f"Сад {SCRIPT}")
    page = client.get(f"{HERE}{campaign.slug}/preview/").content.decode()
    assert "<script>alert" not in page
    assert "javascript:alert" not in page.replace("[сюда](javascript:alert(1))", "")
    assert "Саженцы" in page
    saved(client, campaign, version=1, deadline="")
    assert "Саженцы" in client.get(f"{HERE}{campaign.slug}/preview/").content.decode()
    assert client.get(f"/projects/{campaign.slug}/").status_code == 404


def test_a_reviewer_sees_the_preview_with_a_second_factor_alone(client: Client) -> None:
    signed_in(client)
    campaign = begun(client)
    address = f"{HERE}{campaign.slug}/preview/"
    member, moderator = make.staff("council_member"), make.staff("moderator")
    assert make.sign_in(Client(), member).get(address).status_code == 200
    assert make.sign_in(Client(), member, second_factor=False).get(address).status_code == 404
    assert make.sign_in(Client(), moderator).get(address).status_code == 404
    assert make.sign_in(Client(), member).get(f"{HERE}{campaign.slug}/edit/").status_code == 404


def test_weighty_acts_ask_to_prove_oneself_anew(client: Client) -> None:
    owner = signed_in(client, organiser=make.organiser(owner=make.user(password=make.PASSWORD)))
    campaign = make.approve(make.draft(by=owner))
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": 1.0}]
    session.save()
    answer = client.post(f"{HERE}{campaign.slug}/step/launch/")
    campaign.refresh_from_db()
    assert answer.headers["Location"].startswith("/me/reauthenticate/")
    assert campaign.status == "approved"

    signed_in(client, organiser=owner)
    client.post(f"{HERE}{campaign.slug}/step/launch/")
    campaign.refresh_from_db()
    assert campaign.status == "live"
    make.paid_donation(campaign, number=1)
    client.post(f"{HERE}{campaign.slug}/step/fund/")
    client.post(f"{HERE}{campaign.slug}/step/deliver/")
    campaign.refresh_from_db()
    assert campaign.status == "delivering"
    assert client.post(f"{HERE}{campaign.slug}/step/approve/").status_code == 404


def test_the_list_costs_the_same_however_many(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    owner = signed_in(client)
    make.draft("one", by=owner)
    client.get(HERE)
    with django_assert_num_queries(4):
        client.get(HERE)
    make.draft("two", by=owner)
    make.campaign("three", by=owner)
    with django_assert_num_queries(4):
        page = client.get(HERE).content.decode()
    assert "Открыт сбор" in page or "Идёт сбор" in page
