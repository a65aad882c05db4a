"""What of a question to donors the database keeps, and its pages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from campaigns.life.moves import COUNCIL, Actor, lock_campaign, move
from campaigns.models import Campaign, Donation, PurposeAnswer, PurposeQuestion, PurposeShare
from campaigns.repurposing import asking, carrying, sharing
from campaigns.repurposing import selectors as public
from campaigns.repurposing.pool import pool_of
from fund.ledger.audit import audit
from fund.money import Kopecks
from fund.payments import services as payments
from tests import make
from tests.campaigns.repurposing import (
    DEADLINE,
    LATER,
    NOW,
    REASON,
    answer,
    carry_all,
    member,
    stopped,
)
from tests.campaigns.test_funding import (
    END,
    held,
    open_refunds,
    paid,
    top_up,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import DjangoAssertNumQueries

    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")


def refused_by_database(change: Callable[[], object], words: str) -> None:
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        change()


def test_no_campaign_is_cancelled_by_one_alone_or_without_saying_what_becomes_of_it(control: EmulatorControl) -> None:
    for campaign in (make.campaign(), owed_campaign_named("les")):
        with pytest.raises(DatabaseError, match="cancelled by two"), transaction.atomic():
            move(
                campaign=lock_campaign(campaign_id=campaign.pk), action="cancel", actor=Actor(COUNCIL, member()),
                now=NOW, reason=REASON,
            )  # fmt: skip
    one = member()
    rows = PurposeQuestion.objects.filter(
        pk=asking.propose_question(
            campaign_id=Campaign.objects.get(slug="sad").pk, reason=REASON, answer_days=14, user=one, now=NOW
        ).pk
    )
    refused_by_database(lambda: rows.update(confirmed_by=one, confirmed_at=NOW), "purpose_question_by_two")
    assert control is not None


def owed_campaign_named(slug: str) -> Campaign:
    return make.campaign(slug, closes_at=END, funding="all_or_nothing", minimum_kopecks=1_000_00, goal_kopecks=2_000_00)


def test_the_database_keeps_a_question_its_answers_and_its_shares(control: EmulatorControl) -> None:
    sad = make.campaign()
    gift = paid(control, sad)
    question = stopped(sad)
    rows = PurposeQuestion.objects.filter(pk=question.pk)
    given_answer = answer(gift, "fund")
    for changes in (
        {"reason": "x"},
        {"deadline_at": LATER},
        {"is_asked": False, "deadline_at": None},
        {"confirmed_at": LATER},
    ):
        refused_by_database(lambda changes=changes: rows.update(**changes), "stays|has_deadline")  # type: ignore[misc]
    refused_by_database(lambda: rows.update(shared_at=LATER, pool_kopecks=1, others_kopecks=0), "to the kopeck")
    refused_by_database(lambda: rows.update(done_at=LATER), "every share")
    refused_by_database(rows.delete, "append-only|permission denied|referenced")
    refused_by_database(
        lambda: PurposeQuestion.objects.create(
            campaign=sad, reason="x", answer_days=14, proposed_by=member(), proposed_at=NOW
        ),
        "one_at_a_time",
    )
    answers = PurposeAnswer.objects.filter(pk=given_answer.pk)
    refused_by_database(lambda: answers.update(choice="return"), "append-only|permission denied")
    refused_by_database(answers.delete, "append-only|permission denied")
    late = {"share": given_answer.share, "choice": "return"}
    refused_by_database(lambda: PurposeAnswer.objects.create(**late, at=DEADLINE), "before the deadline")
    carry_all(question)
    refused_by_database(lambda: PurposeAnswer.objects.create(**late, at=NOW), "before the deadline")
    shares = PurposeShare.objects.all()
    refused_by_database(lambda: shares.update(share_kopecks=1), "stays")
    refused_by_database(lambda: shares.update(done_at=None), "stays")
    refused_by_database(shares.delete, "append-only|permission denied|referenced")
    other = paid(control, make.campaign("les"))
    refused_by_database(lambda: PurposeShare.objects.create(question=question, donation=other), "nobody is asked")


def test_a_donor_answers_by_the_secret_link_and_may_change_it(control: EmulatorControl, client: Client) -> None:
    sad = make.campaign()
    make.campaign("les", title="Лес")
    gift = paid(control, sad)
    address = f"/gifts/{gift.token}/purpose/"
    assert client.get(address).status_code == 404, "nobody asks"
    stopped(sad)
    page = client.get(address).content.decode()
    assert (REASON in page, "Передать проекту «Лес»" in page, "Деревья" in page) == (True, True, True)
    for words in ("", "move:", "move:../x", "RETURN", "<script>", "x" * 100_000, "move:nowhere"):
        assert client.post(address, {"answer": words}).status_code == 422
    assert PurposeAnswer.objects.count() == 0
    for words in ("move:les", "move:les", "fund"):
        assert client.post(address, {"answer": words}).status_code == 302
    page = client.get(address).content.decode()
    assert "Оставить на общие цели фонда" in page
    assert PurposeAnswer.objects.count() == 2
    assert "Ваш ответ" in client.get(f"/gifts/{gift.token}/").content.decode()
    payments.request_refund(
        payment_id=gift.payment_id, amount_kopecks=Kopecks(500_00), reason="mistake", request_key="x", now=NOW
    )
    assert "это пожертвование вернулось" in client.get(address).content.decode()
    assert client.post(address, {"answer": "fund"}).status_code == 422
    assert client.get(f"/gifts/{'A' * 43}/purpose/").status_code == 404
    assert client.post(f"/gifts/{'A' * 43}/purpose/", {"answer": "fund"}).status_code == 404


def test_a_closed_question_shows_what_became_of_the_gift(control: EmulatorControl, client: Client) -> None:
    sad = make.campaign()
    make.campaign("les", title="Лес")
    gift, other = paid(control, sad), paid(control, sad)
    question = stopped(sad)
    answer(gift, "move", "les")
    top_up()
    carry_all(question)
    page = client.get(f"/gifts/{gift.token}/purpose/").content.decode()
    assert "500\xa0₽ передано проекту «Лес»" in page
    assert "вернули туда, откуда вы платили" in client.get(f"/gifts/{other.token}/purpose/").content.decode()
    assert client.post(f"/gifts/{gift.token}/purpose/", {"answer": "fund"}).status_code == 422
    assert "Что стало с пожертвованием" in client.get(f"/gifts/{gift.token}/").content.decode()

    shown = client.get("/projects/sad/").content.decode()
    assert "проекту «Лес»: 1 пожертвование, 500\xa0₽" in shown
    assert "вернули: 1 пожертвование, 500\xa0₽" in shown
    assert "/ledger/accounts/86.les/" in shown
    told = client.get("/api/v1/campaigns/sad").json()
    assert (told["state"], told["question"]["state"], told["question"]["gifts"]) == ("cancelled", "done", 2)
    assert (told["question"]["to_another_campaign"], told["question"]["give_back"]) == (1, 0)


def test_the_desk_proposes_confirms_and_refuses(control: EmulatorControl) -> None:
    sad = make.campaign()
    paid(control, sad)
    one, two, auditor = (
        make.sign_in(Client(), make.staff(role)) for role in ("council_member", "council_member", "auditor")
    )
    button = one.post(f"/desk/campaigns/campaign/{sad.pk}/cancel/")
    assert button.headers["Location"] == f"/desk/purposes/campaigns/{sad.pk}/"
    for words in (
        {"reason": "", "answer_days": 14},
        {"reason": "x", "answer_days": 1},
        {"reason": "x" * 1001, "answer_days": 14},
    ):
        assert one.post(f"/desk/purposes/campaigns/{sad.pk}/", words).status_code == 422
    assert one.post(f"/desk/purposes/campaigns/{sad.pk}/", {"reason": REASON, "answer_days": 14}).status_code == 302
    question = PurposeQuestion.objects.get()
    assert two.post(f"/desk/purposes/campaigns/{sad.pk}/", {"reason": REASON, "answer_days": 14}).status_code == 422
    assert one.post(f"{question.get_absolute_url()}confirm/").status_code == 422
    assert auditor.get(question.get_absolute_url()).status_code == 200
    assert auditor.post(f"{question.get_absolute_url()}confirm/").status_code == 403
    assert "Подтвердить" in two.get(question.get_absolute_url()).content.decode()
    assert two.post(f"{question.get_absolute_url()}confirm/").status_code == 302
    assert two.post(f"{question.get_absolute_url()}withdraw/").status_code == 422
    assert "Дарителей спрашивают" in auditor.get("/desk/purposes/").content.decode()

    sad.refresh_from_db()
    assert sad.status == "cancelled"


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_however_many_gifts(
    control: EmulatorControl, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    sad = make.campaign()
    make.campaign("les")
    gifts = [paid(control, sad, 100_00) for _ in range(count)]
    question = stopped(sad)
    for gift in gifts:
        answer(gift, "move", "les")
    assert pool_of(campaign=sad).pool_kopecks == count * 100_00
    with django_assert_num_queries(4):
        assert len(public.notices(donations=list(Donation.objects.select_related("campaign", "payment")))) == count
    carry_all(question)
    with django_assert_num_queries(5):
        row = public.public_question(campaign=sad)
        assert row is not None
        assert row.pool_kopecks == count * 100_00


def test_a_refund_that_is_under_way_is_booked_before_its_gift_moves(control: EmulatorControl) -> None:
    terms: dict[str, Any] = {
        "funding": "all_or_nothing",
        "minimum_kopecks": 900_00,
        "closes_at": LATER + timedelta(days=1),
    }
    sad, les = make.campaign(), make.campaign("les", **terms)
    gift = paid(control, sad, 1000_00)
    payments.request_refund(
        payment_id=gift.payment_id, amount_kopecks=Kopecks(700_00), reason="mistake", request_key="x", now=NOW
    )
    question = stopped(sad)
    answer(gift, "move", les.slug)
    top_up()
    assert sharing.share_out(question_id=question.pk, now=LATER)
    carrying.carry_out(question_id=question.pk, limit=3, now=LATER)
    assert held("86.sad", f"76.{les.slug}") == [1000_00, 0], "the share waits for the refund"
    open_refunds()
    carrying.carry_out(question_id=question.pk, limit=3, now=LATER)

    assert held("86.sad", f"76.{les.slug}") == [0, 300_00]
    assert not audit().fault


def test_who_runs_a_project_takes_no_proposal_to_stop_it_back() -> None:
    owner = make.staff("council_member")
    campaign = make.campaign(by=make.organiser(owner=owner))
    question = asking.propose_question(
        campaign_id=campaign.pk, reason=REASON, answer_days=14, user=make.staff("council_member"), now=NOW
    )
    make.sign_in(Client(), owner).post(f"/desk/purposes/{question.pk}/withdraw/")
    question.refresh_from_db()

    assert question.withdrawn_at is None
