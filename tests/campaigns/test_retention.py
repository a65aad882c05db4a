"""What is known of people goes when its time is over, and not before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from campaigns import selectors
from campaigns.models import Donation, Statement
from campaigns.services import visiting
from campaigns.services.retention import forget_old
from fund.payments.models import Payment
from people import retention
from people.models import Consent, Donor, Letter, Visit
from people.outbox import queue_letter, send_letter
from people.services import record_donor
from tests import make

if TYPE_CHECKING:
    from campaigns.models import Campaign

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NONE = {
    "unfinished": 0,
    "donors": 0,
    "subscriptions": 0,
    "applications": 0,
    "papers": 0,
    "requisites": 0,
    "statements": 0,
    "addresses": 0,
    "letters": 0,
    "visits": 0,
    "contacts": 0,
    "buyers": 0,
    "misses": 0,
}


def unpaid(campaign: Campaign, *, email: str = "donor@example.org") -> Donation:
    donor = record_donor(
        email=email, public_name="Анна", consents=["offer", "public_name"], address="10.0.0.1", now=make.NOW
    )
    return Donation.objects.create(
        campaign=campaign, payment=make.payment(state=Payment.State.CANCELED), donor=donor, amount_kopecks=100,
        message="Слово", token=f"{donor.pk:043}", request_key=f"{donor.pk}", request_sha256="0" * 64,
        created_at=make.NOW,
    )  # fmt: skip


def forgotten(after: timedelta) -> dict[str, int]:
    """Return what is forgotten so long after, without what is not."""
    return {name: count for name, count in forget_old(now=make.NOW + after).items() if count}


def test_who_did_not_pay_is_forgotten_after_a_month() -> None:
    gift = unpaid(make.campaign())
    assert forgotten(30 * DAY - DAY) == {}
    assert Donor.objects.get().email == "donor@example.org"
    assert forgotten(31 * DAY) == {"unfinished": 1}

    gift.refresh_from_db()
    donor = Donor.objects.get()
    assert (donor.email, donor.public_name, gift.message, gift.request_sha256) == (None, "", "", "")
    assert not Consent.objects.exclude(address=None).exists()
    assert forgotten(31 * DAY) == {}


def test_an_unfinished_payment_keeps_its_donor() -> None:
    gift = unpaid(make.campaign())
    Payment.objects.filter(pk=gift.payment_id).update(state=Payment.State.PENDING, yookassa_id="p")

    assert forgotten(60 * DAY) == {}


def test_who_gave_nothing_for_five_years_is_forgotten_and_still_counted_once() -> None:
    sad = make.campaign()
    one, two = make.paid_donation(sad, number=1), make.paid_donation(sad, number=2)
    Donor.objects.update(email="donor@example.org")
    before = selectors.figures(campaigns=[sad])["sad"]
    assert before.donors == 1
    assert forgotten(1825 * DAY) == {}
    Donor.objects.filter(pk=two.donor_id or 0).update(created_at=make.NOW + DAY)
    Donation.objects.filter(pk=two.pk).update(created_at=make.NOW + DAY)
    assert forgotten(1826 * DAY + timedelta(hours=12)) == {}  # a later gift: the person is still about
    assert forgotten(1828 * DAY) == {"donors": 2}
    selectors.forget_donors(slugs=["sad"])

    assert selectors.figures(campaigns=[sad])["sad"] == before
    assert set(Donor.objects.values_list("email", flat=True)) == {None}
    assert one.pk != two.pk


def test_the_address_of_a_consent_goes_and_the_consent_stays() -> None:
    record_donor(email="a@example.org", public_name="", consents=["offer"], address="10.0.0.1", now=make.NOW)
    assert forgotten(89 * DAY) == {}
    assert forgotten(91 * DAY) == {"addresses": 1}

    assert list(Consent.objects.values_list("text__kind", "address")) == [("offer", None)]


def test_where_a_letter_went_is_forgotten_and_that_it_went_is_not() -> None:
    letter = queue_letter(kind="account", key="k", to="a@example.org", now=make.NOW)
    send_letter(letter_id=letter.pk, now=make.NOW)
    assert forgotten(29 * DAY) == {}
    assert forgotten(31 * DAY) == {"letters": 1}

    letter.refresh_from_db()
    assert (letter.address, letter.sent_at) == ("", make.NOW)


def test_a_letter_given_up_loses_its_words_too() -> None:
    letter = queue_letter(kind="account", key="k", to="a@example.org", now=make.NOW)
    Letter.objects.update(given_up_at=make.NOW, body="Код 123456", failure="OSError")

    assert forgotten(31 * DAY) == {"letters": 1}
    letter.refresh_from_db()
    assert (letter.address, letter.body, letter.state) == ("", "", "given_up")


def test_a_visit_and_its_statements_go_when_it_is_over() -> None:
    visit = visiting.ask_for_link(email="a@example.org", address="10.0.0.1", now=make.NOW)
    statement = visiting.ask_for_statement(visit_id=visit.pk, year=2026, now=make.NOW)
    default_storage.save(statement.file_name, ContentFile(b"x"))
    assert forgotten(timedelta(minutes=59)) == {}
    assert forgotten(timedelta(hours=2)) == {"statements": 1}
    assert (default_storage.exists(statement.file_name), Statement.objects.count()) == (False, 0)
    assert forgotten(2 * DAY) == {"visits": 1}

    assert not Visit.objects.exists()


def test_much_is_forgotten_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        record_donor(
            email=f"{number}@example.org", public_name="", consents=["offer"], address="10.0.0.1", now=make.NOW
        )

    assert forgotten(91 * DAY) == {"addresses": 5}


def test_the_command_says_how_much(capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    record_donor(
        email="a@example.org", public_name="", consents=["offer"], address="10.0.0.1", now=timezone.now() - 100 * DAY
    )
    call_command("forget_old")

    told = dict(line.split(": ") for line in capsys.readouterr().out.splitlines())
    assert told == {name: str(count) for name, count in (NONE | {"addresses": 1}).items()}


def test_the_policy_names_the_periods(settings: Any) -> None:
    from people.selectors import texts_in_force

    policy = texts_in_force(now=make.NOW)["privacy_policy"].body
    assert settings.RETAIN_DAYS == {
        "donor": 1826, "unfinished": 30, "address": 90, "application": 90, "agreement": 1826, "letter": 30,
        "requisites": 30, "contact": 90,
    }  # fmt: skip
    for words in ("пяти лет после последнего пожертвования", "не оплатил его, — 30 дней",
                  "IP-адрес при согласии — 90 дней", "адрес — 30 дней", "действует час", "два часа",
                  "через сутки", "30 дней после перевода", "неподтверждённый вопрос — 3 дня",
                  "документы к ней — 90 дней", "пять лет после того, как он закрыл учётную запись",
                  "90 дней после того, как заказ закрыт"):  # fmt: skip
        assert words in policy
