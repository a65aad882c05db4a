"""The organiser's desk: own campaigns alone, figures as the books have them, gifts without who gave them."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.life.amending import extend_campaign
from campaigns.life.moves import ORGANISER, Actor
from campaigns.managing import selectors
from campaigns.managing.todo import Task, todo
from campaigns.models import Donation, HiddenName
from campaigns.selectors import forget_donors
from fund.ledger.services import post_event
from fund.money import Kopecks
from fund.payments.models import Refund
from tests import make

if TYPE_CHECKING:
    from django.http import StreamingHttpResponse
    from pytest_django import DjangoAssertNumQueries

    from campaigns.models import Campaign

pytestmark = pytest.mark.django_db
LIST = "/me/projects/"
PAGE, GIFTS, FILE = "/me/projects/sad/", "/me/projects/sad/gifts/", "/me/projects/sad/gifts.csv"


def own(**terms: Any) -> Campaign:
    return make.campaign(by=make.organiser(), **terms)


def desk_of(found: Campaign) -> Client:
    assert found.organiser
    assert found.organiser.user
    return make.sign_in(Client(), found.organiser.user, second_factor=False)


def file_of(client: Client) -> list[list[str]]:
    answer: StreamingHttpResponse = client.get(FILE)  # type: ignore[assignment]
    text = b"".join(answer.streaming_content).decode()  # type: ignore[arg-type]
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text[1:]), delimiter=";"))


@pytest.mark.parametrize("address", [PAGE, GIFTS, FILE])
def test_nobody_but_its_organiser_finds_the_desk_of_a_campaign(client: Client, address: str) -> None:
    found = own()
    others = make.sign_in(Client(), make.user(), second_factor=False)
    council = make.sign_in(Client(), make.staff("council_member"))

    assert client.get(address).status_code == 302
    assert [one.get(address).status_code for one in (others, council)] == [404, 404]
    assert desk_of(found).get(address).status_code == 200
    assert desk_of(found).post(address).status_code == 405


def test_raised_owed_and_spent_are_what_the_books_say() -> None:
    found = own(minimum_kopecks=800_00, closes_at=make.NOW + timedelta(days=9), funding="all_or_nothing")
    post_event(
        event="gift_until_goal", subject="sad", amounts={"gross": Kopecks(300_00)}, key="a",
        business_date=timezone.localdate(make.NOW), reference="000001",
    )  # fmt: skip
    money = selectors.money(campaign=found)

    assert (money.raised_kopecks, money.owed_kopecks, money.spent_kopecks) == (300_00, 300_00, 0)
    assert money.held_kopecks == 0  # what is the donors' own waits for no costs
    for event, sum_kopecks in (("goal_met", 300_00), ("supplier_act", 200_00), ("project_costs_covered", 120_00)):
        post_event(
            event=event, subject="sad", amounts={"gross": Kopecks(sum_kopecks)}, key=event,
            business_date=timezone.localdate(make.NOW), reference="7",
        )  # fmt: skip
    money = selectors.money(campaign=found)
    assert (money.raised_kopecks, money.owed_kopecks, money.spent_kopecks) == (300_00, 0, 120_00)
    assert (money.held_kopecks, money.unpaid_costs_kopecks) == (180_00, 80_00)


def test_a_name_is_there_only_where_its_donor_and_the_moderator_leave_it() -> None:
    found = own()
    make.paid_donation(found, number=1, name="Анна")
    hidden = make.paid_donation(found, number=2, name="Реклама")
    HiddenName.objects.create(donation=hidden, reason="advertising", hidden_by=make.user(), hidden_at=make.NOW)
    make.paid_donation(found, number=3)
    page = desk_of(found).get(GIFTS).content.decode()

    assert "Анна" in page
    assert "paid1@example.org" not in page
    assert "Реклама" not in page
    assert page.count("Неизвестный даритель") == 2


def test_no_cell_of_the_file_runs_in_a_spreadsheet() -> None:
    found = own()
    gift = make.paid_donation(found, number=1, name="=HYPERLINK(1)")
    Donation.objects.filter(pk=gift.pk).update(message="+7 вперёд")
    make.paid_donation(found, number=2, name="Анна; Пётр")
    head, newest, oldest = file_of(desk_of(found))

    assert len(head) == len(newest) == len(oldest) == 7
    assert newest[2] == "Анна; Пётр"
    assert oldest[2:6] == ["'=HYPERLINK(1)", "'+7 вперёд", "500,00", "0,00"]


def test_what_went_back_is_told_beside_the_gift() -> None:
    found = own()
    gift = make.paid_donation(found, number=1)
    Refund.objects.create(
        payment=gift.payment, amount_kopecks=200_00, state=Refund.State.PENDING, reason="mistake",
        request_key="r", created_at=make.NOW,
    )  # fmt: skip

    assert selectors.returning_count(campaign=found) == 1
    assert "1 пожертвование возвращается дарителю" in desk_of(found).get(PAGE).content.decode()
    assert file_of(desk_of(found))[1][5] == "0,00"


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_asks_the_same_however_many_gifts(
    django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    found = own()
    for number in range(1, count + 1):
        make.paid_donation(found, number=number)
    client = desk_of(found)

    client.get(PAGE)  # what is looked up once in a process
    forget_donors(slugs=["sad"])  # or who was counted by another test seconds ago spares one
    with django_assert_num_queries(16):
        client.get(PAGE)
    with django_assert_num_queries(5):
        client.get(GIFTS)


def where(task: Task) -> str:
    """Return where a task leads, within the campaign's own pages."""
    return task.link.address.partition("/park/")[2] or task.link.address if task.link else ""


def test_what_is_due_follows_the_campaigns_state() -> None:
    found, day = make.draft(closes_at=make.NOW + timedelta(days=5)), timedelta(days=1)
    due = {}
    for state in found.Status:
        found.status = state
        due[state.value] = [(where(task), task.is_late) for task in todo(campaign=found, now=make.NOW)]

    assert {state: tasks for state, tasks in due.items() if tasks} == {
        "draft": [("edit/", False)],
        "changes_asked": [("edit/", False)],
        "approved": [("step/launch/", False)],
        "live": [("updates/", False)],
        "funded": [("step/deliver/", False)],
        "delivering": [("report/", False)],
    }
    found.status = found.Status.APPROVED
    late = todo(campaign=found, now=make.NOW + 6 * day)[0]
    assert (where(late), late.is_late) == ("step/revise/", True)
    found.status, found.delivery_due_date = found.Status.DELIVERING, timezone.localdate(make.NOW)
    assert not todo(campaign=found, now=make.NOW)[0].is_late
    assert todo(campaign=found, now=make.NOW + 2 * day)[0].is_late
    found.status = found.Status.LIVE
    assert todo(campaign=found, now=make.NOW + 6 * day)[0].link is None
    assert todo(campaign=found, now=make.NOW - 30 * day) == []


def test_the_last_day_is_offered_to_be_moved_once() -> None:
    found = own(closes_at=make.NOW + timedelta(days=9))
    button = "Перенести последний день"
    client = desk_of(found)
    assert all(button in client.get(page).content.decode() for page in (PAGE, LIST))
    assert found.organiser
    organiser = Actor(ORGANISER, found.organiser.user)
    later = make.NOW + timedelta(days=20)
    extend_campaign(campaign_id=found.pk, actor=organiser, closes_at=later, reason="Каникулы", now=make.NOW)

    assert not any(button in client.get(page).content.decode() for page in (PAGE, LIST))


def test_who_is_suspended_is_asked_for_nothing_that_is_closed_to_them() -> None:
    found = make.draft(by=make.applicant("suspended"), closes_at=make.NOW + timedelta(days=5))
    due = {}
    for state in found.Status:
        found.status = state
        due[state.value] = len(todo(campaign=found, now=make.NOW))

    assert {state: count for state, count in due.items() if count} == {"delivering": 1}
