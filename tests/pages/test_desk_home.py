"""The desk's first page: what needs a person now, and that all is well."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from campaigns.models import Approval, Campaign, Comment, Complaint
from campaigns.repurposing.asking import propose_question
from fund.payments import services
from fund.payments.models import Alarm
from fund.sales.models import ReturnWish, Sale
from people.models import Letter, StaffAct
from tests import make
from tests.campaigns.talking import commented
from tests.fund.sales import orders as trading
from tests.merch import shelf

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from campaigns.models import Organiser
    from people.models import User

pytestmark = pytest.mark.django_db


def given_up(**changes: object) -> Letter:
    plain = {"kind": "account", "address": "reader@example.org", "subject": "x", "body": "x", "queued_at": make.NOW,
             "due_at": make.NOW, "given_up_at": make.NOW, "failure": "SMTPRecipientsRefused"}  # fmt: skip
    return Letter.objects.create(**plain | changes)


def tiles(client: Client) -> dict[str, tuple[str, bool]]:
    return {tile.title: (tile.figure, tile.is_bad) for tile in client.get("/desk/").context["tiles"]}


def test_a_quiet_day_says_so(client: Client) -> None:
    make.sign_in(client, make.staff("treasurer"))

    assert "Всё в порядке: ничего не ждёт человека." in client.get("/desk/").content.decode()
    assert tiles(client) == {
        "Открытые тревоги": ("0", False), "Застрявшие платежи и возвраты": ("0", False),
        "Письма не доставлены": ("0", False), "Оплачено сегодня": ("0", False),
        "Поступило сегодня": ("0\xa0₽", False),
        "Просят вернуть пожертвование": ("0", False),
    }  # fmt: skip


def test_what_needs_a_person_stands_out(client: Client) -> None:
    services.raise_alarm(kind=Alarm.Kind.MISMATCH, subject="yookassa", now=make.NOW)
    make.payment(created_at=timezone.now() - timedelta(days=1))
    given_up()
    make.sign_in(client, make.staff("treasurer"))

    assert "Всё в порядке" not in client.get("/desk/").content.decode()
    assert [figure for figure in tiles(client).values() if figure[1]] == [("1", True)] * 3


def test_a_signer_sees_what_waits_for_them_and_others_see_only_their_own(client: Client) -> None:
    make.sign_in(client, make.staff("signer"))
    assert "Возвраты ждут вашего решения" in tiles(client)
    assert "Письма не доставлены" not in tiles(client)
    make.sign_in(client, make.staff("moderator"))

    assert tiles(client) == {"Комментарии на проверку": ("0", False)}
    make.sign_in(client, make.staff("administrator"))

    assert tiles(client) == {}
    assert "Всё в порядке" not in client.get("/desk/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_first_page_costs_the_same_however_much_waits(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        services.raise_alarm(kind=Alarm.Kind.MISMATCH, subject=f"payment:{number}", now=make.NOW)
        make.payment(created_at=timezone.now() - timedelta(days=1))
        given_up()
    make.sign_in(client, make.staff("treasurer"))
    client.get("/desk/")
    with django_assert_num_queries(11):
        client.get("/desk/")


REVIEWS, STOPS = "Сборы ждут вашего рассмотрения", "Изменения назначения ждут вашего подтверждения"


def handed_in(slug: str, *, by: Organiser | None = None) -> Campaign:
    found = make.draft(slug, by=by)
    Campaign.objects.filter(pk=found.pk).update(
        status="in_review", review_round=1, moved_at=make.NOW, moved_as="organiser"
    )
    found.refresh_from_db()
    return found


def proposed(slug: str, by: User) -> None:
    propose_question(campaign_id=make.campaign(slug).pk, reason="Нет места", answer_days=14, user=by, now=make.NOW)


def test_a_council_member_sees_what_waits_for_their_yes_and_not_what_waits_for_another(client: Client) -> None:
    member, another = make.staff("council_member"), make.staff("council_member")
    make.sign_in(client, member)
    assert (tiles(client)[REVIEWS], tiles(client)[STOPS]) == (("0", False), ("0", False))
    handed_in("theirs")
    handed_in("own", by=make.organiser(owner=member))
    approved = handed_in("approved")
    Approval.objects.create(campaign=approved, review_round=1, user=member, at=make.NOW)
    make.campaign("over")
    proposed("sad", another)
    proposed("park", member)
    shown = client.get("/desk/").content.decode()

    assert (tiles(client)[REVIEWS], tiles(client)[STOPS]) == (("1", True), ("1", True))
    assert "/desk/campaigns/campaign/?status__exact=in_review" in shown
    listed = client.get("/desk/campaigns/campaign/?status__exact=in_review").context["cl"]
    assert {campaign.slug for campaign in listed.result_list} == {"theirs", "own", "approved"}
    make.sign_in(client, make.staff("treasurer"))
    assert {REVIEWS, STOPS}.isdisjoint(tiles(client))


def test_the_brand_manager_sees_what_to_pack_and_who_wants_to_give_back(client: Client) -> None:
    kept, packed = (trading.place(trading.order((shelf.variant(shelf.product(), pieces=1).item, 1, 500_00)))
                    for _number in range(2))  # fmt: skip
    Sale.objects.filter(pk=packed.pk).update(state=Sale.State.PAID)
    make.sign_in(client, make.staff("brand_manager"))
    assert tiles(client) == {"Заказы к сборке": ("1", True), "Покупатели хотят вернуть товар": ("0", False)}
    ReturnWish.objects.create(sale=kept, reason="faulty", words="Скол", asked_at=make.NOW)

    assert tiles(client)["Покупатели хотят вернуть товар"] == ("1", True)


def test_a_moderator_sees_how_many_comments_wait_and_are_complained_of(client: Client) -> None:
    campaign = make.campaign()
    commented(campaign, 1)
    shown = commented(campaign, 2)
    Comment.objects.filter(pk=shown.pk).update(shown_at=make.NOW)
    Complaint.objects.create(comment=shown, reason="insult", reader_sha256="a" * 64, at=make.NOW)
    make.sign_in(client, make.staff("moderator"))

    assert tiles(client) == {"Комментарии на проверку": ("2", True)}


@pytest.mark.parametrize("count", [1, 3])
def test_the_council_s_and_the_moderator_s_first_page_costs_the_same_however_much_waits(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    member, another = make.staff("council_member", "moderator"), make.staff("council_member")
    for number in range(count):
        handed_in(f"review-{number}")
        proposed(f"stop-{number}", another)
        commented(make.campaign(f"talk-{number}"), number + 1)
    make.sign_in(client, member)
    client.get("/desk/")
    with django_assert_num_queries(10):
        client.get("/desk/")


def test_a_letter_that_was_given_up_is_sent_again_and_shows_no_address(client: Client) -> None:
    letter = given_up()
    make.sign_in(client, make.staff("treasurer"))
    listed = client.get("/desk/people/letter/?state=given_up")
    shown = client.get(f"/desk/people/letter/{letter.pk}/change/")
    asked = client.get(f"/desk/people/letter/{letter.pk}/resend/")
    assert "reader@example.org" not in "".join(answer.content.decode() for answer in (listed, shown, asked))
    assert listed.context["cl"].result_count == 1
    first = client.post(f"/desk/people/letter/{letter.pk}/resend/", follow=True).content.decode()
    second = client.post(f"/desk/people/letter/{letter.pk}/resend/", follow=True).content.decode()

    letter.refresh_from_db()
    assert letter.state == Letter.State.WAITING
    assert ("отправится ещё раз" in first, "нельзя отправить ещё раз" in second) == (True, True)
    assert list(StaffAct.objects.filter(action="letters.resend").values_list("subject", flat=True)) == [
        f"letter:{letter.pk}"
    ]


@pytest.mark.parametrize(("state", "count"), [("waiting", 1), ("sent", 1), ("given_up", 1), ("", 3)])
def test_letters_are_shown_by_how_far_they_came(client: Client, state: str, count: int) -> None:
    given_up()
    given_up(given_up_at=None)
    given_up(given_up_at=None, sent_at=make.NOW, subject="", body="")
    make.sign_in(client, make.staff("treasurer"))

    assert client.get(f"/desk/people/letter/?state={state}").context["cl"].result_count == count


@pytest.mark.parametrize("role", ["signer", "auditor", "moderator", "council_member", "administrator"])
def test_the_mail_queue_is_the_treasurer_s(client: Client, role: str) -> None:
    letter = given_up()
    make.sign_in(client, make.staff(role))
    paths = ("", f"{letter.pk}/change/", f"{letter.pk}/resend/")

    assert [client.get(f"/desk/people/letter/{path}").status_code for path in paths] == [403] * 3
    assert client.post(f"/desk/people/letter/{letter.pk}/resend/").status_code == 403
    assert Letter.objects.get().state == Letter.State.GIVEN_UP
