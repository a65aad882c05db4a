"""A person is forgotten: searched for in every column of every table and in every file; books and proofs stay whole."""

from __future__ import annotations

import io
import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from campaigns import selectors
from campaigns.models import Donation, Statement
from campaigns.services import Gift, give, visiting
from campaigns.services.erasing import UnknownPersonError, carry_out_erasure, request_erasure
from campaigns.services.receipts import finish_receipt
from campaigns.services.statements import make_statement
from config.embedded.copy import wait_until
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.models import Alarm, Payment, Refund
from people.letters import Words
from people.models import Consent, ConsentWithdrawal, Donor, ErasureRequest, Letter, Session, StaffAct, User
from people.outbox import queue_letter, send_letter
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from campaigns.models import Campaign
    from config.embedded.postgres import Cluster
    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")
EMAIL, NAME, MESSAGE, ADDRESS = (
    "Kseniya.Vetrova@example.org",
    "Ксения Ветрова",
    "Посадите рябину у школы",
    "203.0.113.77",
)
TRACES = [trace.casefold() for trace in (EMAIL, NAME, MESSAGE, ADDRESS)]
HOUR = timedelta(hours=1)
LATER = timedelta(hours=2)
DONOR = ErasureRequest.Origin.DONOR


def gift(given_to: Campaign, *, name: str = NAME, now: datetime | None = None) -> Donation:
    wanted = Gift(Kopecks(500_00), EMAIL, public_name=name, message=MESSAGE)
    return give(campaign=given_to, gift=wanted, key=str(uuid4()), address=ADDRESS, now=now or timezone.now())


def pay(control: EmulatorControl, donation: Donation) -> None:
    control.pay(str(donation.payment.yookassa_id))
    payments.reread_payment(payment_id=donation.payment_id, now=timezone.now())
    make.seal()
    finish_receipt(donation_id=donation.pk, now=timezone.now())


def send_all(now: datetime | None = None) -> None:
    for letter in Letter.objects.waiting():
        send_letter(letter_id=letter.pk, now=now or timezone.now())


def erase(now: datetime) -> ErasureRequest:
    """Ask, let the letter go out, carry out."""
    asked = request_erasure(email=EMAIL.upper(), origin=DONOR, now=timezone.now())
    assert not carry_out_erasure(request_id=asked.pk, now=now)
    send_all(now)
    assert carry_out_erasure(request_id=asked.pk, now=now)
    asked.refresh_from_db()
    return asked


def found_in_tables(cluster: Cluster, name: str) -> list[str]:
    """Return every table and column whose text, JSON, bytes or address holds a trace of the person."""
    found = []
    with cluster.connect(name) as connection:
        columns = connection.execute(
            "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2, 3"
        ).fetchall()
        assert len(columns) > 100
        for schema, table, column, kind in columns:
            shown = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            rows = connection.execute(f'SELECT DISTINCT {shown} FROM "{schema}"."{table}" WHERE "{column}" IS NOT NULL')
            texts = " ".join(str(row[0]) for row in rows).casefold()
            found += [f"{table}.{column}: {trace}" for trace in TRACES if trace in texts]
        sessions = connection.execute("SELECT session_data FROM people_session").fetchall()
    decoded = " ".join(str(Session.get_session_store_class()().decode(str(row[0]))) for row in sessions).casefold()
    return found + [f"people_session: {trace}" for trace in TRACES if trace in decoded]


def found_in_files() -> list[str]:
    """Return every file of the storage that holds a trace, PDFs by their text and metadata too."""
    found = []
    for path in Path(default_storage.location).rglob("*"):  # type: ignore[attr-defined]  # files lie on this disk
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "ignore") + path.name
            if path.suffix == ".pdf":
                reader = PdfReader(io.BytesIO(path.read_bytes()))
                text += " ".join(page.extract_text() for page in reader.pages) + str(reader.metadata)
            found += [f"{path.name}: {trace}" for trace in TRACES if trace in text.casefold()]
    return found


@pytest.fixture
def told() -> Iterator[io.StringIO]:
    """Collect what the process logs, as it is written for who runs the site."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def leave_traces(control: EmulatorControl) -> tuple[Donation, Statement]:
    """Be a donor in every way there is: account, form, API, refund, letters, link, statement."""
    donor = make.user(EMAIL)
    browser = make.sign_in(Client(REMOTE_ADDR=ADDRESS), donor, second_factor=False)
    form = {"key": str(uuid4()), "amount": "500", "email": EMAIL, "public_name": NAME, "public_name_consent": "on",
            "message": MESSAGE, "offer": "on", "personal_data": "on"}  # fmt: skip
    assert browser.post("/projects/sad/give/", form).status_code == 302
    body = {"campaign": "sad", "amount_kopecks": 700_00, "email": EMAIL, "public_name": NAME,
            "consents": {"offer": True, "personal_data": True}}  # fmt: skip
    called = browser.post("/api/v1/donations", body, content_type="application/json", headers={"idempotency-key": "k"})
    assert called.status_code == 201
    one, two = Donation.objects.select_related("payment").order_by("pk")
    pay(control, one)
    pay(control, two)
    refund = payments.request_refund(
        payment_id=two.payment_id, amount_kopecks=Kopecks(100_00), reason="donor_request", request_key="r",
        now=timezone.now(),
    )  # fmt: skip
    payments.open_refund(refund_id=refund.pk, now=timezone.now())
    queue_letter(kind="account", key="sign-in", to=EMAIL, now=timezone.now())
    visit = visiting.ask_for_link(email=EMAIL, address=ADDRESS, now=timezone.now())
    visiting.handle_visit(visit_id=visit.pk, now=timezone.now())
    Client().post("/me/login/code/", {"email": EMAIL})  # begun, and the browser closed
    Client().post("/me/password/reset/", {"email": EMAIL})
    send_all()
    statement = visiting.ask_for_statement(visit_id=visit.pk, year=timezone.localdate().year, now=timezone.now())
    make_statement(statement_id=statement.pk, now=timezone.now())
    return one, statement


def test_nothing_of_a_person_is_left_and_the_books_do_not_notice(
    committed: str, cluster: Cluster, control: EmulatorControl, told: io.StringIO
) -> None:
    sad = make.campaign()
    one, statement = leave_traces(control)
    pages = [f"/ledger/operations/{row.operation_id}/" for row in Payment.objects.all()]
    books = [Client().get(page).content for page in pages] + [Client().get("/api/v1/ledger/operations").content]
    before = selectors.figures(campaigns=[sad])
    assert {line.partition(":")[0] for line in found_in_tables(cluster, committed)} >= {
        "people_donor.email", "people_donor.public_name", "campaigns_donation.message", "people_consent.address",
        "people_letter.address", "people_visit.email", "people_visit.address", "people_user.email",
        "account_emailaddress.email", "people_session",
    }  # fmt: skip
    assert found_in_files() == [f"{statement.reference}.pdf: {EMAIL.casefold()}"]

    asked = erase(timezone.now() + LATER)

    assert (asked.email, asked.donors, asked.done_at is not None) == ("", 2, True)
    assert found_in_tables(cluster, committed) == []
    assert found_in_files() == []
    assert [trace for trace in TRACES if trace in told.getvalue().casefold()] == []
    assert mail.outbox[-1].subject == "Ваши данные удалены"
    assert (mail.outbox[-1].to, Letter.objects.waiting().count()) == ([EMAIL.upper()], 0)
    call_command("check_books")
    assert [Client().get(page).content for page in pages] + [Client().get("/api/v1/ledger/operations").content] == books
    selectors.forget_donors(slugs=["sad"])
    assert selectors.figures(campaigns=[sad]) == before
    assert Client().get(f"/gifts/{one.token}/").status_code == 404
    assert not User.objects.filter(email__iexact=EMAIL).exists()


def test_the_name_goes_at_once_and_the_consents_are_taken_back(control: EmulatorControl) -> None:
    sad = make.campaign()
    pay(control, gift(sad))
    assert NAME in Client().get("/projects/sad/").content.decode()
    request_erasure(email=EMAIL, origin=DONOR, now=timezone.now())

    assert NAME not in Client().get("/projects/sad/").content.decode()
    taken = ConsentWithdrawal.objects.order_by("consent__text__kind").values_list("consent__text__kind", flat=True)
    assert list(taken) == ["personal_data", "public_name"]


def is_final(refund: Refund) -> bool:
    payments.reread_refund(refund_id=refund.pk, now=timezone.now())
    refund.refresh_from_db()
    return refund.operation_id is not None


def test_it_waits_for_a_payment_a_refund_and_a_letter(control: EmulatorControl) -> None:
    sad = make.campaign()
    one = gift(sad)
    asked = request_erasure(email=EMAIL, origin=DONOR, now=timezone.now())
    then = timezone.now() + LATER
    assert not carry_out_erasure(request_id=asked.pk, now=then)  # the payment is open
    pay(control, one)
    control.set(refund_mode="held")
    refund = payments.request_refund(
        payment_id=one.payment_id, amount_kopecks=Kopecks(100_00), reason="mistake", request_key="r", now=then
    )
    payments.open_refund(refund_id=refund.pk, now=then)
    assert not carry_out_erasure(request_id=asked.pk, now=then)  # the refund is on its way
    control.set(refund_mode="")
    wait_until(lambda: is_final(refund))
    assert not carry_out_erasure(request_id=asked.pk, now=then)  # word of the refund waits to be sent
    assert Letter.objects.filter(kind="erased").count() == 0
    send_all(then)
    assert not carry_out_erasure(request_id=asked.pk, now=then)  # the last letter is written down
    assert Letter.objects.filter(kind="erased").count() == 1
    assert Donor.objects.filter(erased_at=None).count() == 1


def test_it_waits_an_hour_so_that_it_hides_no_tested_cards(control: EmulatorControl) -> None:
    one = gift(make.campaign())
    control.decline(str(one.payment.yookassa_id), "insufficient_funds")
    payments.reread_payment(payment_id=one.payment_id, now=timezone.now())
    asked = request_erasure(email=EMAIL, origin=DONOR, now=timezone.now())

    assert not carry_out_erasure(request_id=asked.pk, now=timezone.now() + HOUR - timedelta(minutes=1))
    assert Letter.objects.count() == 0
    assert not carry_out_erasure(request_id=asked.pk, now=timezone.now() + HOUR + timedelta(minutes=1))
    assert list(Letter.objects.values_list("kind", flat=True)) == ["erased"]


def test_a_person_is_told_where_the_laws_time_runs_out() -> None:
    gift(make.campaign())
    asked = request_erasure(email=EMAIL, origin=DONOR, now=timezone.now())
    carry_out_erasure(request_id=asked.pk, now=timezone.now() + timedelta(days=24))
    assert not Alarm.objects.exists()
    carry_out_erasure(request_id=asked.pk, now=timezone.now() + timedelta(days=26))

    assert list(Alarm.objects.values_list("kind", "subject")) == [("not_erased", f"erasure:{asked.pk}")]


def test_asked_twice_is_asked_once_and_of_nobody_is_refused(control: EmulatorControl) -> None:
    gift(make.campaign())
    first = request_erasure(email=EMAIL, origin=DONOR, now=timezone.now())

    assert request_erasure(email=EMAIL.lower(), origin=DONOR, now=timezone.now()) == first
    with pytest.raises(UnknownPersonError):
        request_erasure(email="stranger@example.org", origin=DONOR, now=timezone.now())
    assert ErasureRequest.objects.count() == 1


def test_who_gives_again_after_asking_is_a_donor_anew(control: EmulatorControl) -> None:
    sad = make.campaign()
    pay(control, gift(sad))
    asked = request_erasure(email=EMAIL, origin=DONOR, now=timezone.now())
    pay(control, gift(sad, name=""))
    then = timezone.now() + LATER
    carry_out_erasure(request_id=asked.pk, now=then)
    send_all(then)
    assert carry_out_erasure(request_id=asked.pk, now=then)

    assert list(Donor.objects.order_by("pk").values_list("email", flat=True)) == [None, EMAIL]


def test_a_last_letter_that_nobody_takes_does_not_hold_it_up(control: EmulatorControl) -> None:
    pay(control, gift(make.campaign()))
    asked = request_erasure(email=EMAIL, origin=DONOR, now=timezone.now())
    then = timezone.now() + LATER
    carry_out_erasure(request_id=asked.pk, now=then)
    Letter.objects.filter(kind="erased").update(given_up_at=then)

    assert carry_out_erasure(request_id=asked.pk, now=then)
    assert not Letter.objects.exclude(address="").exists()


def test_an_account_with_a_role_stays_and_one_with_acts_becomes_nobodys(control: EmulatorControl) -> None:
    pay(control, gift(make.campaign()))
    person = make.staff("auditor", email=EMAIL)
    erase(timezone.now() + LATER)
    assert User.objects.get(pk=person.pk).email == EMAIL.lower()

    User.objects.filter(pk=person.pk).get().grants.update(revoked_at=timezone.now())
    asked = request_erasure(email=EMAIL, origin=DONOR, now=timezone.now())
    carry_out_erasure(request_id=asked.pk, now=timezone.now())
    send_all()
    told = Words("Почта изменена", f"Раньше она была {EMAIL}")
    letter = queue_letter(kind="account", key="changed", to=person, words=told, now=timezone.now())
    assert carry_out_erasure(request_id=asked.pk, now=timezone.now())
    person.refresh_from_db()
    assert (person.email, person.is_active) == (f"erased-{person.pk}@invalid.invalid", False)
    assert not EmailAddress.objects.filter(user=person).exists()
    letter.refresh_from_db()
    assert (letter.subject, letter.body, letter.state) == ("", "", "given_up")


def test_the_command_reads_the_address_from_where_nobody_sees_it(
    control: EmulatorControl, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pay(control, gift(make.campaign(), now=timezone.now() - LATER))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{EMAIL}\n"))
    call_command("erase_donor")
    assert "is asked for" in capsys.readouterr().out
    send_all()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{EMAIL}\n"))
    call_command("erase_donor")
    assert "is done" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{EMAIL}\n"))
    with pytest.raises(CommandError, match="Nobody"):
        call_command("erase_donor")


def test_an_erased_gift_is_found_by_no_key_and_no_hash(control: EmulatorControl) -> None:
    sad = make.campaign()
    wanted = Gift(Kopecks(500_00), EMAIL)
    one = give(campaign=sad, gift=wanted, key="same", address=ADDRESS, now=timezone.now())
    pay(control, one)
    erase(timezone.now() + LATER)

    one.refresh_from_db()
    assert (one.request_sha256, one.message, one.receipt_name) == ("", "", "")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE people_donor SET erased_at = now(), erased_as = gen_random_uuid()",
        "UPDATE people_donor SET email = NULL",
        "UPDATE people_erasurerequest SET done_at = now()",
    ],
)
def test_the_database_knows_nobody_half_erased(committed: str, cluster: Cluster, statement: str) -> None:
    gift(make.campaign())
    request_erasure(email=EMAIL, origin=DONOR, now=timezone.now())

    with cluster.connect(committed, user="fund_owner") as other, pytest.raises(Exception, match="check constraint"):
        other.execute(statement)


def test_a_consent_forgets_its_address_and_nothing_else(committed: str, cluster: Cluster) -> None:
    gift(make.campaign())
    with cluster.connect(committed, user="fund_owner") as other:
        for change in ("address = '10.9.9.9'", "address = NULL, given_at = now()", "text_id = text_id"):
            with pytest.raises(Exception, match="append-only"):
                other.execute(f"UPDATE people_consent SET {change}")
        other.execute("UPDATE people_consent SET address = NULL")

    assert not Consent.objects.exclude(address=None).exists()


def test_staff_who_may_enter_an_erasure_and_others_may_not(control: EmulatorControl) -> None:
    pay(control, gift(make.campaign()))
    client = make.sign_in(Client(), make.staff("treasurer"))
    assert client.post("/desk/erasures/", {"email": "stranger@example.org"}).status_code == 422
    assert client.post("/desk/erasures/", {"email": EMAIL}).headers["Location"] == "/desk/erasures/"
    asked = ErasureRequest.objects.get()
    assert asked.origin == "staff"
    (act,) = StaffAct.objects.filter(action="people.erase_donor")
    assert (act.subject, act.details) == (f"erasurerequest:{asked.pk}", {})
    page = client.get("/desk/erasures/").content.decode()
    assert "Ждёт, пока всё начатое завершится" in page
    assert EMAIL not in page

    other = make.sign_in(Client(), make.staff("moderator"))
    assert other.get("/desk/erasures/").status_code == 403
    assert other.post("/desk/erasures/", {"email": EMAIL}).status_code == 403
