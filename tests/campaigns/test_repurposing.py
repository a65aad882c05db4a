"""Change of purpose: two of the council stop a project, its donors decide, each share is carried out to the kopeck."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from campaigns import selectors
from campaigns.funding import deciding, returning
from campaigns.life.moves import COUNCIL, Actor, NoReasonError, lock_campaign, move
from campaigns.models import Campaign, Choice, Donation, ProjectReport, PurposeAnswer, PurposeQuestion, PurposeShare
from campaigns.repurposing import answering, asking, carrying, sharing
from campaigns.repurposing import selectors as public
from campaigns.repurposing.pool import Pool, pool_of, shares_of
from fund.ledger import services as ledger
from fund.ledger.audit import audit
from fund.ledger.models import Operation
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.models import Alarm, Payment, Refund
from people.models import Letter, StaffAct, User
from people.outbox import send_letter
from tests import make
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
    from collections.abc import Callable

    from pytest_django import DjangoAssertNumQueries

    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")
NOW = make.NOW
DEADLINE = NOW + timedelta(days=14)
LATER = DEADLINE + timedelta(minutes=1)
CUTS = 0.25
EVENING = NOW + timedelta(hours=1)  # what was paid by the emulator's clock came before
REASON = "Участок под сад передан под застройку."


def member() -> User:
    return User.objects.get_or_create(email=f"member{User.objects.count()}@example.org")[0]


def stopped(campaign: Campaign, *, at: datetime = NOW) -> PurposeQuestion:
    """Return a question that two members asked."""
    proposed = asking.propose_question(campaign_id=campaign.pk, reason=REASON, answer_days=14, user=member(), now=at)
    return asking.confirm_question(question_id=proposed.pk, user=member(), now=at)


def answer(gift: Donation, choice: str, target: str = "", *, at: datetime = NOW) -> PurposeAnswer:
    gift.refresh_from_db()
    return answering.answer_question(donation=gift, choice=Choice(choice), target_slug=target, now=at)


def carry_all(question: PurposeQuestion) -> None:
    assert sharing.share_out(question_id=question.pk, now=LATER) is True
    while carrying.carry_out(question_id=question.pk, limit=3, now=LATER):
        pass
    carrying.carry_out(question_id=question.pk, limit=3, now=LATER)
    open_refunds()


def spend(subject: str, kopecks: int, *, covered: bool = True) -> None:
    amounts = {"gross": Kopecks(kopecks)}
    day = NOW.date()
    ledger.post_event(event="supplier_act", subject=subject, amounts=amounts, key=f"act:{kopecks}", business_date=day)
    if covered:
        ledger.post_event(
            event="project_costs_covered", subject=subject, amounts=amounts, key=f"cover:{kopecks}", business_date=day
        )


# ── what is shared out ──────────────────────────────────────────────────────────────────────────────────────────────


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


# ── two of the council ──────────────────────────────────────────────────────────────────────────────────────────────


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
    asking.withdraw_question(question_id=proposed.pk, user=owner, now=NOW)

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


# ── asking, answering ───────────────────────────────────────────────────────────────────────────────────────────────


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


# ── carrying out ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_answer_is_carried_out_in_the_books_to_the_kopeck(control: EmulatorControl) -> None:
    sad, les = make.campaign(), make.campaign("les")
    gifts = [paid(control, sad, kopecks) for kopecks in (100_00, 200_00, 333_33)]
    spend("sad", 500_00)
    spend("sad", 33_33, covered=False)
    question = stopped(sad)
    top_up()
    for gift, choice, target in zip(gifts, ("return", "move", "fund"), ("", "les", ""), strict=True):
        answer(gift, choice, target)
    carry_all(question)
    question.refresh_from_db()

    assert (question.pool_kopecks, question.others_kopecks, question.state) == (100_00, 0, "done")
    assert held("86.sad", "20.sad", "86.les", "86.fund") == [33_33, 33_33, 31_58, 52_63]
    assert list(Refund.objects.values_list("state", "amount_kopecks", "reason")) == [
        ("succeeded", 15_79, "purpose_changed")
    ]
    kinds = Operation.objects.filter(kind__startswith="purpose").order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["purpose_left", "purpose_moved", "purpose_refund"]
    assert audit().fault == ""
    figures = selectors.figures(campaigns=[sad, les])
    assert (figures["sad"].raised_kopecks, figures["sad"].spent_kopecks) == (533_33, 500_00)
    assert (figures["les"].raised_kopecks, figures["les"].donors) == (31_58, 1)
    assert [row.kept_kopecks for row in selectors.newest_gifts(campaign=les)] == [31_58]
    moved = Donation.objects.get(pk=gifts[1].pk)
    assert (moved.campaign, moved.payment.booked_subject, moved.payment.spent_kopecks) == (les, "les", 168_42)
    for gift in gifts[:2]:
        with pytest.raises(payments.RefundError):
            payments.request_refund(
                payment_id=gift.payment_id, amount_kopecks=Kopecks(100_00), reason="mistake",
                request_key=f"again:{gift.pk}", now=LATER,
            )  # fmt: skip


def test_what_was_moved_goes_back_from_where_it_lies(control: EmulatorControl) -> None:
    sad = make.campaign()
    les = make.campaign("les", closes_at=LATER + timedelta(days=1), funding="all_or_nothing", minimum_kopecks=900_00)
    gift = paid(control, sad)
    question = stopped(sad)
    answer(gift, "move", "les")
    carry_all(question)
    assert held("86.sad", "76.les", "86.les") == [0, 500_00, 0]
    assert Operation.objects.filter(kind="purpose_moved_until_goal", subject="sad").count() == 1
    assert selectors.figures(campaigns=[les])["les"].raised_kopecks == 500_00
    over = LATER + timedelta(days=2)
    deciding.decide_campaign(campaign_id=les.pk, now=over)
    top_up()
    returning.return_gifts(campaign_id=les.pk, limit=9, now=over)
    open_refunds()

    assert held("76.les", "76.debts") == [0, 0]
    assert Operation.objects.filter(kind="goal_missed_refund", subject="les").count() == 1


def test_a_moved_gift_helps_the_target_to_meet_its_minimum(control: EmulatorControl) -> None:
    sad = make.campaign()
    les = make.campaign("les", closes_at=LATER + timedelta(days=1), funding="all_or_nothing", minimum_kopecks=500_00)
    gift = paid(control, sad)
    question = stopped(sad)
    answer(gift, "move", "les")
    carry_all(question)

    assert deciding.meet_goal(campaign_id=les.pk, now=LATER) is True
    assert held("76.les", "86.les") == [0, 500_00]


def test_the_silent_get_it_back_the_old_and_the_tiny_serve_the_fund(control: EmulatorControl) -> None:
    sad = make.campaign()
    silent, old, tiny = paid(control, sad, 300_00), paid(control, sad, 200_00), paid(control, sad, 10_00)
    Payment.objects.filter(pk=old.payment_id).update(created_at=NOW - timedelta(days=1096))
    spend("sad", 460_00)
    question = stopped(sad)
    answer(tiny, "return")
    top_up()
    carry_all(question)

    shares = dict(PurposeShare.objects.values_list("donation", "carried_kopecks"))
    assert shares == {silent.pk: 29_41, old.pk: 19_61, tiny.pk: 98}
    assert dict(PurposeShare.objects.values_list("donation", "outcome")) == {
        silent.pk: "return", old.pk: "fund", tiny.pk: "fund",
    }  # fmt: skip
    assert held("86.sad", "86.fund") == [0, 20_59]


def test_a_target_that_closed_since_is_as_if_nobody_had_answered(control: EmulatorControl) -> None:
    sad, les = make.campaign(), make.campaign("les")
    gift = paid(control, sad)
    question = stopped(sad)
    answer(gift, "move", "les")
    make.end(les, at=NOW + timedelta(days=1))
    top_up()
    carry_all(question)

    assert (PurposeShare.objects.get().outcome, held("86.sad", "86.les")) == ("return", [0, 0])
    assert Refund.objects.get().state == "succeeded"


def test_gifts_that_went_back_take_no_part_and_money_of_no_gift_goes_to_the_fund(control: EmulatorControl) -> None:
    sad = make.campaign()
    gone, part, whole = (paid(control, sad, 300_00) for _ in range(3))
    ledger.post_event(
        event="bank_gift", subject="sad", amounts={"gross": Kopecks(100_00)}, key="b", business_date=NOW.date()
    )
    question = stopped(sad)
    asking.ask_donors(question_id=question.pk, limit=9, now=NOW)
    answer(gone, "move", make.campaign("les").slug)
    top_up()
    for gift, kopecks in ((gone, 300_00), (part, 100_00)):
        payments.request_refund(
            payment_id=gift.payment_id, amount_kopecks=Kopecks(kopecks), reason="mistake",
            request_key=f"x{gift.pk}", now=NOW,
        )  # fmt: skip
    carry_all(question)
    question.refresh_from_db()

    assert (question.pool_kopecks, question.others_kopecks, question.state) == (600_00, 100_00, "done")
    shares = dict(PurposeShare.objects.values_list("donation", "share_kopecks"))
    assert shares == {gone.pk: 0, part.pk: 200_00, whole.pk: 300_00}
    assert (held("86.sad", "86.fund"), audit().fault) == ([0, 100_00], "")
    assert public.answers_of(questions=[question])[question.pk].asked == 2


def test_where_the_money_at_yookassa_does_not_do_what_goes_back_waits_and_the_rest_goes_on(
    control: EmulatorControl,
) -> None:
    sad = make.campaign()
    gifts = [paid(control, sad, 100_00) for _ in range(3)]
    question = stopped(sad)
    answer(gifts[2], "fund")
    (at_yookassa,) = held("57.yookassa")
    ledger.post_event(
        event="payout", subject="fund", amounts={"net": Kopecks(at_yookassa - 150_00)}, key="out",
        business_date=NOW.date(),
    )  # fmt: skip
    sharing.share_out(question_id=question.pk, now=LATER)
    assert carrying.carry_out(question_id=question.pk, limit=9, now=LATER) == 2
    assert carrying.carry_out(question_id=question.pk, limit=9, now=LATER) == 0
    row = public.question_row(question=PurposeQuestion.objects.get())
    assert row.carried is not None
    assert (row.carried.is_short, row.carried.waiting, row.question.state) == (True, 1, "carrying")
    assert list(Alarm.objects.values_list("kind", "subject", "closed_at")) == [("short", "campaign:sad", None)]
    assert "пополнит" in Client().get("/projects/sad/").content.decode()
    top_up()
    carry_all(question)

    assert (held("86.sad", "86.fund"), Alarm.objects.filter(closed_at=None).count()) == ([0, 100_00], 0)


def test_a_refused_refund_is_a_debt(control: EmulatorControl) -> None:
    sad = make.campaign()
    paid(control, sad, 100_00)
    question = stopped(sad)
    top_up()
    control.set(refund_mode="canceled")
    carry_all(question)
    control.set(refund_mode="")
    carried = public.question_row(question=PurposeQuestion.objects.get()).carried

    assert carried is not None
    assert (carried.owed, carried.owed_kopecks, held("86.sad", "76.debts")) == (1, 100_00, [0, 100_00])


def test_nothing_is_shared_out_before_the_deadline_nor_while_a_payment_is_not_final(control: EmulatorControl) -> None:
    sad = make.campaign()
    paid(control, sad)
    waiting = begun(control, sad, 100_00)
    question = stopped(sad, at=EVENING)
    assert sharing.share_out(question_id=question.pk, now=EVENING + timedelta(days=14, seconds=-1)) is False
    assert sharing.share_out(question_id=question.pk, now=EVENING + timedelta(days=14)) is False
    assert carrying.carry_out(question_id=question.pk, limit=9, now=EVENING + timedelta(days=14)) == 0
    settle(waiting)
    assert sharing.share_out(question_id=question.pk, now=EVENING + timedelta(days=14)) is True
    assert sharing.share_out(question_id=question.pk, now=EVENING + timedelta(days=14)) is True

    assert PurposeQuestion.objects.get().pool_kopecks == 600_00


def cutting(work: Callable[..., object], chance: random.Random) -> Callable[..., object]:
    """Return the work with a power cut before or after it, now and then."""

    def cut(**words: object) -> object:
        if chance.random() < CUTS:
            raise ConnectionAbortedError
        found = work(**words)
        if chance.random() < CUTS:
            raise ConnectionAbortedError
        return found

    return cut


def carry_out_with_cuts(question: PurposeQuestion, chance: random.Random, patched: pytest.MonkeyPatch) -> None:
    for place, name in (
        (payments, "request_refund"),
        (ledger, "post_event"),
        (carrying, "queue_letter"),
    ):
        patched.setattr(place, name, cutting(getattr(place, name), chance))
    for _ in range(12):
        with suppress(ConnectionAbortedError):
            carrying.carry_out(question_id=question.pk, limit=3, now=LATER)


@pytest.mark.parametrize("seed", range(3))
def test_cut_at_random_points_and_doubled_it_is_exact(
    control: EmulatorControl, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    sad = make.campaign()
    make.campaign("les")
    gifts = [paid(control, sad, chance.randint(10_00, 900_00)) for _ in range(9)]
    total = sum(gift.amount_kopecks for gift in gifts)
    spend("sad", total // 3)
    question = stopped(sad)
    top_up()
    for gift, choice in zip(gifts, ("move", "return", "fund", "move", "return", "fund", "move", "fund"), strict=False):
        answer(gift, choice, "les")
    sharing.share_out(question_id=question.pk, now=LATER)
    with monkeypatch.context() as patched:
        carry_out_with_cuts(question, chance, patched)
    at_once(lambda _number: carrying.carry_out(question_id=question.pk, limit=4, now=LATER), 4)
    carry_all(question)

    shares = PurposeShare.objects.all()
    by = {choice: sum(one.carried_kopecks or 0 for one in shares if one.outcome == choice) for choice in Choice.values}
    assert sum(by.values()) == total - total // 3
    assert held("86.sad", "86.les", "86.fund") == [0, by["move"], by["fund"]]
    assert sum(Refund.objects.filter(state="succeeded").values_list("amount_kopecks", flat=True)) == by["return"]
    assert Refund.objects.count() == shares.filter(outcome="return").count()
    assert (PurposeQuestion.objects.get().state, audit().fault) == ("done", "")


def test_an_answer_of_the_last_second_counts_or_is_refused_and_never_half(control: EmulatorControl) -> None:
    sad = make.campaign()
    gifts = [paid(control, sad, 100_00) for _ in range(6)]
    question = stopped(sad)
    refused: list[int] = []

    def work(number: int) -> None:
        if number == 6:
            sharing.share_out(question_id=question.pk, now=LATER)
            return
        try:
            answer(Donation.objects.get(pk=gifts[number].pk), "fund", at=DEADLINE - timedelta(microseconds=1))
        except answering.QuestionClosedError:
            refused.append(gifts[number].pk)

    at_once(work, 7)
    sharing.share_out(question_id=question.pk, now=LATER)

    outcomes = dict(PurposeShare.objects.values_list("donation", "outcome"))
    assert outcomes == {gift.pk: "return" if gift.pk in refused else "fund" for gift in gifts}


# ── the database, past all code ─────────────────────────────────────────────────────────────────────────────────────


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


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


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
    assert "вернём" in client.get(f"/gifts/{other.token}/purpose/").content.decode()
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
