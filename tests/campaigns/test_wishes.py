"""What a donor asks of a gift: to take it back, to have it back; the staff's answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from campaigns.funding.deciding import meet_goal
from campaigns.models import Donation, RefundRequest
from campaigns.wishes import answering, asking
from campaigns.wishes.selectors import waiting, wishes
from fund.ledger.selectors import balances_kopecks
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.models import Payment, Refund, RefundProposal
from fund.payments.services.refunding import refuse_refund
from people.models import StaffAct, User
from tests import make
from tests.campaigns.wishes import (
    END,
    ask,
    owed_campaign,
    owed_gift,
    project_gift,
    sent_words,
    text,
)

pytestmark = pytest.mark.django_db


def test_until_the_goal_is_met_a_gift_is_taken_back_at_its_donor_s_word_alone() -> None:
    gift = owed_gift(owed_campaign())
    address = f"/gifts/{gift.token}/"
    assert "Забрать пожертвование" in text(Client().get(f"{address}refund/"))
    assert Client().post(f"{address}take-back/").headers["Location"] == address
    Client().post(f"{address}take-back/")

    refund = Refund.objects.get()
    assert (refund.amount_kopecks, refund.fee_kopecks, refund.reason) == (500_00, 0, "donor_request")
    assert RefundProposal.objects.count() == 0


@pytest.mark.parametrize("change", ["goal", "deadline", "project"])
def test_what_is_not_the_donor_s_any_more_is_not_taken_back(change: str) -> None:
    gift = project_gift() if change == "project" else owed_gift(owed_campaign())
    if change == "goal":
        type(gift.campaign).objects.filter(pk=gift.campaign_id).update(goal_met_at=make.NOW)
    now = END + timedelta(seconds=1) if change == "deadline" else make.NOW
    with pytest.raises(asking.NotOwnMoneyError):
        asking.take_back(donation_id=gift.pk, now=now)

    assert Refund.objects.count() == 0
    if change == "project":
        answer = Client().post(f"/gifts/{gift.token}/take-back/")
        assert answer.headers["Location"] == f"/gifts/{gift.token}/refund/"


def test_one_person_takes_back_few_a_day() -> None:
    sad = owed_campaign()
    gifts = [owed_gift(sad, email="anna@example.org") for _ in range(4)]
    for gift in gifts[:3]:
        asking.take_back(donation_id=gift.pk, now=make.NOW)
    with pytest.raises(asking.TooManyWishesError):
        asking.take_back(donation_id=gifts[3].pk, now=make.NOW)

    assert asking.take_back(donation_id=gifts[3].pk, now=make.NOW + timedelta(days=1, minutes=1)).amount_kopecks
    assert Refund.objects.count() == 4


def test_taking_back_closes_the_request_and_an_erased_donor_may_too() -> None:
    gift = owed_gift(owed_campaign())
    request = ask(gift)
    Donation.objects.filter(pk=gift.pk).update(donor=None)
    asking.take_back(donation_id=gift.pk, now=make.NOW)
    request.refresh_from_db()

    assert request.state == "closed"


def test_the_fee_that_the_form_said_is_kept_is_kept_to_the_kopeck(settings: Any) -> None:
    settings.REFUND_FEE_BORNE_BY = "donor"
    sad = owed_campaign()
    page = text(Client().get("/projects/sad/give/"))
    assert "её удержат из того, что вернётся вам" in page
    assert "вернутся мне целиком" not in page
    assert "её удержат" in text(Client().get("/projects/sad/"))
    gift = owed_gift(sad)
    settings.REFUND_FEE_BORNE_BY = "fund"
    assert "несёт фонд" in text(Client().get("/projects/sad/give/"))
    refund = asking.take_back(donation_id=gift.pk, now=make.NOW)
    assert (refund.amount_kopecks, refund.fee_kopecks) == (482_50, 17_50)
    refuse_refund(refund_id=refund.pk, reason="general_decline", now=make.NOW)

    found = balances_kopecks(codes=["76.sad", "76.debts", "26.acquiring"])
    assert found == {"76.sad": 0, "76.debts": 482_50, "26.acquiring": -17_50}
    refund.refresh_from_db()
    assert refund.fee_operation is not None
    assert refund.fee_operation.kind == "fee_kept_until_goal"
    assert "17,50" in text(Client().get(f"/gifts/{gift.token}/"))
    assert "17,50" in sent_words("refund")


def test_a_fee_that_is_not_told_yet_waits_and_after_days_is_the_fund_s(settings: Any) -> None:
    settings.REFUND_FEE_BORNE_BY = "donor"
    gift = owed_gift(owed_campaign(), fee=None)
    with pytest.raises(asking.NotOwnMoneyError):
        asking.take_back(donation_id=gift.pk, now=make.NOW)
    Payment.objects.filter(pk=gift.payment_id).update(settled_at=make.NOW - timedelta(days=4))

    refund = asking.take_back(donation_id=gift.pk, now=make.NOW)
    assert (refund.amount_kopecks, refund.fee_kopecks) == (500_00, 0)


def test_a_request_is_asked_once_shown_and_answered_by_letter(treasurer: User, settings: Any) -> None:
    settings.REFUND_APPROVAL_KOPECKS = 100_000_00
    gift = project_gift()
    address = f"/gifts/{gift.token}/"
    assert Client().post(f"{address}refund/", {"reason": "Не туда"}).headers["Location"] == address
    assert Client().post(f"{address}refund/", {"reason": "Ещё раз"}).status_code == 422
    assert "ответ казначея придёт" in text(Client().get(address))
    request = RefundRequest.objects.get()
    agreed = answering.agree(request_id=request.pk, user=treasurer, now=make.NOW)
    with pytest.raises(answering.AnsweredError):
        answering.agree(request_id=request.pk, user=treasurer, now=make.NOW)

    assert agreed.proposal is not None
    assert (agreed.proposal.state, Refund.objects.get().reason) == ("direct", "donor_request")
    assert "возвращается туда" in sent_words("refund_answer")
    assert not waiting().exists()


def test_a_large_one_waits_for_a_second_person_and_opens_again_if_rejected(
    treasurer: User, signer: User, settings: Any
) -> None:
    settings.REFUND_APPROVAL_KOPECKS = 100
    gift = project_gift()
    request = ask(gift)
    agreed = answering.agree(request_id=request.pk, user=treasurer, now=make.NOW)
    assert agreed.proposal is not None
    assert "подтвердит второй человек" in sent_words("refund_answer")
    assert "осталось подтверждение" in text(Client().get(f"/gifts/{gift.token}/"))
    assert not waiting().exists()
    with pytest.raises(asking.AskedAlreadyError):
        ask(gift)
    payments.reject_refund(proposal_id=agreed.proposal.pk, user=signer, answer="Нет", now=make.NOW)
    assert waiting().get() == request
    assert wishes(donation_ids=[gift.pk])[gift.pk].state == "open"
    answering.decline(request_id=request.pk, user=treasurer, answer="Деньги потрачены <b>", now=make.NOW)

    assert "Деньги потрачены <b>" in sent_words("refund_answer")
    assert "Деньги потрачены &lt;b&gt;" in text(Client().get(f"/gifts/{gift.token}/"))
    assert StaffAct.objects.filter(action="campaigns.decline_refund_request").count() == 1


def test_who_was_declined_asks_thrice_at_most(treasurer: User) -> None:
    gift = project_gift()
    for _ in range(3):
        answering.decline(request_id=ask(gift).pk, user=treasurer, answer="Нет", now=make.NOW)
    with pytest.raises(asking.TooManyWishesError):
        ask(gift)
    assert Client().post(f"/gifts/{gift.token}/refund/", {"reason": "x"}).status_code == 422


def test_what_has_gone_back_is_neither_asked_for_nor_agreed_to(treasurer: User) -> None:
    gift = project_gift()
    request = ask(gift)
    payments.request_refund(
        payment_id=gift.payment_id, amount_kopecks=Kopecks(500_00), reason="mistake", request_key="x", now=make.NOW
    )
    with pytest.raises(asking.NothingLeftError):
        answering.agree(request_id=request.pk, user=treasurer, now=make.NOW)
    RefundRequest.objects.all().delete()
    with pytest.raises(asking.NothingLeftError):
        ask(gift)

    assert "вернуть уже нечего" in text(Client().get(f"/gifts/{gift.token}/refund/"))


@pytest.mark.parametrize("reason", ["", " ", "x" * 501])
def test_a_request_says_why_and_no_novel(reason: str) -> None:
    gift = project_gift()

    assert Client().post(f"/gifts/{gift.token}/refund/", {"reason": reason}).status_code == 422
    assert RefundRequest.objects.count() == 0
    assert Client().get(f"/gifts/{'A' * 43}/refund/").status_code == 404


def test_the_database_keeps_one_open_request_and_a_whole_answer() -> None:
    gift = project_gift()
    ask(gift)
    for values in ({"state": "declined"}, {"state": "agreed", "answered_at": make.NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RefundRequest.objects.update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        RefundRequest.objects.create(donation=gift, reason="x", asked_at=make.NOW)


def test_the_desk_agrees_and_declines(client: Client, treasurer: User, signer: User, settings: Any) -> None:
    settings.REFUND_APPROVAL_KOPECKS = 600_00
    first, second, third = (ask(project_gift(number), "Причина <i>") for number in (1, 2, 3))
    make.sign_in(client, treasurer)
    page = text(client.get("/desk/wishes/"))
    assert page.count("/desk/wishes/") > 3
    assert "Причина &lt;i&gt;" in text(client.get(f"/desk/wishes/{first.pk}/"))
    assert client.post(f"/desk/wishes/{first.pk}/agree/").status_code == 302
    assert client.post(f"/desk/wishes/{first.pk}/agree/").status_code == 302
    assert client.post(f"/desk/wishes/{second.pk}/agree/").status_code == 302
    assert client.post(f"/desk/wishes/{third.pk}/decline/", {"answer": ""}).status_code == 422
    assert client.post(f"/desk/wishes/{third.pk}/decline/", {"answer": "Нет"}).status_code == 302
    assert client.post(f"/desk/wishes/{third.pk}/decline/", {"answer": "Да"}).status_code == 302
    make.sign_in(client, signer)
    assert client.post(f"/desk/wishes/{third.pk}/agree/").status_code == 403

    states = list(RefundProposal.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["direct", "proposed"]
    assert list(RefundRequest.objects.order_by("pk").values_list("state", "answer")) == [
        ("agreed", ""), ("agreed", ""), ("declined", "Нет"),
    ]  # fmt: skip


def test_money_that_is_leaving_does_not_meet_the_minimum_with_the_fee_that_leaves_with_it(settings: Any) -> None:
    settings.REFUND_FEE_BORNE_BY = "donor"
    sad = owed_campaign(minimum_kopecks=1010_00)
    gifts = [owed_gift(sad) for _ in range(3)]
    refund = asking.take_back(donation_id=gifts[0].pk, now=make.NOW)
    assert (refund.amount_kopecks, refund.fee_kopecks) == (482_50, 17_50)

    assert not meet_goal(campaign_id=sad.pk, now=make.NOW), "1000 roubles stay"
