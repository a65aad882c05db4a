"""Donors are asked what becomes of money that cannot be used as promised."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from campaigns.funding import returning
from campaigns.life.moves import NoReasonError
from campaigns.models import Campaign, Donation, ProjectReport, PurposeAnswer, PurposeQuestion, PurposeShare
from campaigns.repurposing import answering, asking
from campaigns.repurposing import selectors as public
from campaigns.repurposing.pool import Pool, shares_of
from fund.ledger.audit import audit
from fund.ledger.models import Operation
from fund.money import Kopecks
from fund.payments import services as payments
from people.models import Letter, StaffAct
from people.outbox import send_letter
from tests import make
from tests.campaigns.repurposing import (
    DEADLINE,
    EVENING,
    LATER,
    NOW,
    REASON,
    answer,
    carry_all,
    member,
    spend,
    stopped,
)
from tests.campaigns.test_funding import (
    AFTER,
    END,
    at_once,
    begun,
    held,
    open_refunds,
    owed_campaign,
    paid,
    settle,
    top_up,
)

if TYPE_CHECKING:
    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")


@given(st.lists(st.integers(1, 35_000_000), min_size=1, max_size=60), st.data())
def test_shares_add_up_to_the_kopeck_and_nobody_gets_more_than_they_gave(kept: list[int], data: st.DataObject) -> None:
    others = data.draw(st.integers(0, 10_000_000))
    pool = data.draw(st.integers(0, sum(kept) + others + 100))
    given_sums = [Kopecks(one) for one in kept]
    shares, rest = shares_of(pool_kopecks=Kopecks(pool), others_kopecks=Kopecks(others), kept=given_sums)

    assert sum(shares) + rest == min(pool, sum(kept) + others)
    assert all(0 <= share <= gave for share, gave in zip(shares, kept, strict=True))
    assert 0 <= rest <= others
    total = sum(kept) + others
    assert all(
        abs(share * total - pool * gave) < total for share, gave in zip(shares, kept, strict=True) if pool <= total
    )


def test_the_worked_example_in_kopecks() -> None:
    """Three gifts of 100, 200 and 333.33 ₽, of 633.33 ₽ there are 100 ₽ left: 1579, 3158 and 5263 kopecks."""
    kept = [Kopecks(100_00), Kopecks(200_00), Kopecks(333_33)]

    assert shares_of(pool_kopecks=Kopecks(100_00), others_kopecks=Kopecks(0), kept=kept) == ([15_79, 31_58, 52_63], 0)
    assert shares_of(pool_kopecks=Kopecks(5), others_kopecks=Kopecks(0), kept=[]) == ([], 0)
    assert Pool(Kopecks(100_00), Kopecks(633_33), Kopecks(0)).share(333_33) == 52_63
    assert Pool(Kopecks(0), Kopecks(0), Kopecks(0)).share(1) == 0


def test_two_members_stop_a_project_and_one_alone_does_not(control: EmulatorControl) -> None:
    sad, one, two = make.campaign(), member(), member()
    paid(control, sad)
    proposed = asking.propose_question(campaign_id=sad.pk, reason=f" {REASON} ", answer_days=14, user=one, now=NOW)
    with pytest.raises(asking.OwnQuestionError):
        asking.confirm_question(question_id=proposed.pk, user=one, now=NOW)
    with pytest.raises(asking.QuestionOpenError):
        asking.propose_question(campaign_id=sad.pk, reason=REASON, answer_days=14, user=two, now=NOW)
    sad.refresh_from_db()
    assert (sad.status, PurposeQuestion.objects.get().state) == ("live", "proposed")
    question = asking.confirm_question(question_id=proposed.pk, user=two, now=NOW)
    with pytest.raises(asking.QuestionDecidedError):
        asking.confirm_question(question_id=proposed.pk, user=member(), now=NOW)
    with pytest.raises(asking.QuestionDecidedError):
        asking.withdraw_question(question_id=proposed.pk, user=one, now=NOW)

    sad.refresh_from_db()
    assert (sad.status, sad.ended_at, question.deadline_at, question.state) == ("cancelled", NOW, DEADLINE, "asking")
    assert sad.steps.get(to_status="cancelled").reason == REASON
    assert set(StaffAct.objects.values_list("action", flat=True)) == {
        "campaigns.propose_question", "campaigns.confirm_question", "campaigns.cancel",
    }  # fmt: skip


def test_what_makes_no_question_is_refused(control: EmulatorControl) -> None:
    owner = member()
    own, draft = make.campaign(by=make.organiser(owner=owner)), make.draft()
    words = {"reason": REASON, "answer_days": 14, "user": member(), "now": NOW}
    for error, changes in (
        (NoReasonError, {"reason": "  "}),
        (asking.DaysError, {"answer_days": 2}),
        (asking.DaysError, {"answer_days": 91}),
        (asking.OwnQuestionError, {"user": owner}),
        (asking.NothingLeftError, {"campaign_id": draft.pk}),
    ):
        with pytest.raises(error):
            asking.propose_question(**{"campaign_id": own.pk, **words, **changes})  # type: ignore[arg-type]
    proposed = asking.propose_question(campaign_id=own.pk, **words)  # type: ignore[arg-type]
    with pytest.raises(asking.OwnQuestionError):
        asking.confirm_question(question_id=proposed.pk, user=owner, now=NOW)
    with pytest.raises(asking.OwnQuestionError):
        asking.withdraw_question(question_id=proposed.pk, user=owner, now=NOW)
    asking.withdraw_question(question_id=proposed.pk, user=member(), now=NOW)

    own.refresh_from_db()
    assert (own.status, PurposeQuestion.objects.get().state) == ("live", "withdrawn")
    assert control is not None


def test_money_left_after_a_report_is_asked_about_and_nothing_left_is_not(control: EmulatorControl) -> None:
    sad = make.campaign()
    gift = paid(control, sad)
    make.end(sad, at=NOW)
    rows = Campaign.objects.filter(pk=sad.pk)
    rows.update(status="delivering", moved_at=NOW + timedelta(seconds=1))
    ProjectReport.objects.create(campaign=sad, text="Посадили не всё.", at=NOW)
    rows.update(status="reported", moved_at=NOW + timedelta(seconds=2))
    assert public.with_money_left() == [sad]
    question = stopped(sad)
    assert public.with_money_left() == []
    answer(gift, "fund")
    carry_all(question)
    sad.refresh_from_db()

    assert (sad.status, held("86.sad", "86.fund"), public.with_money_left()) == ("reported", [0, 500_00], [])
    with pytest.raises(asking.NothingLeftError):
        stopped(sad)


def test_a_campaign_below_its_minimum_gives_everything_back_without_asking(control: EmulatorControl) -> None:
    sad = owed_campaign()
    back, kept = paid(control, sad, 300_00), paid(control, sad, 200_00, is_kept=True)
    late = begun(control, sad, 100_00)
    question = stopped(sad, at=EVENING)
    assert (question.is_asked, question.state, asking.open_questions()) == (False, "done", [])
    with pytest.raises(answering.QuestionClosedError):
        answer(back, "fund")
    settle(late)
    top_up()
    assert returning.missed_campaigns() == [sad.pk]
    returning.return_gifts(campaign_id=sad.pk, limit=20, now=AFTER)
    open_refunds()
    sad.refresh_from_db()

    assert held("76.sad", "86.sad", "86.fund") == [0, 0, 200_00]
    kinds = Operation.objects.filter(kind__startswith="cancelled").values_list("kind", "memo")
    assert set(kinds) == {
        ("cancelled_refund", f"Возврат пожертвования № {back.number}: сбор отменён"),
        ("cancelled_refund", f"Возврат пожертвования № {late.number}: сбор отменён"),
        ("cancelled_kept", f"Пожертвование № {kept.number}: сбор отменён, по воле дарителя на общие цели фонда"),
    }
    assert returning.progress(campaign=sad) == returning.Progress(3, 2, 1, 0, 0, is_short=False)
    page = Client().get("/projects/sad/").content.decode()
    assert "Проект отменён раньше, чем набрался минимум" in page
    assert (Letter.objects.filter(kind="refund").count(), audit().fault) == (2, "")


def test_a_minimum_that_is_there_though_not_noted_yet_makes_the_money_the_projects(control: EmulatorControl) -> None:
    sad = owed_campaign(500_00)
    paid(control, sad)

    assert (stopped(sad).is_asked, held("76.sad", "86.sad")) == (True, [0, 500_00])


def test_each_donor_is_asked_once_and_the_silent_are_reminded_once(control: EmulatorControl) -> None:
    sad = make.campaign()
    gifts = [paid(control, sad, 100_00) for _ in range(3)]
    question = stopped(sad)
    for _ in range(2):
        asking.ask_donors(question_id=question.pk, limit=2, now=NOW)
        asking.ask_donors(question_id=question.pk, limit=2, now=NOW)
    assert asking.remind_donors(question_id=question.pk, limit=9, now=NOW) == 0
    answer(gifts[0], "return")
    soon = DEADLINE - timedelta(hours=47)
    assert asking.remind_donors(question_id=question.pk, limit=9, now=soon) == 2
    assert asking.remind_donors(question_id=question.pk, limit=9, now=soon) == 0
    assert asking.ask_donors(question_id=question.pk, limit=9, now=DEADLINE) == 0

    kinds = list(Letter.objects.order_by("kind").values_list("kind", flat=True))
    assert kinds.count("purpose_asked") == 3
    assert kinds.count("purpose_reminder") == 2
    assert set(Letter.objects.filter(kind__startswith="purpose").values_list("expires_at", flat=True)) == {DEADLINE}


def test_the_letter_holds_the_link_the_reason_and_the_default(
    control: EmulatorControl, mailoutbox: list[object]
) -> None:
    sad = make.campaign()
    gift = paid(control, sad, 100_00)
    spend("sad", 25_00)
    asking.ask_donors(question_id=stopped(sad).pk, limit=9, now=NOW)
    send_letter(letter_id=Letter.objects.get(kind="purpose_asked").pk, now=NOW)
    (message,) = mailoutbox

    body = str(message.body)  # type: ignore[attr-defined]
    assert f"/gifts/{gift.token}/purpose/" in body
    assert REASON in body
    assert "75\xa0₽" in body
    assert "Без ответа деньги вернутся вам" in body


def test_the_last_answer_counts_and_the_same_once_more_is_one_row(control: EmulatorControl) -> None:
    sad = make.campaign()
    make.campaign("les")
    gift = paid(control, sad)
    question = stopped(sad)
    first = answer(gift, "return")
    assert answer(gift, "return") == first
    answer(gift, "move", "les")
    answer(gift, "fund")
    assert PurposeAnswer.objects.count() == 3

    assert public.answers_of(questions=[question])[question.pk] == public.Answers(1, 0, 0, 1)
    assert public.notices(donations=[gift])[gift.pk].choice == "fund"


def test_two_clicks_at_once_are_one_answer(control: EmulatorControl) -> None:
    sad = make.campaign()
    gift = paid(control, sad)
    stopped(sad)
    at_once(lambda _number: answer(Donation.objects.get(pk=gift.pk), "fund"), 6)

    assert PurposeAnswer.objects.count() == PurposeShare.objects.count() == 1


def test_answers_that_make_no_sense_are_refused(control: EmulatorControl) -> None:
    sad, les = make.campaign(), make.campaign("les", closes_at=END)
    make.campaign("demo", is_demo=False)
    gift, gone = paid(control, sad), paid(control, sad)
    with pytest.raises(answering.QuestionClosedError):
        answer(gift, "fund")
    payments.request_refund(
        payment_id=gone.payment_id, amount_kopecks=Kopecks(500_00), reason="mistake", request_key="x", now=NOW
    )
    question = stopped(sad)
    with pytest.raises(answering.GiftGoneError):
        answer(gone, "fund")
    for target in ("sad", "nowhere", ""):
        with pytest.raises(answering.TargetClosedError):
            answer(gift, "move", target)
    with pytest.raises(answering.TargetClosedError):
        answer(gift, "move", "les", at=END)
    for at in (DEADLINE, LATER):
        with pytest.raises(answering.QuestionClosedError):
            answer(gift, "return", at=at)
    assert PurposeAnswer.objects.count() == 0
    share = PurposeShare.objects.create(question=question, donation=gift)
    PurposeAnswer.objects.bulk_create(
        PurposeAnswer(share=share, choice="return", at=NOW) for _ in range(answering.MOST_ANSWERS)
    )
    with pytest.raises(answering.TooManyAnswersError):
        answer(gift, "move", "les")
    assert set(answering.targets(question=question, now=NOW)) == {les, Campaign.objects.get(slug="demo")}
