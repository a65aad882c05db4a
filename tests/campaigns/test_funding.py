"""All or nothing: owed to donors, the goal met once, the deadline decided once, the way back of a missed one."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client

from campaigns import selectors
from campaigns.funding import deciding, returning
from campaigns.models import Campaign, Donation
from campaigns.services import Gift, TooManyGiftsError, give
from fund.ledger import services as ledger
from fund.ledger.audit import audit
from fund.ledger.models import Operation
from fund.ledger.selectors import balances_kopecks
from fund.money import Kopecks
from fund.payments import gateway
from fund.payments import services as payments
from fund.payments.models import Alarm, Payment, Refund
from people.models import Letter
from people.outbox import send_letter
from tests import make
from tests.together import together

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pytest_django import DjangoAssertNumQueries

    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")
END = make.NOW + timedelta(hours=2)
AFTER = END + timedelta(minutes=1)


def owed_campaign(minimum: int = 1_000_00) -> Campaign:
    """Return a live campaign that keeps nothing unless its minimum comes in."""
    return make.campaign(
        closes_at=END, funding="all_or_nothing", minimum_kopecks=minimum, goal_kopecks=2_000_00
    )  # fmt: skip


def begun(control: EmulatorControl, campaign: Campaign, kopecks: int = 500_00, *, is_kept: bool = False) -> Donation:
    """Return a gift that is paid at ЮKassa and not yet read by us."""
    gift = Gift(Kopecks(kopecks), f"{uuid4().hex}@example.org", is_kept_if_late=is_kept)
    found = give(campaign=campaign, gift=gift, key=str(uuid4()), address="10.0.0.1", now=make.NOW)
    control.pay(str(found.payment.yookassa_id))
    return found


def settle(gift: Donation, now: datetime = make.NOW) -> None:
    payments.reread_payment(payment_id=gift.payment_id, now=now)


def paid(control: EmulatorControl, campaign: Campaign, kopecks: int = 500_00, *, is_kept: bool = False) -> Donation:
    found = begun(control, campaign, kopecks, is_kept=is_kept)
    settle(found)
    return found


def held(*codes: str) -> list[int]:
    found = balances_kopecks(codes=list(codes))
    return [found[code] for code in codes]


def at_once(work: Callable[[int], object], times: int) -> None:
    """Do something in as many threads, each with its own connection."""
    together(*(partial(work, number) for number in range(times)))


def open_refunds() -> None:
    for refund in Refund.objects.filter(state=Refund.State.CREATING):
        payments.open_refund(refund_id=refund.pk, now=AFTER)


def test_money_is_owed_to_donors_until_the_minimum_is_met(control: EmulatorControl) -> None:
    sad = owed_campaign()
    paid(control, sad, 400_00)
    assert deciding.meet_goal(campaign_id=sad.pk, now=make.NOW) is False
    assert held("76.sad", "86.sad") == [400_00, 0]
    paid(control, sad, 600_00)
    assert deciding.meet_goal(campaign_id=sad.pk, now=make.NOW) is True
    assert deciding.meet_goal(campaign_id=sad.pk, now=make.NOW) is True
    paid(control, sad, 50_00)

    assert held("76.sad", "86.sad") == [0, 1_050_00]
    kinds = list(Operation.objects.exclude(kind="commission").order_by("number").values_list("kind", flat=True))
    assert kinds == ["gift_until_goal", "gift_until_goal", "goal_met", "gift"]
    assert selectors.figures(campaigns=[sad])["sad"].raised_kopecks == 1_050_00


def test_what_goes_back_before_the_goal_comes_from_what_is_owed_and_does_not_count(control: EmulatorControl) -> None:
    sad = owed_campaign()
    gift = paid(control, sad, 600_00)
    paid(control, sad, 400_00)
    refund = payments.request_refund(
        payment_id=gift.payment_id,
        amount_kopecks=Kopecks(100_00),
        reason="donor_request",
        request_key="x",
        now=make.NOW,
    )
    assert deciding.meet_goal(campaign_id=sad.pk, now=make.NOW) is False
    payments.open_refund(refund_id=refund.pk, now=make.NOW)
    assert held("76.sad", "86.sad") == [900_00, 0]
    assert Operation.objects.filter(kind="refund_until_goal").count() == 1
    paid(control, sad, 100_00)
    assert deciding.meet_goal(campaign_id=sad.pk, now=make.NOW) is True
    later = payments.request_refund(
        payment_id=gift.payment_id, amount_kopecks=Kopecks(50_00), reason="donor_request", request_key="y", now=make.NOW
    )
    payments.open_refund(refund_id=later.pk, now=make.NOW)

    assert held("76.sad", "86.sad") == [0, 950_00]
    assert audit().fault == ""


def test_the_last_second_is_decided_once_and_right_by_eight_at_once(control: EmulatorControl) -> None:
    sad = owed_campaign(800_00)
    gifts = [begun(control, sad, 100_00) for _ in range(8)]
    assert deciding.decide_campaign(campaign_id=sad.pk, now=AFTER) is False, "payments begun in time are not final"

    def work(number: int) -> None:
        settle(gifts[number], AFTER)
        deciding.meet_goal(campaign_id=sad.pk, now=AFTER)
        deciding.decide_campaign(campaign_id=sad.pk, now=AFTER)

    at_once(work, 8)
    deciding.decide_campaign(campaign_id=sad.pk, now=AFTER)

    sad.refresh_from_db()
    assert (sad.status, held("76.sad", "86.sad")) == ("funded", [0, 800_00])
    assert Operation.objects.filter(kind="goal_met").count() == 1
    assert [step.to_status for step in sad.steps.order_by("pk")][-2:] == ["live", "funded"]


def test_one_kopeck_short_is_missed_and_a_flexible_one_is_funded_all_the_same(control: EmulatorControl) -> None:
    sad, les = owed_campaign(500_01), make.campaign("les", closes_at=END)
    paid(control, sad)
    paid(control, les)
    assert deciding.due_campaigns(now=END - timedelta(seconds=1)) == []
    assert set(deciding.due_campaigns(now=END)) == {sad.pk, les.pk}
    for campaign in (sad, les):
        assert deciding.decide_campaign(campaign_id=campaign.pk, now=END) is True
        assert deciding.decide_campaign(campaign_id=campaign.pk, now=AFTER) is True

    assert dict(Campaign.objects.values_list("slug", "status")) == {"sad": "not_funded", "les": "funded"}
    assert held("76.sad", "86.sad", "86.les") == [500_00, 0, 500_00]


def missed(control: EmulatorControl, gifts: int = 3) -> Campaign:
    sad = owed_campaign(2_000_00)
    for number in range(gifts):
        paid(control, sad, 100_00, is_kept=number == 1)
    deciding.decide_campaign(campaign_id=sad.pk, now=AFTER)
    sad.refresh_from_db()
    return sad


def top_up() -> None:
    """Let there be enough at ЮKassa for the commission that it does not give back."""
    ledger.post_event(
        event="top_up", subject="fund", amounts={"gross": Kopecks(1_000_00)}, key="top", business_date=make.NOW.date()
    )


def test_a_missed_campaign_gives_everything_back_or_to_the_fund_where_the_donor_chose_so(
    control: EmulatorControl,
) -> None:
    sad = missed(control)
    top_up()
    assert returning.missed_campaigns() == [sad.pk]
    assert returning.return_gifts(campaign_id=sad.pk, limit=2, now=AFTER) == 2
    page = Client().get("/projects/sad/").content.decode()
    assert "вернули: 0 из 3" in page
    assert returning.return_gifts(campaign_id=sad.pk, limit=20, now=AFTER) == 1
    assert returning.return_gifts(campaign_id=sad.pk, limit=20, now=AFTER) == 0
    open_refunds()

    assert held("76.sad", "86.sad", "86.fund", "76.debts") == [0, 0, 100_00, 0]
    assert returning.progress(campaign=sad) == returning.Progress(3, 2, 1, 0, 0, is_short=False)
    assert returning.missed_campaigns() == []
    assert set(Operation.objects.filter(kind__startswith="goal_missed").values_list("kind", flat=True)) == {
        "goal_missed_refund", "goal_missed_kept",
    }  # fmt: skip
    assert (selectors.figures(campaigns=[sad])["sad"].raised_kopecks, audit().fault) == (0, "")


def test_a_kept_gift_s_donor_is_told_once(control: EmulatorControl) -> None:
    sad = missed(control)
    top_up()
    for _ in range(2):
        returning.return_gifts(campaign_id=sad.pk, limit=20, now=AFTER)
    letter = Letter.objects.get(kind="gift_kept")
    send_letter(letter_id=letter.pk, now=AFTER)

    assert "не набрал минимум" in mail.outbox[-1].body
    assert letter.donor_id == Donation.objects.get(is_kept_if_late=True).donor_id


def test_where_yookassa_itself_has_no_money_the_rest_waits_and_then_goes(control: EmulatorControl) -> None:
    sad = missed(control)
    top_up()
    returning.return_gifts(campaign_id=sad.pk, limit=1, now=AFTER)
    control.set(refund_mode="insufficient_funds")
    open_refunds()
    control.set(refund_mode="")
    assert returning.return_gifts(campaign_id=sad.pk, limit=20, now=AFTER) == 1, "the one for the fund"
    assert returning.progress(campaign=sad).is_short
    assert "пополнит" in Client().get("/projects/sad/").content.decode()
    open_refunds()
    assert returning.return_gifts(campaign_id=sad.pk, limit=20, now=AFTER) == 1
    open_refunds()

    assert returning.progress(campaign=sad) == returning.Progress(3, 2, 1, 0, 0, is_short=False)
    assert (held("76.sad", "76.debts"), audit().fault) == ([0, 0], "")


def test_many_unpaid_gifts_hold_up_nobody(control: EmulatorControl, settings: Any) -> None:
    sad = owed_campaign(500_00)
    waiting = [make.donation(sad, address=f"10.{number}.0.1") for number in range(30)]
    settings.GIFTS_PER_ADDRESS = 1
    with pytest.raises(TooManyGiftsError):
        make.donation(sad, address="10.0.0.1")
    assert make.donation(sad, address="10.200.0.1").payment.state == "pending", "a stranger's haste is the stranger's"
    settings.GIFTS_PER_ADDRESS = 20
    paid(control, sad, 600_00)
    assert deciding.meet_goal(campaign_id=sad.pk, now=make.NOW)
    assert deciding.decide_campaign(campaign_id=sad.pk, now=AFTER) is False, "they may have been paid in time"
    control.run("advance", seconds=3601)
    for payment in Payment.objects.filter(state="pending"):
        payments.reread_payment(payment_id=payment.pk, now=AFTER)

    assert set(
        Payment.objects.filter(pk__in=[gift.payment_id for gift in waiting]).values_list("state", flat=True)
    ) == {"canceled"}
    assert deciding.decide_campaign(campaign_id=sad.pk, now=AFTER) is True
    sad.refresh_from_db()
    assert (sad.status, held("86.sad")) == ("funded", [600_00])


def test_a_disputed_gift_counts_no_longer_and_goes_back_no_second_time(control: EmulatorControl) -> None:
    sad = owed_campaign(1_000_00)
    gift = paid(control, sad, 600_00)
    paid(control, sad, 300_00)
    found = gateway.find_refund(yookassa_id=control.dispute(str(gift.payment.yookassa_id), 599_50)["id"])
    assert payments.book_chargeback(remote=found, now=make.NOW)
    paid(control, sad, 400_00)
    assert held("76.sad") == [700_50]
    assert deciding.meet_goal(campaign_id=sad.pk, now=make.NOW) is False
    deciding.decide_campaign(campaign_id=sad.pk, now=AFTER)
    top_up()
    sad.refresh_from_db()
    returning.return_gifts(campaign_id=sad.pk, limit=20, now=AFTER)
    open_refunds()

    assert sorted(Refund.objects.values_list("amount_kopecks", "state")) == [
        (50, "refused"), (300_00, "succeeded"), (400_00, "succeeded"),
    ]  # fmt: skip
    assert (held("76.sad", "76.debts"), audit().fault) == ([0, 50], "")
    assert Operation.objects.filter(kind="chargeback_until_goal").count() == 1


def test_a_refused_refund_is_a_debt_and_never_done(control: EmulatorControl) -> None:
    sad = missed(control, gifts=1)
    top_up()
    control.set(refund_mode="canceled")
    returning.return_gifts(campaign_id=sad.pk, limit=20, now=AFTER)
    open_refunds()
    control.set(refund_mode="")

    assert held("76.sad", "76.debts") == [0, 100_00]
    assert returning.progress(campaign=sad).owed == 1
    assert returning.return_gifts(campaign_id=sad.pk, limit=20, now=AFTER) == 0


def test_money_that_lacks_once_all_was_asked_for_is_told_too(control: EmulatorControl) -> None:
    sad = missed(control)
    top_up()
    control.set(refund_mode="insufficient_funds")
    returning.return_gifts(campaign_id=sad.pk, limit=20, now=AFTER)
    open_refunds()
    control.set(refund_mode="")

    assert returning.progress(campaign=sad) == returning.Progress(3, 0, 1, 0, 2, is_short=True)
    assert "пополнит" in Client().get("/projects/sad/").content.decode()


def test_where_the_money_at_yookassa_does_not_do_the_rest_waits_and_says_so(control: EmulatorControl) -> None:
    sad = missed(control)
    (at_yookassa,) = held("57.yookassa")
    ledger.post_event(
        event="payout",
        subject="fund",
        amounts={"net": Kopecks(at_yookassa - 150_00)},
        key="out",
        business_date=make.NOW.date(),
    )
    assert returning.return_gifts(campaign_id=sad.pk, limit=20, now=AFTER) == 2, "one goes back, one is the fund's"
    assert returning.return_gifts(campaign_id=sad.pk, limit=20, now=AFTER) == 0
    assert "пополнит" in Client().get("/projects/sad/").content.decode()
    assert returning.progress(campaign=sad).is_short
    assert list(Alarm.objects.values_list("kind", "subject", "closed_at")) == [("short", "campaign:sad", None)]
    top_up()
    assert returning.return_gifts(campaign_id=sad.pk, limit=20, now=AFTER) == 1
    assert Alarm.objects.filter(closed_at=None).count() == 0
    open_refunds()

    assert held("76.sad", "86.fund") == [0, 100_00]


def test_two_at_once_do_not_count_on_the_same_money(control: EmulatorControl) -> None:
    campaigns = [owed_campaign(), make.campaign("les", closes_at=END, funding="all_or_nothing", minimum_kopecks=100_00)]
    for campaign in campaigns:
        paid(control, campaign, 90_00)
        deciding.decide_campaign(campaign_id=campaign.pk, now=AFTER)
    (at_yookassa,) = held("57.yookassa")
    ledger.post_event(
        event="payout", subject="fund", amounts={"net": Kopecks(at_yookassa - 100_00)}, key="out",
        business_date=make.NOW.date(),
    )  # fmt: skip
    at_once(lambda number: returning.return_gifts(campaign_id=campaigns[number % 2].pk, limit=5, now=AFTER), 6)

    assert Refund.objects.count() == 1


def test_a_refund_leaves_nothing_that_could_never_go_back(control: EmulatorControl) -> None:
    gift = paid(control, owed_campaign(), 500_00)
    with pytest.raises(payments.RefundTooSmallError):
        payments.request_refund(
            payment_id=gift.payment_id, amount_kopecks=Kopecks(499_01), reason="mistake", request_key="x", now=make.NOW
        )

    assert Refund.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_missed_campaign_costs_the_same_however_many_gifts(
    control: EmulatorControl, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    sad = missed(control, gifts=count)
    with django_assert_num_queries(7):
        returning.progress(campaign=sad)


def test_many_gifts_go_back_exactly_however_often_and_by_however_many_it_is_done(control: EmulatorControl) -> None:
    sad = missed(control, gifts=12)
    top_up()
    at_once(lambda _number: returning.return_gifts(campaign_id=sad.pk, limit=5, now=AFTER), 6)
    while returning.return_gifts(campaign_id=sad.pk, limit=5, now=AFTER):
        pass
    open_refunds()

    assert sorted(Refund.objects.values_list("state", "amount_kopecks")) == [("succeeded", 100_00)] * 11
    assert held("76.sad", "86.fund") == [0, 100_00]
    assert set(Payment.objects.values_list("state", flat=True)) == {"succeeded"}


def test_the_form_says_what_becomes_of_the_gift() -> None:
    owed_campaign()
    page = Client().get("/projects/sad/give/").content.decode()

    assert "Если минимум не наберётся" in page
    assert "Минимум 1\xa0000\xa0₽" in Client().get("/projects/sad/").content.decode()
