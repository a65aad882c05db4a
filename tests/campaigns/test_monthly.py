"""Monthly gifts: agreed to apart, told of before, charged once a month, stopped with one click, ended politely."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections, transaction

from campaigns import selectors as campaign_selectors
from campaigns.models import Campaign, Charge, Donation, Subscription, SubscriptionStep
from campaigns.services import CampaignClosedError, Gift, NotMonthlyError, erasing, give
from campaigns.subscriptions import announcing, changing, charging, ending, following, selectors
from campaigns.subscriptions.calendar import due_in, month_of, next_month, retry_at
from campaigns.subscriptions.tasks import sweep
from config import env
from fund.ledger.audit import audit
from fund.ledger.selectors import balances_kopecks
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.models import Payment, SavedMethod
from people.models import Consent, Donor, ErasureRequest, LegalText, Letter
from people.outbox import send_letter
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django.fixtures import Settings

    from emulator.control import EmulatorControl

MOSCOW = ZoneInfo("Europe/Moscow")
START = datetime(2027, 1, 31, 15, tzinfo=MOSCOW)
EMAIL = "anna@example.org"
committed = pytest.mark.usefixtures("committed")


def at(month: int, day: int, hour: int = 13, year: int = 2027) -> datetime:
    return datetime(year, month, day, hour, tzinfo=MOSCOW)


TELLING = at(2, 25)


def monthly_campaign(**terms: Any) -> Campaign:
    return make.campaign(at=at(1, 5), **{"funding": "monthly"} | terms)


def begun(campaign: Campaign, kopecks: int = 500_00, *, now: datetime = START, **words: Any) -> Donation:
    """Return the first gift of a subscription, not paid yet."""
    gift = Gift(Kopecks(kopecks), words.pop("email", EMAIL), is_monthly=True, **words)
    return give(campaign=campaign, gift=gift, key=str(uuid4()), address="10.0.0.1", now=now)


def settle(payment_id: int, now: datetime = START) -> None:
    payments.reread_payment(payment_id=payment_id, now=now)


def subscribed(control: EmulatorControl, campaign: Campaign | None = None, **options: Any) -> Subscription:
    """Return a subscription whose first gift is paid."""
    gift = begun(campaign or monthly_campaign(), **options)
    control.pay(str(gift.payment.yookassa_id))
    settle(gift.payment_id, gift.created_at)
    following.follow_charge(charge_id=gift.charge_id or 0, now=gift.created_at)
    return Subscription.objects.get(charges=gift.charge_id)


def send_letters(now: datetime) -> None:
    for letter_id in Letter.objects.waiting().filter(due_at__lte=now).values_list("pk", flat=True):
        send_letter(letter_id=letter_id, now=now)


def tick(now: datetime) -> None:
    """Do what beat does: sweep, send what is queued, open what is written down, follow."""
    for payment_id in sweep(now=now):
        payments.open_payment(payment_id=payment_id, now=now)
    sweep(now=now)
    send_letters(now)


def told(subscription: Subscription, now: datetime = TELLING) -> Charge:
    """Return the next charge, of which its donor has had the letter."""
    assert announcing.announce_next(now=now)
    send_letters(now)
    return Charge.objects.get(subscription=subscription, state=Charge.State.WAITING)


def open_all(payment_ids: list[int], now: datetime) -> None:
    for payment_id in payment_ids:
        payments.open_payment(payment_id=payment_id, now=now)


def state_of(subscription: Subscription) -> tuple[str, str]:
    subscription.refresh_from_db()
    return subscription.state, subscription.ended_because


def at_once(work: Callable[[], object], times: int = 4) -> None:
    def one(_number: int) -> None:
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        list(pool.map(one, range(times)))


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


@committed
def test_a_crash_before_yookassa_was_asked_leaves_a_payment_that_is_opened_later(control: EmulatorControl) -> None:
    subscription = subscribed(control)
    told(subscription)
    assert len(sweep(now=at(2, 28))) == 1, "and here the worker dies"
    (payment_id,) = payments.claim_due_payments(now=at(2, 28, 14))
    payments.open_payment(payment_id=payment_id, now=at(2, 28, 14))
    sweep(now=at(2, 28, 14))

    assert Charge.objects.get(month=date(2027, 2, 1)).state == "paid"


@committed
def test_an_outcome_that_nobody_ever_told_charges_nothing_more_that_month(control: EmulatorControl) -> None:
    subscription = subscribed(control, now=at(1, 5))
    told(subscription, at(2, 2))
    (payment_id,) = sweep(now=at(2, 5))
    control.fault("500_before", method="POST", path="/v3/payments")
    payments.open_payment(payment_id=payment_id, now=at(2, 5))
    payments.open_payment(payment_id=payment_id, now=at(2, 6, 23))
    tick(at(2, 7))

    charge = Charge.objects.get(month=date(2027, 2, 1))
    assert (charge.state, charge.failed_because) == ("failed", "key_expired")
    assert state_of(subscription) == ("active", "")
    assert "В этом месяце мы больше не пробуем" in mail.outbox[-1].body


@committed
def test_a_charge_that_the_database_refuses_holds_up_no_other(control: EmulatorControl) -> None:
    campaign = monthly_campaign()
    first, second = (subscribed(control, campaign, email=f"anna{number}@example.org") for number in (1, 2))
    tick(at(2, 25))
    wrong = Charge.objects.get(subscription=first, state="waiting")
    earlier = {"state": "canceled", "cancel_reason": "key_expired", "charged_method": first.method}
    Charge.objects.filter(pk=wrong.pk).update(state="trying", next_try_at=None)
    attempt(wrong, **earlier)
    Charge.objects.filter(pk=wrong.pk).update(state="waiting", next_try_at=at(2, 28, 12))
    tick(at(2, 28))

    wrong.refresh_from_db()
    assert (wrong.state, wrong.failed_because) == ("failed", "impossible")
    assert Charge.objects.get(subscription=second, month=date(2027, 2, 1)).state == "paid"


@committed
def test_a_month_that_is_there_already_is_not_told_of_again(control: EmulatorControl) -> None:
    subscription = subscribed(control)
    told(subscription)
    Subscription.objects.filter(pk=subscription.pk).update(next_at=at(2, 28, 12))
    assert announcing.announce_next(now=at(2, 25))

    subscription.refresh_from_db()
    assert (subscription.next_at, Charge.objects.count()) == (at(3, 31, 12), 2)


@committed
def test_a_first_payment_that_comes_after_the_campaign_closed_begins_nothing(control: EmulatorControl) -> None:
    gift = begun(monthly_campaign())
    make.end(gift.campaign, at=START)
    control.pay(str(gift.payment.yookassa_id))
    settle(gift.payment_id)
    following.follow_charge(charge_id=gift.charge_id or 0, now=START)

    assert state_of(Subscription.objects.get()) == ("ended", "campaign")


@committed
def test_refused_charges_are_tried_again_and_then_it_ends(control: EmulatorControl) -> None:
    subscription = subscribed(control, now=at(1, 5))
    control.charges("insufficient_funds")
    tries = []
    for day in range(2, 20):
        before = Donation.objects.count()
        tick(at(2, day))
        if Donation.objects.count() > before:
            tries.append(day)

    assert tries == [5, 6, 8, 12]
    assert state_of(subscription) == ("ended", "refused")
    subjects = [letter.subject for letter in mail.outbox]
    assert sum("не прошло" in subject for subject in subjects) == 3
    assert subjects[-1] == "Ежемесячные пожертвования прекращены: «Сад»"
    refused = next(letter for letter in mail.outbox if "не прошло" in letter.subject)
    assert "6 февраля 2027" in refused.body
    assert "Недостаточно" in refused.body or "не хватает" in refused.body.lower()
    assert balances_kopecks(codes=["86.sad"])["86.sad"] == 500_00
    assert not SavedMethod.objects.filter(dropped_at=None).exists()


@committed
def test_a_refusal_that_heals_is_forgotten(control: EmulatorControl) -> None:
    subscription = subscribed(control, now=at(1, 5))
    control.charges("insufficient_funds")
    tick(at(2, 2))
    tick(at(2, 5))
    control.charges("")
    tick(at(2, 6))

    subscription.refresh_from_db()
    assert (subscription.state, subscription.refusals) == ("active", 0)
    assert Charge.objects.get(month=date(2027, 2, 1)).state == "paid"
    assert balances_kopecks(codes=["86.sad"])["86.sad"] == 1_000_00


@committed
@pytest.mark.parametrize("reason", ["permission_revoked", "card_expired"])
def test_a_lasting_refusal_ends_it_at_once(control: EmulatorControl, reason: str) -> None:
    subscription = subscribed(control)
    told(subscription)
    control.charges(reason)
    tick(at(2, 28))

    assert state_of(subscription) == ("ended", "card")
    assert "начните заново с действующей картой" in mail.outbox[-1].body
    charge = Charge.objects.get(month=date(2027, 2, 1))
    assert (charge.state, charge.failed_because) == ("failed", reason)


@committed
def test_at_the_months_end_a_refused_charge_waits_for_the_next_month(control: EmulatorControl) -> None:
    subscription = subscribed(control)
    control.charges("insufficient_funds")
    for day in (25, 28):
        tick(at(2, day))
    for day in (1, 3, 7):
        tick(at(3, day))
    assert Charge.objects.get(month=date(2027, 2, 1)).state == "failed"
    assert Donation.objects.count() == 2
    control.charges("")
    for day in (28, 31):
        tick(at(3, day))

    assert Charge.objects.get(month=date(2027, 3, 1)).state == "paid"
    assert state_of(subscription) == ("active", "")


@committed
def test_stopped_between_letter_and_charge_nothing_is_charged(control: EmulatorControl) -> None:
    subscription = subscribed(control)
    charge = told(subscription)
    ending.stop(token=subscription.token, now=at(2, 27))
    ending.stop(token=subscription.token, now=at(2, 28))
    tick(at(2, 28))

    charge.refresh_from_db()
    subscription.refresh_from_db()
    assert (charge.state, subscription.ended_at) == ("dropped", at(2, 27))
    assert Donation.objects.count() == 1
    assert sum("прекращены" in letter.subject for letter in mail.outbox) == 1
    assert SavedMethod.objects.get().sealed_id == "", "the card is forgotten"


@committed
def test_stopped_before_its_letter_left_the_letter_is_not_sent(control: EmulatorControl) -> None:
    subscription = subscribed(control)
    send_letters(START)
    assert announcing.announce_next(now=at(2, 25))
    ending.stop(token=subscription.token, now=at(2, 25))
    send_letters(at(2, 25))

    assert [letter.subject for letter in mail.outbox if "Скоро" in letter.subject] == []


@committed
def test_stopped_while_it_is_being_paid_the_gift_is_a_gift_and_the_card_goes(control: EmulatorControl) -> None:
    subscription = subscribed(control)
    told(subscription)
    (payment_id,) = sweep(now=at(2, 28))
    ending.stop(token=subscription.token, now=at(2, 28))
    sweep(now=at(2, 28))
    assert SavedMethod.objects.get().sealed_id, "the charge that is under way needs it"
    payments.open_payment(payment_id=payment_id, now=at(2, 28))
    sweep(now=at(2, 28))

    assert Charge.objects.get(month=date(2027, 2, 1)).state == "paid"
    assert SavedMethod.objects.get().sealed_id == ""
    assert balances_kopecks(codes=["86.sad"])["86.sad"] == 1_000_00


@committed
def test_stopped_before_its_first_payment_came_it_never_begins(control: EmulatorControl) -> None:
    gift = begun(monthly_campaign())
    ending.stop(token=Subscription.objects.get().token, now=START)
    control.pay(str(gift.payment.yookassa_id))
    settle(gift.payment_id)
    sweep(now=START)

    assert state_of(Subscription.objects.get()) == ("ended", "donor")
    assert SavedMethod.objects.get().sealed_id == ""
    assert balances_kopecks(codes=["86.sad"])["86.sad"] == 500_00


@committed
def test_a_campaign_that_closes_ends_them_with_a_letter(control: EmulatorControl) -> None:
    subscription = subscribed(control)
    told(subscription)
    make.end(subscription.campaign, at=at(2, 26))
    tick(at(2, 26))

    assert state_of(subscription) == ("ended", "campaign")
    assert "больше не принимает пожертвования" in mail.outbox[-1].body
    assert Charge.objects.get(month=date(2027, 2, 1)).state == "dropped"


@committed
@pytest.mark.parametrize("step", ["announce", "charge"])
def test_whoever_sees_first_that_the_campaign_closed_ends_it(control: EmulatorControl, step: str) -> None:
    subscription = subscribed(control)
    if step == "charge":
        told(subscription)
    make.end(subscription.campaign, at=at(2, 25))
    if step == "charge":
        assert charging.charge_next(now=at(2, 28)) == charging.Attempt(None)
    else:
        assert announcing.announce_next(now=at(2, 25))

    assert state_of(subscription) == ("ended", "campaign")


@committed
def test_less_counts_at_once_and_more_needs_a_new_consent(control: EmulatorControl) -> None:
    subscription = subscribed(control)
    charge = told(subscription)

    def change(kopecks: int, *, is_agreed: bool) -> None:
        changing.change_amount(
            token=subscription.token, amount_kopecks=Kopecks(kopecks), is_agreed=is_agreed, address="10.0.0.9",
            now=at(2, 26),
        )  # fmt: skip

    with pytest.raises(changing.ConsentNeededError):
        change(900_00, is_agreed=False)
    change(300_00, is_agreed=False)
    charge.refresh_from_db()
    assert charge.amount_kopecks == 300_00
    change(900_00, is_agreed=True)
    charge.refresh_from_db()
    subscription.refresh_from_db()
    assert (charge.amount_kopecks, subscription.amount_kopecks) == (300_00, 900_00), "told is told"
    agreed = Consent.objects.get(donor=subscription.donor, text__kind=LegalText.Kind.RECURRING)
    assert (agreed.given_at, agreed.address) == (at(2, 26), "10.0.0.9")
    tick(at(2, 28))
    tick(at(3, 28))
    tick(at(3, 31))
    assert list(Donation.objects.order_by("pk").values_list("amount_kopecks", flat=True)) == [500_00, 300_00, 900_00]
    assert list(SubscriptionStep.objects.order_by("pk").values_list("amount_kopecks", flat=True)) == [
        500_00, 500_00, 300_00, 900_00,
    ]  # fmt: skip
    ending.stop(token=subscription.token, now=at(4, 1))
    with pytest.raises(changing.EndedError):
        change(100_00, is_agreed=True)


@committed
def test_another_card_pays_the_month_and_takes_the_place_of_the_first(control: EmulatorControl) -> None:
    subscription = subscribed(control, now=at(1, 5))
    old = subscription.method
    told(subscription, at(2, 2))
    control.charges("insufficient_funds")
    tick(at(2, 5))
    gift = charging.pay_by_another_card(token=subscription.token, site_url="http://testserver", now=at(2, 5, 14))
    assert gift.payment.confirmation_url
    assert sweep(now=at(2, 6)) == [], "nothing is charged beside it"
    with pytest.raises(charging.NothingToPayError):
        charging.pay_by_another_card(token=subscription.token, site_url="http://testserver", now=at(2, 5, 14))
    control.pay(str(gift.payment.yookassa_id))
    settle(gift.payment_id, at(2, 6))
    sweep(now=at(2, 6))

    subscription.refresh_from_db()
    assert subscription.method == SavedMethod.objects.get(payment=gift.payment)
    assert subscription.method != old
    assert SavedMethod.objects.get(pk=old.pk if old else 0).sealed_id == ""
    assert Charge.objects.get(month=date(2027, 2, 1)).state == "paid"
    assert subscription.refusals == 0


@committed
def test_another_card_that_is_not_paid_with_changes_nothing(control: EmulatorControl) -> None:
    subscription = subscribed(control)
    charge = told(subscription)
    gift = charging.pay_by_another_card(token=subscription.token, site_url="http://testserver", now=at(2, 26))
    control.decline(str(gift.payment.yookassa_id))
    settle(gift.payment_id, at(2, 26))
    sweep(now=at(2, 26))
    charge.refresh_from_db()
    assert (charge.state, charge.next_try_at, charge.tries) == ("waiting", at(2, 28, 12), 0)
    tick(at(2, 28))

    charge.refresh_from_db()
    subscription.refresh_from_db()
    assert (charge.state, subscription.refusals) == ("paid", 0)


@committed
def test_erased_nothing_is_charged_and_nothing_is_left(control: EmulatorControl) -> None:
    subscription = subscribed(control, public_name="Анна")
    told(subscription)
    token = subscription.token
    asked = erasing.request_erasure(email=EMAIL, origin=ErasureRequest.Origin.DONOR, now=at(2, 26))
    assert state_of(subscription) == ("ended", "erased")
    tick(at(2, 28))
    Donation.objects.update(receipt_due_at=None)  # receipts have their own tests
    assert not erasing.carry_out_erasure(request_id=asked.pk, now=at(2, 28))
    send_letters(at(2, 28))
    assert erasing.carry_out_erasure(request_id=asked.pk, now=at(2, 28))

    subscription.refresh_from_db()
    assert subscription.token != token
    assert SavedMethod.objects.get().sealed_id == ""
    assert not Donor.objects.filter(erased_at=None).exists()
    assert Donation.objects.count() == 1


@committed
def test_what_was_taken_back_is_not_repeated(control: EmulatorControl) -> None:
    from people.erasure import withdraw_consents

    subscription = subscribed(control, public_name="Анна")
    withdraw_consents(donor_ids=[subscription.donor_id], kinds=[LegalText.Kind.PUBLIC_NAME], now=at(2, 1))
    told(subscription)
    tick(at(2, 28))

    donor = Donation.objects.order_by("-pk")[0].donor
    assert donor is not None
    assert (donor.email, donor.public_name) == (EMAIL, "")
    kinds = set(Consent.objects.filter(donor=donor).values_list("text__kind", flat=True))
    assert kinds == {"offer", "refund_rules", "privacy_policy", "personal_data", "recurring"}
    assert set(Consent.objects.filter(donor=donor).values_list("given_at", flat=True)) == {START}


@committed
def test_the_public_reads_of_a_promise_and_never_counts_it(control: EmulatorControl) -> None:
    campaign = monthly_campaign()
    subscribed(control, campaign)
    subscribed(control, campaign, email=EMAIL.upper(), kopecks=300_00)
    begun(campaign, email="late@example.org")

    found = selectors.support(campaign=campaign)
    assert (found.people, found.kopecks) == (1, 800_00)
    assert campaign_selectors.figures(campaigns=[campaign])["sad"].raised_kopecks == 800_00
    ending.stop(token=Subscription.objects.order_by("pk")[0].token, now=START)
    assert selectors.support(campaign=campaign).kopecks == 300_00


def refused(match: str) -> Any:
    return pytest.raises(DatabaseError, match=match)


@committed
def test_the_database_keeps_a_subscriptions_life(control: EmulatorControl) -> None:
    subscription = subscribed(control)
    rows = Subscription.objects.filter(pk=subscription.pk)
    wrong: dict[str, dict[str, Any]] = {
        "does not go from": {"state": "awaiting", "method": None, "next_at": None},
        "what a subscription is for stays": {"anchor_day": 1},
        "subscription_ended_says_why": {"state": "ended", "method": None, "next_at": None},
        "subscription_active_can_charge": {"method": None},
        "subscription_amount_positive": {"amount_kopecks": 0},
    }
    for match, change in wrong.items():
        with refused(match), transaction.atomic():
            rows.update(**change)
    with refused("permission denied|stays"), transaction.atomic():
        rows._raw_delete(rows.db)
    with refused("begins with its first payment"), transaction.atomic():
        Subscription.objects.create(
            campaign=subscription.campaign, donor=subscription.donor, amount_kopecks=1, anchor_day=1, token="x",
            created_at=START, moved_at=START, state="ended", ended_at=START, ended_because="donor",
        )  # fmt: skip
    ending.stop(token=subscription.token, now=START)
    with refused("does not go from"), transaction.atomic():
        rows.update(state="awaiting", ended_at=None, ended_because="")
    with refused("what has ended stays"), transaction.atomic():
        rows.update(amount_kopecks=1_000_00)


def attempt(charge: Charge, **changes: Any) -> Donation:
    """Write an attempt down past the services."""
    subscription = charge.subscription
    plain = {
        "amount_kopecks": charge.amount_kopecks, "charged_method": subscription.method, "saves_method": False,
        "state": "creating", "cancel_reason": "",
    }  # fmt: skip
    payment = make.payment(**plain | {name: changes.pop(name) for name in list(changes) if name in plain})
    values = {"campaign": subscription.campaign, "amount_kopecks": payment.amount_kopecks, "created_at": at(2, 28)}
    return Donation.objects.create(
        payment=payment, charge=charge, token=uuid4().hex, request_key=uuid4().hex, **values | changes
    )


@committed
def test_the_database_charges_a_month_once_as_told(control: EmulatorControl) -> None:
    subscription = subscribed(control)
    charge = told(subscription)
    with refused("nothing is charged that has ended"), transaction.atomic():
        attempt(charge)
    Charge.objects.filter(pk=charge.pk).update(state="trying", next_try_at=None)
    with refused("sum and in the month"), transaction.atomic():
        attempt(charge, amount_kopecks=900_00)
    with refused("sum and in the month"), transaction.atomic():
        attempt(charge, created_at=at(3, 1, 0))
    with refused("nobody was told of"), transaction.atomic():
        attempt(charge, charged_method=None)
    attempt(charge)
    with refused("a month is charged once"), transaction.atomic():
        attempt(charge)
    Payment.objects.filter(charged_method=subscription.method).update(state="canceled", cancel_reason="key_expired")
    with refused("a month is charged once"), transaction.atomic():
        attempt(charge)
    Payment.objects.filter(charged_method=subscription.method).update(cancel_reason="insufficient_funds")
    Letter.objects.filter(pk=charge.letter_id or 0).update(sent_at=None)
    with refused("nobody was told of"), transaction.atomic():
        attempt(charge)
    Letter.objects.filter(pk=charge.letter_id or 0).update(sent_at=at(2, 26))
    found = attempt(charge)
    with refused("a gift stays with its charge"), transaction.atomic():
        Donation.objects.filter(pk=found.pk).update(charge=None)


@committed
def test_the_database_keeps_a_charge_as_it_was_told(control: EmulatorControl) -> None:
    subscription = subscribed(control)
    charge = told(subscription)
    Charge.objects.filter(pk=charge.pk).update(state="trying", next_try_at=None)
    with refused("charge_once_a_month"), transaction.atomic():
        Charge.objects.create(
            subscription=subscription, month=charge.month, amount_kopecks=1, due_at=START, next_try_at=START
        )
    with refused("a charge stays as it was told"), transaction.atomic():
        Charge.objects.filter(pk=charge.pk).update(amount_kopecks=900_00)
    with refused("a charge does not go from"), transaction.atomic():
        Charge.objects.filter(pk=charge.pk).update(state="dropped")
    with refused("permission denied|stays"), transaction.atomic():
        Charge.objects.filter(pk=charge.pk)._raw_delete("default")


@committed
def test_only_campaigns_without_an_end_take_them() -> None:
    with pytest.raises(NotMonthlyError):
        begun(make.campaign("les", closes_at=START + timedelta(days=9), at=START))
    closed = monthly_campaign()
    make.end(closed, at=START)
    closed.refresh_from_db()
    with pytest.raises(CampaignClosedError):
        begun(closed)

    assert not Subscription.objects.exists()


@committed
def test_by_hand_a_demonstration_lives_at_another_moment(control: EmulatorControl, settings: Settings) -> None:
    subscribed(control)
    said = StringIO()
    call_command("sweep_monthly", at="2027-02-25T12:00:00+03:00", stdout=said)
    assert "Скоро" in mail.outbox[-1].subject
    call_command("sweep_monthly", at="2027-02-28T12:00:00+03:00", stdout=said)
    call_command("sweep_monthly", stdout=said)

    assert said.getvalue() == "0 charges begun\n1 charges begun\n0 charges begun\n"
    settings.DEMO_MODE = False
    for words in ("2027-02-28T12:00:00+03:00", "soon", "2027-02-28T12:00:00"):
        with pytest.raises(CommandError):
            call_command("sweep_monthly", at=words)
        settings.DEMO_MODE = True


@pytest.mark.parametrize("value", ["", "x", "1,x", "3,1", "1,1", "0,1", "1,28", "1.5"])
def test_a_plan_of_tries_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TRIES", value)
    if value:
        with pytest.raises(env.SettingError, match="growing whole numbers from 1 to 27"):
            env.wholes("TRIES", (1, 3, 7), least=1, most=27)
    else:
        assert env.wholes("TRIES", (1, 3, 7), least=1, most=27) == (1, 3, 7)
    monkeypatch.setenv("TRIES", "2, 5")
    assert env.wholes("TRIES", (1, 3, 7), least=1, most=27) == (2, 5)
