"""Donors' answers carried out in the books to the kopeck, whatever is cut, refused or short."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from campaigns import selectors
from campaigns.funding import deciding, returning
from campaigns.models import Choice, Donation, PurposeQuestion, PurposeShare
from campaigns.repurposing import answering, asking, carrying, sharing
from campaigns.repurposing import selectors as public
from fund.ledger import services as ledger
from fund.ledger.audit import audit
from fund.ledger.models import Operation
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.models import Alarm, Payment, Refund
from tests import make
from tests.campaigns.repurposing import (
    CUTS,
    DEADLINE,
    EVENING,
    LATER,
    NOW,
    answer,
    carry_all,
    spend,
    stopped,
)
from tests.campaigns.test_funding import (
    at_once,
    begun,
    held,
    open_refunds,
    paid,
    settle,
    top_up,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")


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
