"""When a project's money may be spent, and where everybody and its organiser read what it was spent on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from campaigns.life.moves import Actor
from campaigns.life.reviewing import step_campaign
from campaigns.repurposing.sharing import share_out
from campaigns.selectors import forget_donors
from campaigns.spending import SHOWN, CampaignSpending
from config.embedded.city_year.treasury import seat_hands, spend
from fund.payments import services
from fund.payments.models import BankEntry
from tests import make
from tests.campaigns.repurposing import LATER, stopped
from tests.fund.payments.papers import TODAY, expense, funded, held, spent

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from people.models import User

pytestmark = pytest.mark.django_db
SOON = make.NOW + timedelta(days=9)


def text(answer: Any) -> str:
    return str(answer.content.decode()).replace("\N{NO-BREAK SPACE}", " ")


def is_spendable(slug: str) -> bool:
    found = CampaignSpending()
    is_listed = slug in list(found.subjects())
    assert is_listed == (found.spendable(subject=slug) is not None)
    return is_listed


def test_money_is_spent_once_it_is_collected_and_where_there_is_no_end_while_it_is() -> None:
    make.draft("draft")
    make.approve(make.draft("approved"))
    make.campaign("flexible", closes_at=SOON)
    make.campaign("owed", closes_at=SOON, funding="all_or_nothing", minimum_kopecks=100_00)
    make.campaign("endless")
    make.campaign("monthly", funding="monthly")
    owner = make.organiser()
    funded("ended", by=owner)
    campaign = funded("at-work", by=owner, number=2)
    step_campaign(
        campaign_id=campaign.pk, action="deliver", actor=Actor("organiser", owner.user), reason="",
        now=make.NOW + timedelta(minutes=1),
    )  # fmt: skip
    slugs = ["draft", "approved", "flexible", "owed", "endless", "monthly", "ended", "at-work", "nowhere"]

    assert [slug for slug in slugs if is_spendable(slug)] == ["endless", "monthly", "ended", "at-work"]


def test_a_late_act_of_a_stopped_project_counts_until_what_is_left_is_shared_out(treasurer: User, signer: User) -> None:
    campaign = funded()
    question = stopped(campaign, at=make.NOW + timedelta(minutes=1))
    assert is_spendable("sad")
    spent(treasurer, signer, 200_00)
    assert share_out(question_id=question.pk, now=LATER + timedelta(hours=1))
    question.refresh_from_db()

    assert question.pool_kopecks == 300_00
    assert not is_spendable("sad")
    with pytest.raises(services.NotSpendableError):
        expense(treasurer, 1_00, number="2")


def test_everybody_and_the_organiser_read_what_it_was_spent_on(client: Client, treasurer: User, signer: User) -> None:
    owner = make.organiser()
    funded(by=owner)
    expense(treasurer, 50_00, number="3", words="Ещё не подтверждено")
    act = spent(treasurer, signer, 200_50)
    own = make.sign_in(Client(), owner.user, second_factor=False) if owner.user else client
    for browser, address in (
        (client, "/projects/sad/"), (client, "/projects/sad/expenses/"), (own, "/me/projects/sad/"),
    ):  # fmt: skip
        page = text(browser.get(address))
        wanted = (
            "На что потрачено",
            "Двадцать яблонь",
            "Саженцы",
            "200,50 ₽",
            f"/ledger/operations/{act.operation_id}/",
        )
        assert [words in page for words in wanted] == [True] * len(wanted), address
        assert "Ещё не подтверждено" not in page
    assert "299,50 ₽" in text(client.get("/projects/sad/"))


def test_a_long_list_goes_on_on_pages_of_its_own(client: Client, treasurer: User, signer: User) -> None:
    funded()
    assert "На что потрачено" not in text(client.get("/projects/sad/"))
    assert "Пока ничего не потрачено" in text(client.get("/projects/sad/expenses/"))
    for number in range(26):
        spent(treasurer, signer, 1_00, number=str(number), words=f"Покупка {number:02}", day=TODAY - timedelta(number))
    page, first, second = (
        text(client.get(address)) for address in
        ("/projects/sad/?from=x", "/projects/sad/expenses/?page=1", "/projects/sad/expenses/?page=2")
    )  # fmt: skip

    assert [found.count("Покупка ") for found in (page, first, second)] == [SHOWN, 25, 1]
    assert "/projects/sad/expenses/" in page
    assert ("Покупка 25" in second, "?page=2" in first, "?page=1" in second) == (True, True, True)
    assert client.get("/projects/draft/expenses/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_what_is_shown_costs_the_same_however_much_was_spent(
    client: Client, treasurer: User, signer: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    owner = make.organiser()
    funded(by=owner)
    for number in range(count):
        spent(treasurer, signer, 1_00, number=str(number))
    own = make.sign_in(Client(), owner.user, second_factor=False) if owner.user else client
    for browser, address, queries in (
        (client, "/projects/sad/", 18), (client, "/projects/sad/expenses/", 3), (own, "/me/projects/sad/", 16),
    ):  # fmt: skip
        browser.get(address)
        forget_donors(slugs=["sad"])
        with django_assert_num_queries(queries):
            assert browser.get(f"{address}?x={count}").status_code == 200


def test_two_people_of_the_year_spend_what_was_collected_and_cut_short_go_on() -> None:
    campaign = make.campaign("sad", closes_at=SOON, goal_kopecks=1_000_00, minimum_kopecks=300_00)
    make.paid_donation(campaign, number=1, kopecks=500_00)
    make.end(campaign, at=make.NOW)
    hands = seat_hands()
    assert seat_hands() == hands
    expense(hands[0], 100_00)  # cut short before it was confirmed
    spend(campaign, hands)
    spend(campaign, hands)

    assert held("57.yookassa", "51", "60", "86.sad", "20.sad") == [0, 0, 0, 0, 0]
    rows = BankEntry.objects.spent().order_by("pk").values_list("line", "amount_kopecks")
    assert list(rows) == [("Саженцы", 100_00), ("Саженцы", 300_00), ("Скамьи", 100_00)]
    assert not BankEntry.objects.filter(state="proposed").exists()
