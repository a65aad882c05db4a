"""The receipt: one page, one file, one letter, whatever is killed in between."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from pypdf import PdfReader

from campaigns import selectors, tasks
from campaigns.models import Donation
from campaigns.services.receipts import finish_receipt, make_receipt, receipt_context
from config.celery import app
from fund.ledger import log, services
from fund.ledger.verifying import page_sha256, proof_name
from fund.payments import services as payments
from fund.payments.models import Alarm
from people.models import Letter
from people.outbox import overdue_letters, retry_letter, send_letter
from tests import make

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.mail import EmailMessage
    from django.test import Client
    from pytest_django.fixtures import Settings

    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")


class CutOffBackend(EmailBackend):
    """A mail server that takes the letter and is cut off before it can say so."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        super().send_messages(messages)
        raise ConnectionResetError


@pytest.fixture
def unsealed(control: EmulatorControl) -> Donation:
    found = make.donation(make.campaign(), email="donor@example.org")
    control.pay(str(found.payment.yookassa_id))
    payments.reread_payment(payment_id=found.payment_id, now=timezone.now())
    return Donation.objects.select_related("campaign", "payment__operation").get(pk=found.pk)


@pytest.fixture
def donation(unsealed: Donation) -> Donation:
    make.seal()
    return unsealed


def text_of(donation: Donation) -> list[str]:
    """Return the pages' texts without white space."""
    donation.refresh_from_db()
    with default_storage.open(donation.receipt_name) as stream:
        return ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(stream.read())).pages]


def test_two_runs_make_one_file_and_one_letter(donation: Donation) -> None:
    for _ in range(2):
        finish_receipt(donation_id=donation.pk, now=timezone.now())

    (letter,) = mail.outbox
    assert letter.to == ["donor@example.org"]
    assert [name for name, _content, _kind in letter.attachments] == [f"kvitanciya-{donation.number}.pdf"]
    (page,) = text_of(donation)
    for part in (f"№{donation.number}", "500₽", "Пятьсотрублей00копеек", "Пожертвованиенапроект«Сад»", "ИНН0000000000",
                 f"/ledger/operations/{donation.payment.operation_id}/"):  # fmt: skip
        assert part in page


def test_a_receipt_is_read_by_nobody_else_on_this_machine(donation: Donation) -> None:
    finish_receipt(donation_id=donation.pk, now=timezone.now())
    donation.refresh_from_db()
    path = Path(default_storage.path(donation.receipt_name))

    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_letter_cut_off_before_we_know_is_repeated_with_the_same_name(donation: Donation, settings: Settings) -> None:
    plain = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.CutOffBackend"
    tasks.finish_receipt(donation_id=donation.pk)
    letter = Letter.objects.get()
    assert (letter.attempts, letter.failure, letter.state) == (1, "ConnectionResetError", "waiting")
    settings.EMAIL_BACKEND = plain
    tasks.finish_receipt(donation_id=donation.pk)

    first, second = (letter.message()["Message-ID"] for letter in mail.outbox)
    assert first == second == f"<receipt.{sha256(donation.token.encode()).hexdigest()[:32]}@127.0.0.1>"
    letter.refresh_from_db()
    assert letter.state == "sent"


class RefusingBackend(EmailBackend):
    """A mail server that does not know the donor."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        raise SMTPRecipientsRefused({to: (550, b"no such user") for message in messages for to in message.to})


def test_a_letter_that_nobody_takes_is_tried_ever_less_often_and_then_shown_to_a_person(
    donation: Donation, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    now, tries = timezone.now(), []
    finish_receipt(donation_id=donation.pk, now=now)
    letter = Letter.objects.get()
    while overdue_letters(now=now + timedelta(days=30)):
        tries.append(letter.due_at - now)
        assert overdue_letters(now=now) == []
        now = letter.due_at
        send_letter(letter_id=letter.pk, now=now)
        letter.refresh_from_db()

    assert tries == sorted(tries)
    assert (len(tries), tries[0], tries[-1]) == (11, timedelta(seconds=40), timedelta(hours=6))
    assert (letter.attempts, letter.state, letter.failure) == (12, "given_up", "SMTPRecipientsRefused")
    assert list(Alarm.objects.values_list("kind", "subject")) == [(Alarm.Kind.NOT_DELIVERED, f"letter:{letter.pk}")]
    assert "donor@example.org" not in caplog.text


def test_a_letter_given_up_is_tried_anew_where_a_person_asks_and_its_alarm_closes(
    donation: Donation, settings: Settings
) -> None:
    plain, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.RefusingBackend"
    finish_receipt(donation_id=donation.pk, now=timezone.now())
    letter = Letter.objects.get()
    assert not retry_letter(letter_id=letter.pk, now=timezone.now())
    for _ in range(12):
        send_letter(letter_id=letter.pk, now=timezone.now())
    settings.EMAIL_BACKEND = plain
    send_letter(letter_id=letter.pk, now=timezone.now())
    assert (mail.outbox, Alarm.objects.filter(closed_at=None).count()) == ([], 1)

    assert retry_letter(letter_id=letter.pk, now=timezone.now())
    send_letter(letter_id=letter.pk, now=timezone.now())
    assert (len(mail.outbox), Alarm.objects.filter(closed_at=None).count()) == (1, 0)
    assert not retry_letter(letter_id=letter.pk, now=timezone.now())


def test_a_file_left_by_a_crash_is_written_anew(donation: Donation) -> None:
    make_receipt(donation_id=donation.pk, now=timezone.now())
    donation.refresh_from_db()
    name = donation.receipt_name
    Donation.objects.filter(pk=donation.pk).update(receipt_name="", letter=None)
    make_receipt(donation_id=donation.pk, now=timezone.now())

    donation.refresh_from_db()
    assert donation.receipt_name == name


def test_the_longest_words_and_the_largest_sum_fit_one_page(donation: Donation) -> None:
    long = make.campaign("long", title="Щ" * 60 + " " + "ы" * 59)
    Donation.objects.update(campaign=long)
    Donation.objects.update(amount_kopecks=345_678_99)
    make_receipt(donation_id=donation.pk, now=timezone.now())

    (page,) = text_of(donation)
    assert "Триста сорок пять тысяч шестьсот семьдесят восемь рублей 99 копеек".replace(" ", "") in page


def test_who_was_erased_gets_no_letter(donation: Donation) -> None:
    Donation.objects.update(donor=None)
    finish_receipt(donation_id=donation.pk, now=timezone.now())

    assert mail.outbox == []
    assert selectors.overdue_receipts(now=timezone.now() + timedelta(hours=1)) == []


def test_the_sweep_finds_what_was_lost(donation: Donation) -> None:
    now = timezone.now()

    assert selectors.overdue_receipts(now=now) == []
    assert selectors.overdue_receipts(now=now + selectors.RECEIPT_GRACE) == [donation.pk]
    finish_receipt(donation_id=donation.pk, now=now)
    assert selectors.overdue_receipts(now=now + selectors.RECEIPT_GRACE) == []


def test_nothing_is_made_for_a_gift_that_is_not_paid(control: EmulatorControl) -> None:
    unpaid = make.donation(make.campaign())

    assert not finish_receipt(donation_id=unpaid.pk, now=timezone.now())
    unpaid.refresh_from_db()
    assert (unpaid.receipt_name, mail.outbox) == ("", [])
    proof = log.Proof(0, "{}", log.LogHead(1, 1, b"", "", timezone.now()), ())
    with pytest.raises(ValueError, match="not in the books"):
        receipt_context(unpaid, proof)


def test_a_receipt_waits_for_the_signature_and_comes_with_it(unsealed: Donation, client: Client) -> None:
    now = timezone.now()

    assert finish_receipt(donation_id=unsealed.pk, now=now)
    services.seal_checkpoint()  # sealed, not signed
    assert finish_receipt(donation_id=unsealed.pk, now=now)
    unsealed.refresh_from_db()
    assert (unsealed.receipt_name, unsealed.letter_id, Letter.objects.count(), mail.outbox) == ("", None, 0, [])
    assert selectors.overdue_receipts(now=now + timedelta(hours=1)) == []
    assert "В квитанции будет доказательство" in client.get(f"/gifts/{unsealed.token}/").content.decode()

    make.seal()
    assert selectors.overdue_receipts(now=now + timedelta(hours=1)) == [unsealed.pk]
    assert not finish_receipt(donation_id=unsealed.pk, now=now)
    assert selectors.overdue_receipts(now=now + timedelta(hours=1)) == []
    assert len(mail.outbox) == 1
    assert "В квитанции будет доказательство" not in client.get(f"/gifts/{unsealed.token}/").content.decode()


def test_a_receipt_that_waits_is_tried_again_soon_a_few_times(unsealed: Donation, settings: Settings) -> None:
    with app.connection_for_write() as broker:
        queue = broker.default_channel.client
        told = []
        for tries in (2, 1):
            queue.delete("papers")
            tasks.finish_receipt(donation_id=unsealed.pk, tries=tries)
            told.append([json.loads(row)["headers"] for row in queue.lrange("papers", 0, -1)])
        queue.delete("papers")

    ((again,), none) = told
    assert (again["task"], again["kwargsrepr"]) == (
        "campaigns.finish_receipt", f"{{'donation_id': {unsealed.pk}, 'tries': 1}}",
    )  # fmt: skip
    assert datetime.fromisoformat(again["eta"]) > timezone.now() + timedelta(seconds=settings.PACE_SECONDS - 5)
    assert none == []


def test_a_receipt_holds_the_proof_as_a_file_and_says_its_place(donation: Donation) -> None:
    finish_receipt(donation_id=donation.pk, now=timezone.now())
    proof = log.find_proof(number=donation.payment.operation_id or 0)

    assert proof is not None
    donation.refresh_from_db()
    with default_storage.open(donation.receipt_name) as stream:
        reader = PdfReader(BytesIO(stream.read()))
    assert reader.attachments == {proof_name(donation.payment.operation_id or 0): [proof.text().encode()]}
    (page,) = text_of(donation)
    root = proof.head.root.hex()
    for part in (proof.head.origin, f"{proof.nth}из{proof.head.size}", f"{root[:8]}…{root[-8:]}", page_sha256(),
                 "/ledger/verify/"):  # fmt: skip
        assert part in page
