"""The script that anybody downloads: it proves a log of ours, and names whatever was done to it."""

from __future__ import annotations

import importlib.util
import json
import random
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from config.env import BASE_DIR
from fund.ledger import log, merkle, notes, sealing, selectors, services
from fund.money import Kopecks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fund.ledger.models import Operation

SCRIPT = BASE_DIR / "static/py/verify_books.py"
SPEC = importlib.util.spec_from_file_location("verify_books", SCRIPT)
assert SPEC is not None
assert SPEC.loader is not None
verify_books: Any = importlib.util.module_from_spec(SPEC)
sys.modules["verify_books"] = verify_books
SPEC.loader.exec_module(verify_books)

DAY = date(2026, 5, 1)
KEY = notes.SigningKey("fond.example/log", b"\x07" * 32)
OTHER = notes.SigningKey("fond.example/log", b"\x08" * 32)
FOREIGN = notes.SigningKey("other.example/log", b"\x07" * 32)


@dataclass
class Copy:
    """What an auditor has on disk."""

    place: Path

    def write(self, name: str, content: bytes | str) -> str:
        path = self.place / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    def check(self, content: bytes, head: str, *more: str, key: str = str(KEY.verifier)) -> int:
        paths = self.write("log.jsonl", content), self.write("checkpoint", head)
        return int(verify_books.main([*paths, *more, "--key", key]))


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def gift(number: int) -> Operation:
    return services.post_event(
        event="gift", subject="fund", amounts={"gross": Kopecks(1_000 + number)}, key=f"gift:{number}",
        business_date=DAY, reference=f"{number:06}",
    )  # fmt: skip


def exported() -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_leaf(operation_id) FROM ledger_logentry ORDER BY place")
        return b"".join(leaf.encode() + b"\n" for (leaf,) in cursor.fetchall())


def seal() -> str:
    sealing.seal_books(key=KEY)
    head = log.newest_head()
    assert head is not None
    return head.note


@pytest.fixture
def books(committed: str) -> tuple[bytes, str, str]:
    """Return a real log of nine entries, its checkpoint, and an older one of five."""
    for number in range(4):
        gift(number)
    wrong = gift(777)
    older = seal()
    for number in range(4, 7):
        gift(number)
    services.reverse_operation(
        operation=wrong, reason="duplicate", approved_by_role="treasurer", key="right", business_date=DAY
    )
    newest = seal()
    return exported(), newest, older


def test_a_log_of_ours_is_proved_and_its_balances_are_ours(books: tuple[bytes, str, str], copy: Copy) -> None:
    content, newest, older = books
    paths = [copy.write("log", content), copy.write("new", newest), copy.write("old", older)]
    key = copy.write("key", f"{KEY.verifier}\n")

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(SCRIPT), *paths, "--key", key, *more]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    told = run("--json")
    assert (told.returncode, told.stderr) == (0, "")
    found = json.loads(told.stdout)
    totals = selectors.account_totals(codes=["57.yookassa", "86.fund"])
    assert {row["code"]: (row["debit_kopecks"], row["credit_kopecks"]) for row in found["accounts"]} == {
        code: (row.debit_kopecks, row.credit_kopecks) for code, row in totals.items()
    }
    assert (found["size"], found["older_size"], found["postings"]) == (9, 5, 9)

    balances = copy.write("balances", json.dumps({"items": found["accounts"]}))
    plain = run("--balances", balances)
    assert (plain.returncode, plain.stderr) == (0, "")
    assert "Доказано: журнал из 9 записей (9 проводок)" in plain.stdout
    assert "Старая сверка на 5 записей с ним согласна" in plain.stdout

    copy.write("balances", "code,debit_kopecks,credit_kopecks\n57.yookassa,1,0\n")
    other = run("--balances", balances)
    assert (other.returncode, other.stdout) == (1, "")
    assert "счёт 57.yookassa" in other.stderr


def test_whatever_is_done_to_a_log_is_found(books: tuple[bytes, str, str], copy: Copy) -> None:
    content, newest, older = books
    rows = content.splitlines(keepends=True)
    old = copy.write("old", older)

    @hypothesis_settings(max_examples=300, deadline=None, database=None)
    @given(st.data())
    def try_one(data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(content) - 1))
        line, other = data.draw(st.permutations(range(len(rows))))[:2]
        swapped = [*rows]
        swapped[line], swapped[other] = rows[other], rows[line]
        changed = data.draw(
            st.sampled_from(
                [
                    content[:at] + bytes([content[at] ^ data.draw(st.integers(1, 255))]) + content[at + 1 :],
                    content[:at],
                    content[:at] + data.draw(st.binary(min_size=1, max_size=5)) + content[at:],
                    content[:at] + content[at + 1 :],
                    b"".join(rows[:line] + rows[line + 1 :]),
                    b"".join([*rows[:line], rows[other], *rows[line:]]),
                    b"".join(swapped),
                    content + rows[line],
                ]
            )
        )
        more = [old] if data.draw(st.booleans()) else []
        if changed != content:
            assert copy.check(changed, newest, *more) == 1

    try_one()
    assert copy.check(content, newest, old) == 0


def test_a_fault_is_named_as_exactly_as_can_be_known(
    books: tuple[bytes, str, str], copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    content, newest, older = books
    rows = content.splitlines(keepends=True)
    hashes = copy.write("leaves", b"".join(merkle.leaf_hash(row[:-1]) for row in rows))
    old = copy.write("old", older)
    changed = [*rows]
    changed[6] = rows[6].replace(b'"amount_kopecks":1', b'"amount_kopecks":9')
    assert changed[6] != rows[6]
    forged = b"".join(changed)
    dropped = b"".join(rows[:2] + rows[3:])
    early = b"".join([rows[0].replace(b":1000,", b":1001,"), *rows[1:]])

    def told(*asked: Any) -> str:
        assert copy.check(*asked) == 1
        return capsys.readouterr().err

    assert "Строки 1–9 — не те, что подписаны" in told(forged, newest)
    assert "Строки 6–9 — не те, что подписаны" in told(forged, newest, old)
    assert "Строки 1–5 — не те, что подписаны в старой сверке" in told(early, newest, old)
    assert "Строка 7: это не та запись, что подписана" in told(forged, newest, "--leaves", hashes)
    assert "Строка 3: подписанной записи с этим местом нет" in told(dropped, newest, "--leaves", hashes)
    assert "Строк в журнале 8, а подписано 9" in told(dropped, newest)
    assert "Строка 10: она и всё, что после неё, не подписано" in told(content + rows[0], newest)
    assert "Строка 6: она и всё" in told(content, older)
    assert "Строка 9: она обрывается" in told(content[:-1], newest)
    assert "Журнал откатили назад: в старой сверке записей 9, в новой только 5" in told(
        b"".join(rows[:5]), older, copy.write("kept", newest)
    )
    other = notes.write_checkpoint(key=KEY, size=9, root=b"r" * 32)
    assert "Раздвоение" in told(content, newest, copy.write("fork", other))
    assert "подпись неверна" in told(content, newest.replace("\n9\n", "\n8\n"))


def entry(number: int, **changes: Any) -> dict[str, Any]:
    plain = {
        "business_date": "2026-05-01", "document_hashes": [], "kind": "gift", "memo": "Пожертвование", "number": number,
        "posted_at": "2026-05-01T10:00:00.000000Z", "reverses": None, "subject": "fund", "version": 1,
        "postings": [{"amount_kopecks": 100, "credit": "86.fund", "debit": "57.yookassa"}],
    }  # fmt: skip
    return plain | changes


def leaf(found: dict[str, Any]) -> bytes:
    return json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def posting(amount: Any = 100, credit: str = "86.fund", debit: str = "57.yookassa") -> dict[str, Any]:
    return {"amount_kopecks": amount, "credit": credit, "debit": debit}


MIRROR = [posting(credit="57.yookassa", debit="86.fund")]
BAD: list[tuple[list[bytes], str]] = [
    ([leaf(entry(1)), leaf(entry(1))], "Строка 2: запись № 1 стоит в журнале второй раз"),
    ([leaf(entry(1)).replace(b'"kind"', b' "kind"')], "Строка 1: запись не в каноническом виде"),
    ([leaf(entry(1)).replace("П".encode(), b"\\u041f")], "не в каноническом виде"),
    ([b"\xff"], "это не запись журнала"),
    ([b"[" * 5000], "это не запись журнала"),
    ([b"[]"], "не те поля"),
    ([leaf(entry(1, more=1))], "не те поля"),
    ([leaf(entry(1, version=2))], "«version»"),
    ([leaf(entry(1, version=True))], "«version»"),
    ([leaf(entry(0))], "«number»"),
    ([leaf(entry(1, business_date="2026-02-30"))], "«business_date»"),
    ([leaf(entry(1, posted_at="2026-05-01T25:00:00.000000Z"))], "«posted_at»"),
    ([leaf(entry(1, kind=""))], "«kind»"),
    ([leaf(entry(1, memo=None))], "«memo»"),
    ([leaf(entry(1, document_hashes=["x"]))], "«document_hashes»"),
    ([leaf(entry(1, reverses=0))], "«reverses»"),
    ([leaf(entry(1, postings=[]))], "«postings»"),
    ([leaf(entry(1, postings=[posting(0)]))], "«postings»"),
    ([leaf(entry(1, postings=[posting(1.5)]))], "«postings»"),
    ([leaf(entry(1, postings=[posting(2**53)]))], "«postings»"),
    ([leaf(entry(1, postings=[posting(credit="57.yookassa")]))], "«postings»"),
    ([leaf(entry(1, postings=[posting(credit="касса")]))], "«postings»"),
    ([leaf(entry(1, postings=[posting()] * 201))], "«postings»"),
    ([leaf(entry(1)), leaf(entry(2, reverses=1))], "Запись № 2 исправляет № 1, но не зеркально"),
    ([leaf(entry(2, reverses=1, postings=MIRROR))], "№ 1, которой в журнале нет"),
    (
        [leaf(entry(1)), *(leaf(entry(number, reverses=1, postings=MIRROR)) for number in (2, 3))],
        "Строка 3: запись № 1 исправлена второй раз",
    ),
    (
        [leaf(entry(1)), leaf(entry(2, reverses=1, postings=MIRROR)), leaf(entry(3, reverses=2))],
        "Запись № 3 исправляет № 2, но не зеркально",
    ),
    ([leaf(entry(1, memo="x" * 70_000))], "длиннее, чем бывает запись"),
]


@pytest.mark.parametrize(("leaves", "sentence"), BAD)
def test_what_was_signed_is_looked_at_too(
    leaves: list[bytes], sentence: str, copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    root = merkle.tree_hash([merkle.leaf_hash(one) for one in leaves])
    head = notes.write_checkpoint(key=KEY, size=len(leaves), root=root)

    assert copy.check(b"".join(one + b"\n" for one in leaves), head) == 1
    assert sentence in capsys.readouterr().err


def test_a_reversal_may_stand_before_what_it_puts_right(copy: Copy) -> None:
    leaves = [leaf(entry(2, reverses=1, postings=MIRROR)), leaf(entry(1))]
    root = merkle.tree_hash([merkle.leaf_hash(one) for one in leaves])

    assert copy.check(b"".join(one + b"\n" for one in leaves), notes.write_checkpoint(key=KEY, size=2, root=root)) == 0


GOOD = notes.write_checkpoint(key=KEY, size=0, root=merkle.tree_hash([]))
VKEY = str(KEY.verifier)
WRONG_CALLS: dict[str, tuple[Callable[[Copy], list[str]], str]] = {
    "nothing": (lambda _copy: [], "Вызвано неверно"),
    "no checkpoint": (lambda copy: [copy.write("l", b""), "--key", VKEY], "Нужны журнал и сверка"),
    "no log": (lambda copy: [str(copy.place / "none"), copy.write("c", GOOD), "--key", VKEY], "Журнал: файл"),
    "a directory": (lambda copy: [str(copy.place), copy.write("c", GOOD), "--key", VKEY], "Журнал: файл"),
    "no file": (lambda copy: ["l", str(copy.place / "none"), "--key", VKEY], "Сверка: файл"),
    "cut off": (lambda copy: ["l", copy.write("c", GOOD[:-1]), "--key", VKEY], "или файл обрезан"),
    "cut in the signature": (lambda copy: ["l", copy.write("c", GOOD[:-9] + "\n"), "--key", VKEY], "подпись обрезана"),
    "no text": (lambda copy: ["l", copy.write("c", b"\xff\xfe"), "--key", VKEY], "не текст UTF-8"),
    "too large": (lambda copy: ["l", copy.write("c", b"x" * 200_001), "--key", VKEY], "слишком велик"),
    "another log": (
        lambda copy: ["l", copy.write("c", GOOD), "--key", str(FOREIGN.verifier)],
        "сверка другого журнала",
    ),
    "another key": (lambda copy: ["l", copy.write("c", GOOD), "--key", str(OTHER.verifier)], "этим ключом сверка не"),
    "no key": (lambda copy: ["l", copy.write("c", GOOD), "--key", "abc"], "Ключ: это не ключ"),
    "half a key": (lambda copy: ["l", copy.write("c", GOOD), "--key", VKEY[:-4]], "Ключ: это не ключ"),
    "key misspelt": (
        lambda copy: ["l", copy.write("c", GOOD), "--key", VKEY.replace(KEY.verifier.key_id.hex(), "00000000")],
        "опечатка",
    ),
    "size misspelt": (
        lambda copy: ["l", copy.write("c", notes.write_checkpoint(key=KEY, size=-1, root=b"r" * 32)), "--key", VKEY],
        "размер или корень",
    ),
    "hashes of another checkpoint": (
        lambda copy: ["l", copy.write("c", GOOD), "--key", VKEY, "--leaves", str(copy.place)],
        "Хеши: файл",
    ),
    "balances of no form": (
        lambda copy: [copy.write("l", b""), copy.write("c", GOOD), "--key", VKEY, "--balances", copy.write("b", "[1]")],
        "Остатки: нужны",
    ),
    "no proof": (lambda copy: ["--proof", copy.write("p", "hello"), "--key", VKEY], "это не файл .tlog-proof"),
}


@pytest.mark.parametrize("name", WRONG_CALLS)
def test_a_wrong_call_is_told_in_a_sentence(name: str, copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    arguments, sentence = WRONG_CALLS[name]

    assert verify_books.main(arguments(copy)) == 2
    told = capsys.readouterr()
    assert sentence in told.err
    assert told.out == ""


def test_one_proof_is_checked_without_the_log(
    books: tuple[bytes, str, str], copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    found = log.find_proof(number=3)
    assert found is not None
    text = found.text()

    assert verify_books.main(["--proof", copy.write("p", text), "--key", VKEY]) == 0
    assert "запись № 3 стоит в подписанном журнале на месте 3 из 9" in capsys.readouterr().out
    chance = random.Random(4)
    for at in chance.sample(range(len(text)), 120):
        changed = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
        assert verify_books.main(["--proof", copy.write("p", changed), "--key", VKEY]) in {1, 2}, at
        assert verify_books.main(["--proof", copy.write("p", text[:at]), "--key", VKEY]) == 2, at


def test_its_tree_is_that_of_a_program_of_others() -> None:
    ours, theirs = verify_books.Tree(), InmemoryTree(algorithm="sha256")
    for number in range(70):
        one = str(number).encode()
        ours.add(verify_books.leaf_hash(one))
        theirs.append_entry(one)
        assert ours.root() == theirs.get_root()
