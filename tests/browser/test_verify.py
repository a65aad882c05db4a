"""A proof is checked in a real browser: on the site under its policy, and from a saved file with no site at all."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

import pytest
import requests
from django.conf import settings
from playwright.sync_api import expect

from fund.ledger import merkle, notes, verifying
from fund.ledger.log import LogHead, Proof
from tests.browser.looking import is_narrow
from tests.browser.walking import before_script
from tests.make import NOW
from tests.stack import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.stack import Stack

KEY = notes.read_signing_key(settings.LOG_SIGNING_KEY)
OTHER = notes.SigningKey(KEY.name, b"\x08" * 32)
FOREIGN = notes.SigningKey("other.example/log", b"\x07" * 32)
PLACE, SIZE = 4, 7


def leaf(number: int, version: int = 1) -> str:
    postings = [
        {"amount_kopecks": 123_456_05, "credit": "57.yookassa", "debit": "86.fund"},
        {"amount_kopecks": 50, "credit": "57.yookassa", "debit": "26.acquiring"},
    ]
    memo = f"Исправление <b>№</b> {number}"
    entry = {
        "business_date": "2026-05-31", "document_hashes": [], "kind": "reversal", "memo": memo, "number": number + 1000,
        "posted_at": "2026-05-31T10:00:00.000000Z", "postings": postings, "reverses": number, "subject": "fund",
        "version": version,
    }  # fmt: skip
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def proof(key: notes.SigningKey = KEY, *, place: int = PLACE, size: int = SIZE, version: int = 1) -> str:
    """Return the proof of one entry of a log made here."""
    hashes = [merkle.leaf_hash(leaf(number, version).encode()) for number in range(size)]

    def subtree_hash(subtree: merkle.Subtree) -> bytes:
        start = subtree.place << subtree.height
        return merkle.tree_hash(hashes[start : start + (1 << subtree.height)])

    path = tuple(merkle.range_hash(*span, subtree_hash) for span in merkle.path_ranges(place, size))
    root = merkle.tree_hash(hashes)
    note = notes.write_checkpoint(key=key, size=size, root=root)
    return Proof(place, leaf(place, version), LogHead(1, size, root, note, NOW), path).text()


GOOD = proof()
LINES = GOOD.split("\n")
ENTRY = b64decode(LINES[1].removeprefix("extra "))
CHEAPER = b64encode(ENTRY.replace(b"12345605", b"12345604")).decode()
BAD = {
    "": "Проверять пока нечего",
    "hello": "файл начинается не так",
    GOOD[: GOOD.index("\n\n") - 20]: "Файл обрезан",
    GOOD[: GOOD.rindex("\n\n") - 5]: "Файл обрезан",
    GOOD[:-20]: "Файл испорчен",
    GOOD.replace(LINES[1] + "\n", ""): "нет самой записи",
    GOOD.replace(LINES[3], LINES[3][:-5] + "AAAA="): "не дойти до корня",
    GOOD.replace(LINES[3], LINES[3][:-5]): "Файл испорчен",
    GOOD.replace("index 4", "index 5"): "не дойти до корня",
    GOOD.replace("index 4", "index 7"): "Файл испорчен",
    GOOD.replace(LINES[1], f"extra {CHEAPER}"): "не дойти до корня",
    GOOD.replace(f"\n{SIZE}\n", "\n8\n"): "Подпись неверна",
    proof(OTHER): "Эту сверку подписал другой ключ",
    proof(FOREIGN): "Это доказательство из другого журнала, «other.example/log»",
    proof(version=2): "её вид этой странице незнаком",
    "c2sp.org/tlog-proof@v1\n" + "x" * 200_000: "Файл слишком велик",
}


@pytest.fixture
def saved(page: Page, tmp_path: Path) -> Page:
    """Open the page that somebody saved, from a disk and with no network."""
    path = tmp_path / "verify.html"
    path.write_bytes(verifying.saved_page())
    page.context.set_offline(True)
    page.goto(path.as_uri())
    return page


def check(page: Page, text: str) -> str:
    page.locator("#proof-text").fill(text)
    page.get_by_role("button", name="Проверить").click()
    result = page.locator("[data-result]")
    expect(result).to_be_focused()
    return result.inner_text()


def test_a_saved_page_proves_an_entry_in_words_and_roubles(saved: Page, tmp_path: Path) -> None:
    path = tmp_path / "penza-1004.tlog-proof"
    path.write_bytes(GOOD.replace("\n", "\r\n").encode())  # as a letter may bring it
    saved.locator("#proof-file").set_input_files(path)
    result = saved.locator("[data-result]")
    expect(result).to_contain_text("Доказано")

    told = result.inner_text().replace("\N{NO-BREAK SPACE}", " ")
    for part in (
        "Запись № 1 004 стоит в книгах", "записей: 7", "Исправление <b>№</b> 4, 31 мая 2026 г.", "Сумма: 123 456,55 ₽",
        "Дт 86.fund, Кт 57.yookassa: 123 456,05 ₽", "Дт 26.acquiring, Кт 57.yookassa: 0,50 ₽",
        "Она исправляет запись № 4", "Место в журнале: 5 из 7", KEY.name,
    ):  # fmt: skip
        assert part in told
    assert is_narrow(saved)


def test_a_saved_page_says_of_each_bad_proof_what_is_wrong_with_it(saved: Page) -> None:
    assert {text: sentence for text, sentence in BAD.items() if sentence not in check(saved, text)} == {}
    own = saved.locator("#proof-key")
    vkey = str(KEY.verifier)
    for key, sentence in (
        ("abc", "Это не ключ журнала"), (vkey[:-4], "Это не ключ журнала"),
        (vkey.replace(KEY.verifier.key_id.hex(), "00000000"), "не подходит к собственному номеру"),
        (str(OTHER.verifier), "подписал другой ключ"), (str(FOREIGN.verifier), "ключ — от журнала «other.example/log»"),
    ):  # fmt: skip
        own.fill(key)
        assert sentence in check(saved, GOOD), key
    own.fill(f" {vkey}\n")
    assert "Доказано" in check(saved, GOOD)


def test_a_saved_page_follows_the_path_of_every_place_in_logs_of_many_sizes(saved: Page) -> None:
    wrong = []
    for size in (1, 2, 3, 6, 9):
        for place in range(size):
            told = check(saved, proof(place=place, size=size))
            if f"Место в журнале: {place + 1} из {size}." not in told:
                wrong.append((place, size))
    assert wrong == []


def test_a_file_that_is_none_is_refused_in_a_sentence(saved: Page) -> None:
    result = saved.locator("[data-result]")
    for content, sentence in ((b"x" * 200_001, "Файл слишком велик"), (b"\xff\xfe", "файл начинается не так")):
        saved.locator("#proof-file").set_input_files({"name": "x", "mimeType": "text/plain", "buffer": content})
        expect(result).to_contain_text(sentence)


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (
            "SubtleCrypto.prototype.importKey = () => Promise.reject(new DOMException('no', 'NotSupportedError'))",
            "ещё не умеет проверять подписи Ed25519",
        ),
        ("Object.defineProperty(Crypto.prototype, 'subtle', {value: undefined})", "только на защищённых страницах"),
    ],
)
def test_a_browser_that_cannot_check_says_so_and_proves_nothing(
    browser: Browser, tmp_path: Path, script: str, sentence: str
) -> None:
    path = tmp_path / "verify.html"
    path.write_bytes(verifying.saved_page())
    context = browser.new_context(locale="ru-RU")
    page = context.new_page()
    page.add_init_script(script)
    page.goto(path.as_uri())
    told = check(page, GOOD)
    context.close()

    assert sentence in told
    assert "Не доказано" in told


def test_without_javascript_the_page_names_the_script(plain_page: Page, tmp_path: Path) -> None:
    path = tmp_path / "verify.html"
    path.write_bytes(verifying.saved_page())
    plain_page.goto(path.as_uri())

    assert "verify_books.py --proof" in plain_page.inner_text("main")
    expect(plain_page.get_by_role("button", name="Проверить")).to_be_hidden()


@pytest.mark.stack
def test_a_donors_proof_is_dropped_on_the_page_and_holds(page: Page, stack: Stack) -> None:
    answer = stack.give(email="prover@example.org").json()
    stack.control.pay(stack.payment_id(answer))
    number = stack.wait_for(answer["token"], status="succeeded")["operation"]
    address = f"{stack.url}/ledger/operations/{number}/proof"
    wait_until(lambda: requests.get(address, timeout=10).ok)
    text = requests.get(address, timeout=10).text

    with before_script(page, f"{stack.url}/ledger/verify/", "**/js/verify*.js"):
        page.locator("#proof-file").set_input_files({"name": "p", "mimeType": "text/plain", "buffer": text.encode()})
        expect(page.get_by_role("button", name="Проверить")).to_be_disabled()
    expect(page.locator("[data-result]")).to_contain_text("Доказано")
    page.goto(f"{stack.url}/ledger/verify/")
    page.evaluate(
        """text => {
            const carried = new DataTransfer();
            carried.items.add(new File([text], "penza.tlog-proof"));
            const event = new DragEvent("drop", {dataTransfer: carried, bubbles: true, cancelable: true});
            document.querySelector("[data-verifier]").dispatchEvent(event);
        }""",
        text,
    )
    result = page.locator("[data-result]")
    expect(result).to_contain_text("Доказано")
    assert "Дт 57.yookassa, Кт 86.jazz-may: 500 ₽" in result.inner_text().replace("\N{NO-BREAK SPACE}", " ")
