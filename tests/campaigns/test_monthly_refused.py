"""Monthly charges that are refused, unknown, cut or stopped: never twice, never after the end."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.core import mail

from campaigns.models import Charge, Donation, Subscription
from campaigns.selectors import newest_gifts
from campaigns.services import moderating
from campaigns.subscriptions import announcing, changing, charging, ending, following
from campaigns.subscriptions.tasks import sweep
from fund.ledger.selectors import balances_kopecks
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.models import SavedMethod
from tests import make
from tests.campaigns.monthly import (
    START,
    at,
    attempt,
    begun,
    committed,
    monthly_campaign,
    send_letters,
    settle,
    state_of,
    subscribed,
    tick,
    told,
)

if TYPE_CHECKING:
    from emulator.control import EmulatorControl


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
def test_less_chosen_while_a_charge_is_being_paid_is_what_is_charged_next(control: EmulatorControl) -> None:
    subscription = subscribed(control, now=at(1, 5), kopecks=1000_00)
    charge = told(subscription, at(2, 2))
    now = at(2, 4)
    gift = charging.pay_by_another_card(token=subscription.token, site_url="http://x", now=now)
    changing.change_amount(
        token=subscription.token, amount_kopecks=Kopecks(100_00), is_agreed=False, address="10.0.0.1", now=now
    )
    control.decline(str(gift.payment.yookassa_id))
    settle(gift.payment_id, now)
    following.follow_charge(charge_id=charge.pk, now=now)
    tick(at(2, 5, 14))
    tick(at(2, 6, 14))

    paid = Donation.objects.filter(payment__state="succeeded").order_by("pk").values_list("amount_kopecks", flat=True)
    assert list(paid) == [1000_00, 100_00]


@committed
def test_a_name_that_was_hidden_does_not_come_back_with_the_next_month(control: EmulatorControl) -> None:
    subscription = subscribed(control, now=at(1, 5), public_name="Оскорбление")
    moderating.hide_name(
        donation_id=Donation.objects.get().pk, reason="insult", user=make.staff("moderator"), now=at(1, 6)
    )
    told(subscription, at(2, 2))
    tick(at(2, 5, 14))

    assert [gift.hidden_name.reason for gift in Donation.objects.all()] == ["insult", "insult"]
    assert "Оскорбление" not in str(newest_gifts(campaign=subscription.campaign))
