"""A donor's own pages: who gets in, what is shown, what can be taken back."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.db import connections
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from campaigns import my_selectors, tasks
from campaigns.letters import link_token
from campaigns.models import Donation, Statement
from campaigns.services import visiting
from campaigns.services.statements import make_statement
from fund.payments.models import Refund
from people.models import ConsentWithdrawal, Donor, ErasureRequest, Letter, Visit
from people.outbox import send_letter
from people.services import record_donor
from tests import make

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries
    from pytest_django.fixtures import Settings

EMAIL = "donor@example.org"
ALL = ["offer", "personal_data", "public_name"]


def paid(number: int, *, name: str = "", email: str = EMAIL, kopecks: int = 500_00, slug: str = "") -> Donation:
    """Return a booked gift of the donor, with consents."""
    gift = make.paid_donation(make.campaign(slug or f"sad-{number}"), number=number, kopecks=kopecks)
    consents = [*ALL] if name else ALL[:2]
    gift.donor = record_donor(email=email, public_name=name, consents=consents, address="10.0.0.1", now=make.NOW)
    gift.save(update_fields=["donor"])
    return gift


def link_to(email: str = EMAIL) -> str:
    """Ask for a link as a browser does and let the worker work; return the path in the letter, empty if none."""
    Client().post("/my/", {"email": email})
    return letter_link()


def letter_link() -> str:
    visit = Visit.objects.latest("pk")
    letter = visiting.handle_visit(visit_id=visit.pk, now=timezone.now())
    if letter is None:
        return ""
    send_letter(letter_id=letter.pk, now=timezone.now())
    found = re.search(r"http://[^/]+(/my/open/\S+)", str(mail.outbox[-1].body))
    return found[1] if found else ""


def visitor(email: str = EMAIL) -> Client:
    """Return a browser that opened its link."""
    client = Client()
    assert client.post(link_to(email)).headers["Location"] == "/my/gifts/"
    return client


@pytest.mark.django_db
def test_the_answer_is_the_same_whether_anybody_gave() -> None:
    paid(1)
    known = Client().post("/my/", {"email": EMAIL.upper()})
    assert letter_link()
    unknown = Client().post("/my/", {"email": "nobody@example.org"})
    assert letter_link() == ""

    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert Client().get("/my/sent/").status_code == 200
    assert [letter.to for letter in mail.outbox] == [[EMAIL]]
    assert list(Visit.objects.order_by("pk").values_list("email", flat=True)) == [EMAIL.upper(), ""]


@pytest.mark.django_db
def test_the_link_holds_no_address_and_the_database_no_link() -> None:
    paid(1)
    path = link_to()

    assert "donor" not in path
    token = path.split("/")[3]
    visit = Visit.objects.get()
    letter = Letter.objects.get()
    assert token not in str(vars(visit)) + str(vars(letter))
    assert (letter.body, letter.context) == ("", {"visit": visit.pk})


@pytest.mark.django_db
def test_looking_at_the_link_does_not_use_it_up_and_pressing_the_button_does() -> None:
    paid(1)
    path = link_to()
    for _ in range(3):
        assert Client().get(path).status_code == 200
    assert Client().head(path).status_code == 200
    first = Client().post(path)
    second = Client().post(path)

    assert (first.status_code, second.status_code, Client().get(path).status_code) == (302, 410, 410)
    assert "Ссылка больше не работает" in second.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/my/open/" + "x" * 43 + "/", "/my/open/" + "-" * 43 + "/"])
def test_a_link_that_never_was_opens_nothing(path: str) -> None:
    assert (Client().get(path).status_code, Client().post(path).status_code) == (410, 410)


@pytest.mark.django_db
def test_a_link_works_for_an_hour_and_its_letter_is_not_sent_later() -> None:
    paid(1)
    now = timezone.now()
    visit = visiting.ask_for_link(email=EMAIL, address="10.0.0.1", now=now)
    letter = visiting.handle_visit(visit_id=visit.pk, now=now)
    assert letter is not None
    late = now + timedelta(hours=1)
    send_letter(letter_id=letter.pk, now=late)
    token = link_token(reference=visit.reference)

    assert (mail.outbox, visiting.is_link_good(token=token, now=late)) == ([], False)
    with pytest.raises(visiting.LinkError):
        visiting.open_link(token=token, now=late)
    assert visiting.is_link_good(token=token, now=late - timedelta(seconds=1))


@pytest.mark.django_db
def test_a_session_lasts_two_hours() -> None:
    paid(1)
    now = timezone.now()
    visit = visiting.ask_for_link(email=EMAIL, address="10.0.0.1", now=now)
    visiting.handle_visit(visit_id=visit.pk, now=now)
    secret = visiting.open_link(token=link_token(reference=visit.reference), now=now)

    assert visiting.find_visit(secret=secret, now=now + timedelta(minutes=119)) == visit
    assert visiting.find_visit(secret=secret, now=now + timedelta(minutes=120)) is None
    assert visiting.find_visit(secret="other", now=now) is None


@pytest.mark.django_db
@pytest.mark.parametrize("limit", ["LINKS_PER_ADDRESS", "LINKS_PER_EMAIL"])
def test_links_are_not_asked_for_without_end(settings: Settings, limit: str) -> None:
    setattr(settings, limit, 2)
    answers = [Client().post("/my/", {"email": "any@example.org"}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "Слишком много ссылок" in answers[2].content.decode()
    assert Visit.objects.count() == 2


@pytest.mark.usefixtures("committed")
def test_twenty_at_once_get_no_more_links_than_the_limit(settings: Settings) -> None:
    settings.LINKS_PER_EMAIL = 3

    def one(_: int) -> int:
        status = Client().post("/my/", {"email": EMAIL}).status_code
        connections.close_all()
        return status

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(one, range(20))) == [302] * 3 + [429] * 17
    assert Visit.objects.count() == 3


@pytest.mark.usefixtures("committed")
def test_a_link_pressed_twice_at_once_opens_one_session() -> None:
    paid(1)
    path = link_to()

    def one(_: int) -> int:
        status = Client().post(path).status_code
        connections.close_all()
        return status

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(4))) == [302, 410, 410, 410]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "email",
    ["", "x", "a\x00@b.ru", "x" * 260 + "@example.org", "mi\N{KELVIN SIGN}e@example.org", "a@\N{KELVIN SIGN}.ru"],
)
def test_a_wrong_address_is_said_to_be_wrong(email: str) -> None:
    assert Client().post("/my/", {"email": email}).status_code == 422
    assert Visit.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/my/gifts/"), ("post", "/my/hide-name/"), ("post", "/my/statements/"), ("get", "/my/erase/"),
        ("post", "/my/erase/"), ("post", "/my/leave/"), ("get", "/my/statements/00000000-0000-4000-8000-000000000000/"),
        ("get", "/my/statements/00000000-0000-4000-8000-000000000000/file.pdf"),
    ],
)  # fmt: skip
def test_a_stranger_is_led_to_ask_for_a_link_and_changes_nothing(method: str, path: str) -> None:
    paid(1, name="Анна")
    answer = getattr(Client(), method)(path, {"is_sure": "on", "year": "2026"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/my/")
    assert "no-store" in answer.headers["Cache-Control"]
    assert (ErasureRequest.objects.count(), Statement.objects.count()) == (0, 0)
    assert Donor.objects.filter(public_name="Анна").count() == 1


@pytest.mark.django_db
def test_the_page_shows_each_gift_with_all_that_belongs_to_it() -> None:
    gift = paid(1, name="Анна", slug="sad")
    Refund.objects.create(
        payment=gift.payment, amount_kopecks=200_00, reason="mistake", request_key="r", created_at=make.NOW
    )
    other = paid(2, email="other@example.org", name="Борис")
    page = visitor().get("/my/gifts/")
    text = page.content.decode()

    entry = f"/ledger/operations/{gift.payment.operation_id}/"
    for part in (f"№ {gift.number}", "500\xa0₽", "200\xa0₽ из них возвращаются к вам", entry, "Анна",
                 "/legal/offer/4/", "/legal/public_name/2/", EMAIL):  # fmt: skip
        assert part in text
    assert "Борис" not in text
    assert other.number not in text
    assert "no-store" in page.headers["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in text


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_gifts(
    django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(1, count + 1):
        paid(number, name=f"Имя {number}")
    client = visitor()

    # session, visit, gifts and their count, refunds, requests, questions and shares, consents, years, monthly gifts,
    # names, erasure
    with django_assert_num_queries(13):
        assert client.get("/my/gifts/").status_code == 200


@pytest.mark.django_db
def test_gifts_are_paged_and_summed_by_year() -> None:
    for number in range(1, 13):
        paid(number)
    client = visitor()
    first, second = client.get("/my/gifts/"), client.get("/my/gifts/?page=2")

    assert (len(first.context["rows"]), len(second.context["rows"])) == (10, 2)
    (year,) = first.context["years"]
    assert (year.gifts, year.kept_kopecks) == (12, 12 * 500_00)


@pytest.mark.django_db
def test_the_name_is_hidden_for_one_gift_or_for_all() -> None:
    one, two = paid(1, name="Анна", slug="sad"), paid(2, name="Анна П.", slug="les")
    other = paid(3, name="Борис", email="other@example.org", slug="lug")
    client = visitor()
    assert "Анна" in Client().get("/projects/sad/").content.decode()
    client.post("/my/hide-name/", {"gift": other.pk})
    client.post("/my/hide-name/", {"gift": one.pk})
    assert "Анна" not in Client().get("/projects/sad/").content.decode()
    assert list(Donor.objects.exclude(public_name="").order_by("pk").values_list("public_name", flat=True)) == [
        "Анна П.", "Борис",
    ]  # fmt: skip
    for _ in range(2):
        client.post("/my/hide-name/")

    assert list(Donor.objects.exclude(public_name="").values_list("public_name", flat=True)) == ["Борис"]
    taken = ConsentWithdrawal.objects.values_list("consent__donor", "consent__text__kind")
    assert set(taken) == {(one.donor_id, "public_name"), (two.donor_id, "public_name")}
    assert "отозвано" in client.get("/my/gifts/").content.decode()
    assert client.post("/my/hide-name/", {"gift": "x"}).status_code == 404


@pytest.mark.django_db
def test_a_statement_is_made_shown_to_its_donor_alone_and_deleted_with_the_visit() -> None:
    gift = paid(1, slug="sad", kopecks=1_234_50)
    client = visitor()
    year = timezone.localdate(make.NOW).year
    page = client.post("/my/statements/", {"year": year})
    statement = Statement.objects.get()
    assert page.headers["Location"] == f"/my/statements/{statement.reference}/"
    assert 'http-equiv="refresh"' in client.get(page.headers["Location"]).content.decode()
    assert client.get(f"{page.headers['Location']}file.pdf").status_code == 404
    for _ in range(2):
        make_statement(statement_id=statement.pk, now=timezone.now())
    assert "Справка (PDF)" in client.get(page.headers["Location"]).content.decode()
    content = b"".join(client.get(f"{page.headers['Location']}file.pdf").streaming_content)  # type: ignore[attr-defined]
    reader = PdfReader(BytesIO(content))
    text = "".join(reader.pages[0].extract_text().split())
    words = "Однатысячадвеститридцатьчетырерубля50копеек"
    entry = f"№{gift.payment.operation_id}"
    for part in (f"за{year}год", EMAIL, f"№{gift.number}", "1234,50₽", words, entry, "/ledger/", "ИНН0000000000"):
        assert part in text

    paid(2, email="other@example.org")
    assert visitor("other@example.org").get(f"{page.headers['Location']}file.pdf").status_code == 404
    name = statement.file_name
    assert client.post("/my/leave/").headers["Location"] == "/my/"
    assert (default_storage.exists(name), Statement.objects.count()) == (False, 0)
    assert client.get("/my/gifts/").headers["Location"] == "/my/"


@pytest.mark.django_db
def test_a_statement_of_many_gifts_runs_over_pages() -> None:
    gifts = [paid(number, kopecks=100_00) for number in range(1, 46)]
    client = visitor()
    client.post("/my/statements/", {"year": timezone.localdate(make.NOW).year})
    statement = Statement.objects.get()
    make_statement(statement_id=statement.pk, now=timezone.now())
    with default_storage.open(statement.file_name) as stream:
        pages = ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(stream.read())).pages]

    assert [page.count("Записьвкнигах") for page in pages][:2] == [1, 1]
    assert [sum(f"№{gift.number}" in page for page in pages) for gift in gifts] == [1] * 45
    assert any("4500₽" in page for page in pages)


@pytest.mark.django_db
@pytest.mark.parametrize("year", ["1999", "x", "", "3000"])
def test_a_statement_of_a_year_without_gifts_is_not_made(year: str) -> None:
    paid(1)

    assert visitor().post("/my/statements/", {"year": year}).status_code == 404
    assert Statement.objects.count() == 0


@pytest.mark.django_db
def test_statements_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    paid(1)
    monkeypatch.setattr(visiting, "MOST_STATEMENTS", 1)
    client, year = visitor(), timezone.localdate(make.NOW).year
    first = client.post("/my/statements/", {"year": year}).headers["Location"]
    assert client.post("/my/statements/", {"year": year}).headers["Location"] == first
    Statement.objects.update(made_at=timezone.now())

    assert client.post("/my/statements/", {"year": year}).headers["Location"] == "/my/gifts/"
    assert Statement.objects.count() == 1


@pytest.mark.django_db
def test_being_forgotten_must_be_meant_and_is_then_seen_on_the_page() -> None:
    paid(1, name="Анна")
    client = visitor()
    assert "отменить это нельзя" in client.get("/my/erase/").content.decode()
    unsure = client.post("/my/erase/")
    assert (unsure.status_code, ErasureRequest.objects.count()) == (422, 0)
    for _ in range(2):
        assert client.post("/my/erase/", {"is_sure": "on"}).headers["Location"] == "/my/gifts/"

    assert ErasureRequest.objects.count() == 1
    text = client.get("/my/gifts/").content.decode()
    assert "Вы попросили удалить ваши данные" in text
    assert "Удалить мои данные" not in text


@pytest.mark.django_db
def test_who_is_owed_money_is_warned_before_being_forgotten() -> None:
    gift = paid(1)
    Refund.objects.create(
        payment=gift.payment, amount_kopecks=200_00, reason="mistake", request_key="r", created_at=make.NOW,
        state=Refund.State.REFUSED, operation=make.paid_donation(make.campaign("les"), number=9).payment.operation,
    )  # fmt: skip

    assert "Фонд должен вам 200\xa0₽" in visitor().get("/my/erase/").content.decode()
    assert my_selectors.owed_kopecks(email=EMAIL) == 200_00


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/my/", "/my/hide-name/", "/my/statements/", "/my/erase/", "/my/leave/"])
def test_a_form_from_elsewhere_is_refused(path: str) -> None:
    assert Client(enforce_csrf_checks=True).post(path, {"email": EMAIL}).status_code == 403
    assert Visit.objects.count() == 0


@pytest.mark.usefixtures("committed")
def test_the_sweep_finds_lost_links_and_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    paid(1)
    now = timezone.now() - timedelta(minutes=5)
    visit = visiting.ask_for_link(email=EMAIL, address="10.0.0.1", now=now)
    statement = visiting.ask_for_statement(visit_id=visit.pk, year=2026, now=now)
    monkeypatch.setattr(tasks.handle_visit, "apply_async", lambda kwargs, **_options: tasks.handle_visit(**kwargs))
    monkeypatch.setattr(tasks.make_statement, "apply_async", lambda kwargs, **_options: tasks.make_statement(**kwargs))
    tasks.sweep_links()

    statement.refresh_from_db()
    visit.refresh_from_db()
    assert (visit.handled_at is not None, statement.made_at is not None) == (True, True)
    default_storage.delete(statement.file_name)
