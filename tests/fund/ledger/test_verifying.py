"""An entry's page, its proof, and all that anybody takes along to check the books without us."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from config.env import BASE_DIR
from fund.ledger import log, notes, services, verifying
from fund.money import Kopecks
from pages.kept import shelf
from tests import make

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries
    from pytest_django.fixtures import Settings

WAITS = "Запись ждёт ближайшей подписанной сверки: доказательство появится через несколько секунд."


def gift(number: int) -> int:
    """Write a gift and return the operation's number."""
    operation = services.post_event(
        event="gift", subject="fund", amounts={"gross": Kopecks(1_000 + number)}, key=f"gift:{number}",
        business_date=date(2026, 5, 1), reference=f"{number:06}",
    )  # fmt: skip
    return operation.number


def page(number: int) -> str:
    cache.delete(shelf.LOOKED)  # as if the second had passed after which a kept page is looked at anew
    return Client().get(f"/ledger/operations/{number}/").content.decode()


@pytest.mark.usefixtures("committed")
def test_an_entry_waits_and_then_shows_its_place_and_its_proof_on_the_kept_page_too() -> None:
    first, second = gift(1), gift(2)
    make.seal()
    third = gift(3)

    assert "ждёт подписи" in page(third)
    assert f"/ledger/operations/{third}/proof" not in page(third)
    services.seal_checkpoint()  # sealed, not signed
    assert "ждёт подписи" in page(third)
    make.seal()
    shown = page(third)
    assert "ждёт подписи" not in shown
    assert f'href="/ledger/operations/{third}/proof"' in shown
    assert 'href="/log/checkpoint/3"' in shown
    assert "на 3 записи" in shown
    assert "3 из 3" in shown
    assert "1 из 3" in page(first)
    entry = log.find_entry(number=second)
    assert entry is not None
    assert entry.leaf.replace('"', "&quot;") in page(second)


@pytest.mark.usefixtures("committed")
def test_a_proof_is_a_file_that_the_logs_key_signed() -> None:
    number = gift(1)
    waiting = Client().get(f"/ledger/operations/{number}/proof")
    assert (waiting.status_code, waiting.content.decode()) == (404, f"{WAITS}\n")
    assert (waiting["Cache-Control"], waiting["Retry-After"]) == ("no-store", str(settings.PACE_SECONDS))

    make.seal()
    answer = Client().get(f"/ledger/operations/{number}/proof")
    proof = log.find_proof(number=number)
    assert proof is not None
    assert answer.content.decode() == proof.text()
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="penza-{number}.tlog-proof"'
    note = answer.content.decode().partition("\n\n")[2]
    assert notes.read_checkpoint(note, key=notes.read_verifier_key(settings.LOG_VERIFIER_KEY)).size == 1
    for missing in (number + 1, 2**63, 10**30):
        assert Client().get(f"/ledger/operations/{missing}/proof").status_code == 404


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize(("count", "proof_queries"), [(1, 3), (3, 4), (5, 4)])  # one entry alone needs no path
def test_an_entrys_page_costs_the_same_whatever_the_log_holds(
    count: int, proof_queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    numbers = [gift(number) for number in range(count)]
    make.seal()
    page(numbers[-1])  # what is read once in a process

    with django_assert_num_queries(7):
        Client(headers={"HX-Request": "true"}).get(f"/ledger/operations/{numbers[0]}/")
    with django_assert_num_queries(proof_queries):
        Client().get(f"/ledger/operations/{numbers[0]}/proof")


@pytest.mark.django_db
def test_the_page_of_verification_names_the_key_and_the_hashes_of_what_can_be_saved(client: Client) -> None:
    shown = client.get("/ledger/verify/")
    saved, script = client.get("/ledger/verify/verify.html"), client.get("/ledger/verify/verify_books.py")

    text = shown.content.decode()
    for part in (
        settings.LOG_VERIFIER_KEY, sha256(saved.content).hexdigest(), sha256(script.content).hexdigest(),
        f'<dd class="code">{verifying.log_name()}</dd>', 'href="/log/verifier.txt"', 'href="/log/checkpoint"',
    ):  # fmt: skip
        assert part in text
    assert verifying.page_sha256() == sha256(saved.content).hexdigest()
    assert "unsafe" not in shown["Content-Security-Policy"]
    assert "<style" not in text
    assert saved["Content-Disposition"] == 'attachment; filename="verify.html"'
    assert script["Content-Disposition"] == 'attachment; filename="verify_books.py"'
    assert script.content == (BASE_DIR / "static/py/verify_books.py").read_bytes()
    assert client.get("/en/ledger/verify/verify.html").content == saved.content
    assert "Check the books yourself" in client.get("/en/ledger/verify/").content.decode()


def test_the_saved_page_is_one_file_made_of_the_sites_own_module() -> None:
    text = verifying.saved_page().decode()
    module = (BASE_DIR / "static/js/verify.js").read_text(encoding="utf-8")

    assert module in text
    assert text.count("</script") == 1
    assert text.count("<script") == 1
    for way_out in ("src=", "<link", "url(", "fetch(", "import ", "XMLHttpRequest"):
        assert way_out not in text
    assert "default-src 'none'" in text
    assert settings.LOG_VERIFIER_KEY in text


def test_another_key_makes_another_page(settings: Settings) -> None:
    before = verifying.page_sha256()
    settings.LOG_VERIFIER_KEY = str(notes.SigningKey("other.example/log", b"\x07" * 32).verifier)

    assert verifying.page_sha256() != before
    assert "other.example/log" in verifying.saved_page().decode()
    assert verifying.log_name() == "other.example/log"
