"""The pages that a stranger reads first show what the books hold, and nothing about who gave."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

from campaigns import overview, selectors
from fund.ledger import services as ledger
from fund.money import Kopecks
from fund.payments.models import Payment
from pages.questions import FILE, Question, json_ld, read_questions
from tests import make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from campaigns.models import Campaign, Donation

pytestmark = pytest.mark.django_db
PUBLIC = [
    "/",
    "/about/",
    "/contacts/",
    "/money/",
    "/history/",
    "/questions/",
    "/projects/",
    "/projects/sad/",
    "/ledger/",
]


def post(event: str, subject: str, kopecks: int, key: str, *, name: str = "gross", day: int = 1) -> int:
    posted = ledger.post_event(
        event=event,
        subject=subject,
        amounts={name: Kopecks(kopecks)},
        key=key,
        business_date=date(2026, 5, day),
        reference=key,
    )
    return posted.number


def paid(campaign: Campaign, kopecks: int, key: str) -> Donation:
    """Return a gift whose payment stands in the books, as the worker leaves it."""
    gift = make.donation(campaign, kopecks=kopecks)
    number = post("gift", campaign.slug, kopecks, key)
    Payment.objects.filter(pk=gift.payment_id).update(
        state="succeeded",
        yookassa_id=f"ext-{key}",
        booked_subject=campaign.slug,
        operation_id=number,
        settled_at=make.NOW,
    )
    return gift


def spend(campaign: Campaign, kopecks: int, key: str) -> None:
    post("supplier_act", campaign.slug, kopecks, f"{key}-act")
    post("supplier_paid", campaign.slug, kopecks, f"{key}-paid")
    post("project_costs_covered", campaign.slug, kopecks, f"{key}-covered")


def test_home_adds_up_what_the_books_hold(client: Client) -> None:
    garden, music = make.campaign("sad"), make.campaign("muzyka")
    post("gift", "sad", 1_000_00, "1")
    post("gift", "muzyka", 234_50, "2")
    post("refund", "muzyka", 34_50, "3")
    post("refund_refused", "muzyka", 100_00, "4")
    post("commission", "sad", 20_00, "5", name="fee")
    spend(garden, 400_00, "6")
    found = client.get("/").context["overview"]

    assert (found.raised_kopecks, found.spent_kopecks, found.held_kopecks) == (1_100_00, 400_00, 700_00)
    assert (found.open_campaigns, found.entries) == (2, 8)
    rows = selectors.figures(campaigns=[garden, music])
    assert sum(row.raised_kopecks for row in rows.values()) == found.raised_kopecks
    assert sum(row.spent_kopecks for row in rows.values()) == found.spent_kopecks


def test_a_campaigns_days_end_at_its_figure(client: Client) -> None:
    garden = make.campaign("sad")
    post("gift", "sad", 500_00, "1", day=1)
    post("gift", "sad", 300_00, "2", day=3)
    post("refund", "sad", 100_00, "3", day=4)
    spend(garden, 50_00, "4")
    days = overview.raised_by_day(campaign=garden)

    assert [(row.day.day, row.raised_kopecks) for row in days] == [(1, 500_00), (3, 800_00), (4, 700_00)]
    page = client.get("/projects/sad/")
    assert page.context["row"].figures.raised_kopecks == days[-1].raised_kopecks
    assert "1 мая 2026 to" not in page.content.decode()
    assert "собрано 700\xa0₽ из 1\xa0000\xa0₽" in page.content.decode()


def test_a_campaign_without_gifts_shows_no_empty_picture(client: Client) -> None:
    make.campaign("sad")

    assert "Как росла сумма" not in client.get("/projects/sad/").content.decode()


def test_neither_does_one_whose_gifts_all_went_back_at_once(client: Client) -> None:
    make.campaign("sad")
    post("gift", "sad", 500_00, "1", day=1)
    post("refund", "sad", 500_00, "2", day=1)

    assert "Как росла сумма" not in client.get("/projects/sad/").content.decode()


def test_last_gifts_name_nobody(client: Client) -> None:
    garden = make.campaign("sad")
    gift = paid(garden, 500_00, "1")
    assert gift.donor
    assert gift.donor.email
    gift.donor.public_name = "Анна Каренина"
    gift.donor.save()
    page = client.get("/").content.decode()

    assert [(row.kept_kopecks, row.campaign_title) for row in overview.last_gifts()] == [(500_00, "Сад")]
    assert "500\xa0₽" in page
    assert "Анна" not in page
    assert gift.donor.email not in page
    assert gift.token not in page


def test_a_gift_that_is_not_in_the_books_is_not_shown(client: Client) -> None:
    make.donation(make.campaign("sad"))

    assert overview.last_gifts() == []
    assert "Пожертвований пока нет" in client.get("/").content.decode()


def test_the_moneys_way_holds_the_books_totals_and_the_latest_entry(client: Client) -> None:
    make.campaign("sad")
    post("gift", "sad", 1_000_00, "1")
    number = post("gift", "sad", 500_50, "2")
    post("commission", "sad", 20_00, "3", name="fee")
    post("payout", "", 300_00, "4", name="net")
    page = client.get("/money/")
    way = page.context["way"]

    assert (way.raised_kopecks, way.at_yookassa_kopecks, way.at_bank_kopecks) == (1_500_50, 1_180_50, 300_00)
    assert (way.commission_kopecks, way.held_kopecks, way.spent_kopecks) == (20_00, 1_500_50, 0)
    assert page.context["operation"].number == number
    assert f"/ledger/operations/{number}/" in page.content.decode()


def test_the_moneys_way_can_be_shown_before_the_first_gift(client: Client) -> None:
    page = client.get("/money/")

    assert page.context["operation"] is None
    assert "Пожертвований пока нет" in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("path", "queries"), [("/", 13), ("/money/", 13), ("/projects/sad-0/", 20), ("/history/", 0)])
def test_a_page_costs_the_same_however_much_there_is(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str, queries: int, count: int
) -> None:
    for number in range(count + 1):  # one more, so that a campaign has what is similar
        paid(make.campaign(f"sad-{number}"), 100_00, f"{number}")
    cache.clear()

    with django_assert_num_queries(queries):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", PUBLIC)
def test_a_page_for_strangers_may_be_kept_by_any_cache(client: Client, path: str) -> None:
    make.campaign("sad")
    page = client.get(path, headers={"accept-language": "en"})

    assert page.status_code == 200
    assert "accept-language" not in page.headers.get("Vary", "").lower()
    assert not page.cookies
    assert "csrfmiddlewaretoken" not in page.content.decode()
    assert client.get(path).content == page.content


@pytest.mark.parametrize("path", PUBLIC)
def test_a_page_says_what_it_is_to_networks_and_search_engines(client: Client, path: str) -> None:
    make.campaign("sad")
    page = client.get(path).content.decode()

    assert f'<link rel="canonical" href="http://127.0.0.1:{client_port()}{path}">' in page
    assert f'<link rel="alternate" hreflang="en" href="http://127.0.0.1:{client_port()}/en{path}">' in page
    assert re.search(
        r'<meta property="og:image" content="http://127\.0\.0\.1:\d+/static/img/social[a-z-]*\.png">', page
    )
    assert re.search(r'<meta property="og:title" content="[^"]{3,}">', page)
    assert not re.search(r"\sstyle=|<style", page)
    assert re.findall(r"<script(?! src=| type=\"(?:application/ld\+json|module)\")", page) == []


def client_port() -> str:
    from config import env

    return str(env.port())


def test_a_filtered_list_is_no_page_of_its_own(client: Client) -> None:
    page = client.get("/ledger/?subject=fund").content.decode()

    assert f'<link rel="canonical" href="http://127.0.0.1:{client_port()}/ledger/">' in page
    assert "?page=2" in client.get("/communities/?page=2").content.decode().split('rel="canonical"')[1].split(">")[0]


def test_the_donation_form_points_at_its_campaign(client: Client) -> None:
    make.campaign("sad")
    page = client.get("/projects/sad/give/").content.decode()

    assert f'<link rel="canonical" href="http://127.0.0.1:{client_port()}/projects/sad/">' in page
    assert 'inputmode="decimal"' in page
    assert "Что будет дальше" in page


def test_a_refusal_has_no_address_of_its_own(client: Client) -> None:
    page = client.get("/nowhere/").content.decode()

    assert "canonical" not in page
    assert '<meta name="robots" content="noindex">' in page
    assert "map.svg#city" in page


def test_the_history_is_told_from_the_documents_numbers(client: Client) -> None:
    page = client.get("/history/").content.decode()

    for told in ("0</dd>", "реализованных проектов", "Ничем не кончилось", "130</dd>", "41</dd>", "Jazz May"):
        assert told in page


def test_requisites_stand_on_the_contacts_page(client: Client) -> None:
    page = client.get("/contacts/").content.decode()

    for told in ("ИНН", "КПП", "ОГРН", "fond@social-capital.example", "реквизиты вымышлены"):
        assert told in page


def test_questions_are_told_in_both_languages_and_to_search_engines(client: Client) -> None:
    russian, english = read_questions(language="ru"), read_questions(language="en")
    page = client.get("/questions/").content.decode()
    told = json.loads(page.split('<script type="application/ld+json">')[1].split("</script>")[0])

    assert [row.anchor for row in russian] == [row.anchor for row in english]
    assert all(row.question and row.answer for row in [*russian, *english])
    assert [row["name"] for row in told["mainEntity"]] == [row.question for row in russian]
    assert english[0].question in client.get("/en/questions/").content.decode()
    assert len({row.anchor for row in russian}) == len(russian) >= 10
    assert FILE.exists()


def test_no_answer_can_end_the_script_it_stands_in() -> None:
    told = json_ld([Question("x", "</script><script>alert(1)", "a & b <!--")])

    assert not re.search("[<>&]", told)
    assert json.loads(told)["mainEntity"][0]["name"] == "</script><script>alert(1)"
