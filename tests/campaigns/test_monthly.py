"""Monthly gifts: agreed to apart, told of before, charged once a month."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import mail

from campaigns import selectors as campaign_selectors
from campaigns.models import Charge, Donation, Subscription, SubscriptionStep
from campaigns.subscriptions import announcing, charging, ending
from campaigns.subscriptions.calendar import due_in, month_of, next_month, retry_at
from campaigns.subscriptions.tasks import sweep
from fund.ledger.audit import audit
from fund.ledger.selectors import balances_kopecks
from fund.payments import services as payments
from fund.payments.models import Payment, SavedMethod
from people.models import Consent, LegalText, Letter
from tests.campaigns.monthly import (
    MOSCOW,
    START,
    at,
    at_once,
    begun,
    committed,
    monthly_campaign,
    open_all,
    send_letters,
    settle,
    state_of,
    subscribed,
    tick,
    told,
)

if TYPE_CHECKING:
    from emulator.control import EmulatorControl


@pytest.mark.parametrize(
    ("month", "anchor", "due"),
    [
        (date(2027, 2, 1), 31, datetime(2027, 2, 28, 12, tzinfo=MOSCOW)),
        (date(2028, 2, 1), 31, datetime(2028, 2, 29, 12, tzinfo=MOSCOW)),
        (date(2028, 2, 1), 29, datetime(2028, 2, 29, 12, tzinfo=MOSCOW)),
        (date(2027, 4, 1), 31, datetime(2027, 4, 30, 12, tzinfo=MOSCOW)),
        (date(2027, 3, 1), 31, datetime(2027, 3, 31, 12, tzinfo=MOSCOW)),
        (date(2027, 12, 1), 5, datetime(2027, 12, 5, 12, tzinfo=MOSCOW)),
    ],
)
def test_a_day_that_a_month_lacks_is_its_last(month: date, anchor: int, due: datetime) -> None:
    assert due_in(month=month, anchor_day=anchor) == due
    assert due.utcoffset() == timedelta(hours=3), "Moscow knows no summer time"


def test_months_are_moscows() -> None:
    assert month_of(datetime.fromisoformat("2027-01-31T21:00:00+00:00")) == date(2027, 2, 1)
    assert month_of(datetime.fromisoformat("2027-01-31T20:59:59+00:00")) == date(2027, 1, 1)
    assert next_month(date(2027, 12, 1)) == date(2028, 1, 1)
    assert next_month(date(2027, 1, 1)) == date(2027, 2, 1)


def test_a_refused_charge_is_tried_again_within_its_month_alone() -> None:
    due = at(2, 5, 12)
    assert [retry_at(due_at=due, tries=tries, now=due) for tries in (1, 2, 3, 4)] == [
        at(2, 6, 12), at(2, 8, 12), at(2, 12, 12), None,
    ]  # fmt: skip
    assert retry_at(due_at=at(2, 28, 12), tries=1, now=at(2, 28, 12)) is None, "the month is over"
    assert retry_at(due_at=due, tries=1, now=at(2, 9)) == at(2, 9, 14), "late, but soon"


@committed
def test_the_first_payment_begins_it(control: EmulatorControl) -> None:
    gift = begun(monthly_campaign())
    subscription = Subscription.objects.get()
    assert (subscription.state, subscription.anchor_day, gift.payment.saves_method) == ("awaiting", 31, True)
    kinds = Consent.objects.filter(donor=gift.donor).values_list("text__kind", flat=True)
    assert LegalText.Kind.RECURRING in kinds
    control.pay(str(gift.payment.yookassa_id))
    settle(gift.payment_id)
    sweep(now=START)

    subscription.refresh_from_db()
    assert (subscription.state, subscription.next_at) == ("active", at(2, 28, 12))
    assert subscription.method == SavedMethod.objects.get()
    send_letters(START)
    assert "Вы поддерживаете проект «Сад» каждый месяц" in [letter.subject for letter in mail.outbox]
    steps = list(SubscriptionStep.objects.order_by("pk").values_list("from_state", "to_state"))
    assert steps == [("", "awaiting"), ("awaiting", "active")]


@committed
def test_a_first_payment_that_is_not_made_ends_it_without_a_letter(control: EmulatorControl) -> None:
    gift = begun(monthly_campaign())
    control.decline(str(gift.payment.yookassa_id))
    settle(gift.payment_id)
    sweep(now=START)

    assert state_of(Subscription.objects.get()) == ("ended", "not_paid")
    assert not Letter.objects.exists()
    assert not SavedMethod.objects.exists()


@committed
def test_a_way_to_pay_that_is_not_kept_leaves_one_gift(control: EmulatorControl) -> None:
    gift = begun(monthly_campaign())
    Payment.objects.filter(pk=gift.payment_id).update(saves_method=False)
    control.pay(str(gift.payment.yookassa_id))
    settle(gift.payment_id)
    sweep(now=START)

    assert state_of(Subscription.objects.get()) == ("ended", "not_kept")
    assert balances_kopecks(codes=["86.sad"])["86.sad"] == 500_00
    send_letters(START)
    assert "нельзя списывать каждый месяц" in mail.outbox[-1].body


@committed
def test_a_year_is_twelve_gifts_each_told_of_before(control: EmulatorControl) -> None:
    subscription = subscribed(control)
    now = START
    while now < at(1, 30, year=2028):
        now += timedelta(days=1)
        tick(now)

    charges = Charge.objects.filter(subscription=subscription).order_by("month")
    assert [charge.month.month for charge in charges] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1]
    assert {charge.state for charge in charges[:12]} == {"paid"}
    days = [gift.created_at.astimezone(MOSCOW).day for gift in Donation.objects.order_by("pk")]
    assert days == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert balances_kopecks(codes=["86.sad"])["86.sad"] == 12 * 500_00
    assert campaign_selectors.figures(campaigns=[subscription.campaign])["sad"].donors == 1
    ahead = [letter for letter in mail.outbox if letter.subject.startswith("Скоро")]
    assert len(ahead) == 12
    assert audit().fault == ""


@committed
def test_the_letter_says_how_much_when_by_what_and_stops_with_one_click(control: EmulatorControl) -> None:
    subscription = subscribed(control)
    told(subscription)
    letter = mail.outbox[-1]

    assert "28 февраля 2027" in letter.body
    assert "500\u00a0₽" in letter.body
    assert "Bank card *4444" in letter.body
    stop = f"/gifts/monthly/{subscription.token}/stop/"
    assert stop in letter.body
    assert letter.extra_headers["List-Unsubscribe"].endswith(f"{stop}>")
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@committed
def test_nothing_is_told_of_too_early(control: EmulatorControl) -> None:
    subscribed(control)

    assert not announcing.announce_next(now=at(2, 25, 11))
    assert announcing.announce_next(now=at(2, 25, 12))
    assert not announcing.announce_next(now=at(2, 25, 12)), "once a month"


@committed
def test_nothing_is_charged_before_its_day(control: EmulatorControl) -> None:
    told(subscribed(control))

    assert charging.charge_next(now=at(2, 28, 11)) is None
    assert charging.charge_next(now=at(2, 28, 12)) is not None


@committed
def test_a_charge_whose_letter_was_not_sent_is_put_off(control: EmulatorControl) -> None:
    subscription = subscribed(control, now=at(1, 5))
    assert announcing.announce_next(now=at(2, 2, 12))
    attempt = charging.charge_next(now=at(2, 5, 12))

    assert attempt is not None
    assert attempt.payment_id is None
    charge = Charge.objects.get(subscription=subscription, state="waiting")
    assert (charge.due_at, charge.next_try_at) == (at(2, 8, 12), at(2, 8, 12))
    assert charging.charge_next(now=at(2, 5, 13)) is None
    send_letters(at(2, 5, 13))
    assert "8 февраля 2027" in mail.outbox[-1].body
    assert [letter.subject for letter in mail.outbox if "Скоро" in letter.subject] == [mail.outbox[-1].subject]
    assert Donation.objects.count() == 1


@committed
def test_a_letter_that_nobody_takes_leaves_the_month_out(control: EmulatorControl) -> None:
    subscription = subscribed(control)
    charge = told(subscription)
    Letter.objects.filter(pk=charge.letter_id or 0).update(sent_at=None, given_up_at=at(2, 26), failure="SMTPRefused")
    tick(at(2, 28))

    charge.refresh_from_db()
    assert (charge.state, charge.failed_because) == ("failed", "not_told")
    assert state_of(subscription) == ("active", "")
    assert Donation.objects.count() == 1


@committed
def test_a_site_that_was_away_charges_no_month_that_has_passed(control: EmulatorControl) -> None:
    subscription = subscribed(control)
    for _ in range(4):
        tick(at(5, 20))
    assert list(Charge.objects.filter(subscription=subscription).values_list("month", flat=True)) == [date(2027, 1, 1)]
    tick(at(5, 28))

    assert Charge.objects.filter(subscription=subscription).count() == 2
    subscription.refresh_from_db()
    assert subscription.next_at == at(6, 30, 12)


@committed
def test_a_charge_told_in_time_and_swept_after_its_month_is_not_made(control: EmulatorControl) -> None:
    charge = told(subscribed(control))
    attempt = charging.charge_next(now=at(3, 1))

    charge.refresh_from_db()
    assert (attempt, charge.failed_because) == (charging.Attempt(None), "missed")


@committed
def test_two_sweeps_at_once_tell_once_and_charge_once(control: EmulatorControl) -> None:
    campaign = monthly_campaign()
    for number in range(3):
        subscribed(control, campaign, email=f"anna{number}@example.org")
    at_once(lambda: sweep(now=at(2, 25)))
    send_letters(at(2, 25))
    opened: list[int] = []
    at_once(lambda: opened.extend(sweep(now=at(2, 28))))
    at_once(lambda: open_all(opened, at(2, 28)))
    at_once(lambda: sweep(now=at(2, 28)))

    assert sorted(opened) == sorted(set(opened))
    assert len(opened) == 3
    assert Charge.objects.filter(month=date(2027, 2, 1), state="paid").count() == 3
    assert len(control.everything()["payments"]) == 6
    assert balances_kopecks(codes=["86.sad"])["86.sad"] == 3_000_00


@committed
def test_stopping_and_charging_at_once_end_one_way_or_the_other(control: EmulatorControl) -> None:
    subscription = subscribed(control)
    told(subscription)
    at_once(
        lambda: (sweep(now=at(2, 28)), ending.stop(token=subscription.token, now=at(2, 28)), sweep(now=at(2, 28))), 4
    )

    assert state_of(subscription) == ("ended", "donor")
    attempts = Donation.objects.filter(charge__month=date(2027, 2, 1)).count()
    assert attempts == Charge.objects.filter(month=date(2027, 2, 1), state="trying").count()
    assert attempts + Charge.objects.filter(month=date(2027, 2, 1), state="dropped").count() == 1


@committed
@pytest.mark.parametrize("fault", ["500_before", "500_after", "drop_after", "202"])
def test_an_unknown_outcome_is_found_out_before_anything_else(control: EmulatorControl, fault: str) -> None:
    subscription = subscribed(control)
    told(subscription)
    (payment_id,) = sweep(now=at(2, 28))
    control.fault(fault, method="POST", path="/v3/payments")
    payments.open_payment(payment_id=payment_id, now=at(2, 28))
    assert sweep(now=at(2, 28, 14)) == []
    assert Donation.objects.count() == 2
    payments.open_payment(payment_id=payment_id, now=at(2, 28, 14))
    sweep(now=at(2, 28, 14))

    assert Charge.objects.get(month=date(2027, 2, 1)).state == "paid"
    assert len(control.everything()["payments"]) == 2
    assert balances_kopecks(codes=["86.sad"])["86.sad"] == 1_000_00
