"""What ends and changes monthly gifts, and what of them the database keeps."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from campaigns import selectors as campaign_selectors
from campaigns.models import Charge, Donation, Subscription, SubscriptionStep
from campaigns.services import CampaignClosedError, NotMonthlyError, erasing
from campaigns.subscriptions import announcing, changing, charging, ending, selectors
from campaigns.subscriptions.tasks import sweep
from config import env
from fund.money import Kopecks
from fund.payments.models import Payment, SavedMethod
from people.models import Consent, Donor, ErasureRequest, LegalText, Letter
from tests import make
from tests.campaigns.monthly import (
    EMAIL,
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
    from pytest_django.fixtures import Settings

    from emulator.control import EmulatorControl


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
