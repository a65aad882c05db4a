#!/usr/bin/env python3
"""Check the books of the fund «Социальный капитал» without the fund: one file, Python 3.10 or later, `cryptography`.

    python3 verify_books.py LOG.jsonl CHECKPOINT [OLDER_CHECKPOINT] --key KEY
    python3 verify_books.py --proof penza-12.tlog-proof --key KEY

The log has one entry a line, byte for byte as it was signed (canonical JSON, RFC 8785); a checkpoint is a signed note
(c2sp.org/tlog-checkpoint) above an RFC 6962 Merkle tree. Proved means: each line is in the tree that was signed and
nothing stands beside them; the older checkpoint's entries are its first ones; each entry is well formed; here is what
every account holds. Memory does not grow with the log. Exit code: 0 proved, 1 a fault was found, 2 called wrongly.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    sys.stderr.write("Нужна библиотека cryptography: python3 -m pip install cryptography\n")
    raise SystemExit(2) from None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

ED25519, HASH_BYTES, KEY_BYTES, ID_BYTES, SIGNED_BYTES = b"\x01", 32, 33, 4, 68
LONGEST_LEAF, LONGEST_NOTE = 65_535, 200_000
MOST_POSTINGS, MOST_DOCUMENTS, LARGEST = 200, 100, 2**53 - 1
SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
CODE = re.compile(r"[0-9]{2}(\.[0-9a-z-]+)*")
HASH = re.compile(r"[0-9a-f]{64}")
POSTED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
NUMBER = re.compile(rb',"number":([0-9]+),"posted_at":"')  # in a canonical leaf no text can hold it: quotes are escaped
CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class FaultError(Exception):
    """The log is not what was signed, or what was signed is not in order; exit code 1."""


class CallError(Exception):
    """What the script was called with can't be used; exit code 2."""


# --- Keys and signed notes (c2sp.org/signed-note)


@dataclass(frozen=True)
class Key:
    """The public key of a log, by the log's name."""

    name: str
    public: bytes

    @property
    def number(self) -> bytes:
        """Return the four bytes that stand before each of its signatures."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:ID_BYTES]


@dataclass(frozen=True)
class Head:
    """What a checkpoint says: how many entries there are, and the root above them."""

    size: int
    root: bytes


def decoded(text: str, sentence: str) -> bytes:
    """Return base64 as bytes; there is one way to write them."""
    try:
        found = b64decode(text, validate=True)
    except ValueError as error:
        raise CallError(sentence) from error
    if b64encode(found).decode() != text:
        raise CallError(sentence)
    return found


def read_text(path: str, what: str) -> str:
    """Return a small file's text."""
    try:
        with Path(path).open("rb") as stream:
            content = stream.read(LONGEST_NOTE + 1)
        if len(content) > LONGEST_NOTE:
            raise CallError(f"{what}: файл «{path}» слишком велик для этого.")
        return content.decode()
    except OSError as error:
        raise CallError(f"{what}: файл «{path}» не читается ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise CallError(f"{what}: в файле «{path}» не текст UTF-8.") from error


def read_key(text: str) -> Key:
    """Return the key of a text such as ``fond.example/log+0123abcd+AQ…``."""
    name, _, rest = text.strip().partition("+")
    number, _, encoded = rest.partition("+")
    content = decoded(encoded, "Ключ: это не ключ журнала, в нём не base64.")
    if not name or len(content) != KEY_BYTES or not content.startswith(ED25519):
        raise CallError("Ключ: это не ключ журнала; он выглядит так: fond.example/log+0123abcd+AQ…")
    key = Key(name, content[1:])
    if key.number.hex() != number:
        raise CallError("Ключ: он не подходит к собственному номеру, где-то опечатка.")
    return key


def read_checkpoint(note: str, key: Key, what: str) -> Head:
    """Return what a checkpoint says, once the key's signature was found good."""
    text, blank, signatures = note.rpartition("\n\n")
    lines = text.split("\n")
    if not blank or len(lines) < 3 or not note.endswith("\n"):  # noqa: PLR2004 - name, size, root
        raise CallError(f"{what}: это не подписанная сверка, или файл обрезан.")
    if lines[0] != key.name:
        raise CallError(f"{what}: сверка другого журнала, «{lines[0]}», а ключ от «{key.name}».")
    check_signature(f"{text}\n".encode(), signatures, key, what)
    root = decoded(lines[2], f"{what}: корень записан не в base64.")
    if not SIZE.fullmatch(lines[1]) or len(root) != HASH_BYTES:
        raise CallError(f"{what}: размер или корень записаны не так.")
    return Head(int(lines[1]), root)


def check_signature(text: bytes, signatures: str, key: Key, what: str) -> None:
    """Find the key's own signature among all, and check it."""
    for line in signatures.removesuffix("\n").split("\n"):
        mark, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        signed = decoded(encoded, f"{what}: строка подписи испорчена или обрезана.")
        if mark != "—":
            raise CallError(f"{what}: строка подписи испорчена или обрезана.")
        if name == key.name and signed[:ID_BYTES] == key.number:
            if len(signed) != SIGNED_BYTES:
                raise CallError(f"{what}: подпись обрезана.")
            try:
                Ed25519PublicKey.from_public_bytes(key.public).verify(signed[ID_BYTES:], text)
            except InvalidSignature as error:
                raise FaultError(f"{what}: подпись неверна, сверку изменили после подписи.") from error
            return
    raise CallError(f"{what}: этим ключом сверка не подписана; ключ другой?")


# --- The Merkle tree (RFC 6962, 2.1)


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of an entry."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash above two others."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows leaf by leaf and keeps the roots of its whole subtrees alone, one for each bit of its size."""

    def __init__(self) -> None:
        self.size = 0
        self.roots: list[bytes] = []

    def add(self, found: bytes) -> None:
        """Add the hash of one more leaf."""
        size = self.size
        while size & 1:
            found = node_hash(self.roots.pop(), found)
            size >>= 1
        self.roots.append(found)
        self.size += 1

    def root(self) -> bytes:
        """Return the root above all leaves so far."""
        if not self.roots:
            return sha256(b"").digest()
        found = self.roots[-1]
        for left in self.roots[-2::-1]:
            found = node_hash(left, found)
        return found


def proven_root(found: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root to which a path leads from a leaf's hash (RFC 9162, 2.1.3.2); None if it leads nowhere."""
    last = size - 1
    for step in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            found = node_hash(step, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = node_hash(found, step)
        index, last = index >> 1, last >> 1
    return found if last == 0 else None


# --- One entry


def is_code(value: Any) -> bool:
    """Return whether it is an account's code, such as «86.jazz-may»."""
    return isinstance(value, str) and CODE.fullmatch(value) is not None


def is_whole(value: Any) -> bool:
    """Return whether it is a whole number above nought."""
    return type(value) is int and 0 < value <= LARGEST


def is_day(value: Any) -> bool:
    """Return whether it is a day, such as «2026-05-31»."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def is_moment(value: Any) -> bool:
    """Return whether it is a moment of UTC, to the microsecond."""
    try:
        return isinstance(value, str) and bool(POSTED.fullmatch(value) and datetime.fromisoformat(value[:-1]))
    except ValueError:
        return False


def is_posting(value: Any) -> bool:
    """Return whether it moves a sum from one account to another."""
    return (
        isinstance(value, dict)
        and value.keys() == {"amount_kopecks", "credit", "debit"}
        and is_whole(value["amount_kopecks"])
        and is_code(value["credit"])
        and is_code(value["debit"])
        and value["credit"] != value["debit"]
    )


def is_text(value: Any) -> bool:
    """Return whether it is a text, empty perhaps."""
    return isinstance(value, str)


SHAPE: dict[str, Callable[[Any], bool]] = {
    "business_date": is_day,
    "document_hashes": lambda value: (
        isinstance(value, list)
        and len(value) <= MOST_DOCUMENTS
        and all(isinstance(one, str) and HASH.fullmatch(one) for one in value)
    ),
    "kind": lambda value: isinstance(value, str) and value != "",
    "memo": is_text,
    "number": is_whole,
    "posted_at": is_moment,
    "postings": lambda value: (
        isinstance(value, list) and 0 < len(value) <= MOST_POSTINGS and all(map(is_posting, value))
    ),
    "reverses": lambda value: value is None or is_whole(value),
    "subject": is_text,
    "version": lambda value: type(value) is int and value == 1,
}


def read_leaf(leaf: bytes, where: str) -> dict[str, Any]:
    """Return an entry whose form was found good: canonical, complete, each value what it should be."""
    try:
        text = leaf.decode()
        found = json.loads(text)
        is_canonical = CANONICAL.encode(found) == text
    except (ValueError, RecursionError) as error:
        raise FaultError(f"{where}: это не запись журнала (не JSON в UTF-8).") from error
    if not is_canonical:
        raise FaultError(f"{where}: запись не в каноническом виде (RFC 8785).")
    if not isinstance(found, dict) or found.keys() != SHAPE.keys():
        raise FaultError(f"{where}: у записи не те поля.")
    wrong = [name for name, fits in SHAPE.items() if not fits(found[name])]
    if wrong:
        raise FaultError(f"{where}: в поле «{wrong[0]}» не то, что может там стоять.")
    return found


# --- All entries


@dataclass
class Books:
    """What the entries so far add up to."""

    totals: dict[str, list[int]] = field(default_factory=dict)
    reversals: dict[int, tuple[int, list[Any]]] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)  # a bit for each number that was seen, 1024 to a block
    postings: int = 0

    def take(self, entry: dict[str, Any], where: str) -> None:
        """Count one entry."""
        block, bit = divmod(entry["number"], 1024)
        known = self.numbers.get(block, 0)
        if known >> bit & 1:
            raise FaultError(f"{where}: запись № {entry['number']} стоит в журнале второй раз.")
        self.numbers[block] = known | 1 << bit
        for posting in entry["postings"]:
            self.totals.setdefault(posting["debit"], [0, 0])[0] += posting["amount_kopecks"]
            self.totals.setdefault(posting["credit"], [0, 0])[1] += posting["amount_kopecks"]
        self.postings += len(entry["postings"])
        if entry["reverses"] is not None:
            if entry["reverses"] in self.reversals:
                raise FaultError(f"{where}: запись № {entry['reverses']} исправлена второй раз.")
            self.reversals[entry["reverses"]] = (entry["number"], sides(entry, "credit", "debit"))


def sides(entry: dict[str, Any], first: str, second: str) -> list[Any]:
    """Return the postings of an entry as plain rows, in one order."""
    return sorted((row[first], row[second], row["amount_kopecks"]) for row in entry["postings"])


def leaves_of(stream: BinaryIO) -> Iterator[tuple[str, bytes]]:
    """Yield each line and how to name it."""
    place = 0
    while line := stream.readline(LONGEST_LEAF + 2):
        place += 1
        if not line.endswith(b"\n"):
            raise FaultError(f"Строка {place}: она обрывается или длиннее, чем бывает запись.")
        yield f"Строка {place}", line[:-1]


def read_hashes(path: str, head: Head) -> bytes:
    """Return the hashes of the log's leaves (its tiles of level 0, joined), once found to be the signed ones."""
    try:
        hashes = Path(path).read_bytes()[: head.size * HASH_BYTES]
    except OSError as error:
        raise CallError(f"Хеши: файл «{path}» не читается ({error.strerror}).") from error
    tree = Tree()
    for at in range(0, len(hashes), HASH_BYTES):
        tree.add(hashes[at : at + HASH_BYTES])
    if tree.size != head.size or tree.root() != head.root:
        raise CallError("Хеши: они не от этой сверки, по ним строку не назвать.")
    return hashes


def check_log(stream: BinaryIO, head: Head, older: Head | None, hashes: bytes | None = None) -> Books:
    """Walk over the log once, over its reversals once more; return what it adds up to."""
    tree, books = Tree(), Books()
    check_older(tree, older)
    for where, leaf in leaves_of(stream):
        found = leaf_hash(leaf)
        if hashes is not None and tree.size < head.size:
            check_hash(found, hashes, tree.size)
        if tree.size == head.size:
            check_root(tree, head, older)
            raise FaultError(f"{where}: она и всё, что после неё, не подписано: сверка кончается строкой {head.size}.")
        books.take(read_leaf(leaf, where), where)
        tree.add(found)
        check_older(tree, older)
    if tree.size < head.size:
        raise FaultError(
            f"Строк в журнале {tree.size}, а подписано {head.size}: записи выброшены, или журнал откатили назад."
        )
    check_root(tree, head, older)
    stream.seek(0)
    check_reversals(stream, books)
    return books


def check_hash(found: bytes, hashes: bytes, place: int) -> None:
    """Name the line that is not the one which was signed in its place."""
    at = place * HASH_BYTES
    if found == hashes[at : at + HASH_BYTES]:
        return
    if found == hashes[at + HASH_BYTES : at + 2 * HASH_BYTES]:
        raise FaultError(f"Строка {place + 1}: подписанной записи с этим местом нет, вместо неё стоит следующая.")
    raise FaultError(f"Строка {place + 1}: это не та запись, что подписана: она изменена, вставлена или переставлена.")


def check_older(tree: Tree, older: Head | None) -> None:
    """Compare the root where the older checkpoint ends."""
    if older is not None and tree.size == older.size and tree.root() != older.root:
        raise FaultError(
            f"Строки 1–{older.size} — не те, что подписаны в старой сверке:"
            " среди них что-то изменено, вставлено, выброшено или переставлено."
        )


def check_root(tree: Tree, head: Head, older: Head | None) -> None:
    """Compare the root where the checkpoint ends."""
    if tree.root() != head.root:
        first = older.size + 1 if older is not None else 1
        raise FaultError(
            f"Строки {first}–{head.size} — не те, что подписаны:"
            " среди них что-то изменено, вставлено, выброшено или переставлено."
        )


def check_reversals(stream: BinaryIO, books: Books) -> None:
    """Find what was put right, and see that each was put right by its mirror."""
    missing = dict(books.reversals)
    for where, leaf in leaves_of(stream) if missing else ():
        found = NUMBER.search(leaf)
        reversal = missing.pop(int(found[1]), None) if found else None
        if reversal is not None:
            entry = read_leaf(leaf, where)
            if entry["reverses"] is not None or sides(entry, "debit", "credit") != reversal[1]:
                raise FaultError(f"Запись № {reversal[0]} исправляет № {entry['number']}, но не зеркально.")
    for number, (reversal_number, _rows) in missing.items():
        raise FaultError(f"Запись № {reversal_number} исправляет № {number}, которой в журнале нет.")


def check_heads(head: Head, older: Head | None) -> None:
    """See that two checkpoints do not contradict each other by themselves."""
    if older is not None and older.size > head.size:
        raise FaultError(
            f"Журнал откатили назад: в старой сверке записей {older.size}, в новой только {head.size}."
            " Если новую и старую вы перепутали, поменяйте их местами."
        )
    if older is not None and older.size == head.size and older.root != head.root:
        raise FaultError(f"Раздвоение: подписаны два разных журнала, в каждом записей {head.size}.")


def check_balances(path: str, books: Books) -> None:
    """Compare accounts with a trial balance of the fund: JSON of the API or CSV with the same names."""
    text = read_text(path, "Остатки")
    rows: Any
    try:
        rows = json.loads(text) if text.lstrip()[:1] in {"{", "["} else list(csv.DictReader(text.splitlines()))
        rows = rows.get("items", rows.get("accounts")) if isinstance(rows, dict) else rows
        told = {str(row["code"]): [int(row["debit_kopecks"]), int(row["credit_kopecks"])] for row in rows}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CallError("Остатки: нужны code, debit_kopecks и credit_kopecks, в JSON или CSV.") from error
    for code in sorted(told.keys() | books.totals.keys()):
        ours, theirs = books.totals.get(code, [0, 0]), told.get(code, [0, 0])
        if ours != theirs:
            raise FaultError(f"Остатки: счёт {code} по журналу Дт {ours[0]} Кт {ours[1]}, в файле {theirs}.")


def check_proof(text: str, key: Key) -> tuple[dict[str, Any], int, Head]:
    """Check one proof (c2sp.org/tlog-proof) whose extra data is the entry itself; return entry, place and head."""
    body, blank, note = text.partition("\n\n")
    lines = body.split("\n")
    if lines[0] != "c2sp.org/tlog-proof@v1" or not blank or len(lines) < 3:  # noqa: PLR2004 - form, entry, place
        raise CallError("Доказательство: это не файл .tlog-proof, или он обрезан.")
    head = read_checkpoint(note, key, "Доказательство")
    leaf = decoded(lines[1].removeprefix("extra "), "Доказательство: запись в нём испорчена.")
    index = lines[2].removeprefix("index ")
    path = [decoded(line, "Доказательство: путь в нём испорчен.") for line in lines[3:]]
    if not SIZE.fullmatch(index) or int(index) >= head.size or {len(step) for step in path} - {HASH_BYTES}:
        raise CallError("Доказательство: место или путь записаны не так.")
    if proven_root(leaf_hash(leaf), int(index), head.size, path) != head.root:
        raise FaultError("Доказательство: от этой записи не дойти до подписанного корня; её или путь изменили.")
    return read_leaf(leaf, "Доказательство"), int(index), head


# --- Words


def roubles(kopecks: int) -> str:
    """Return «−1 234,50 ₽»."""
    whole, rest = divmod(abs(kopecks), 100)
    return f"{'−' if kopecks < 0 else ''}{whole:,}".replace(",", " ") + f",{rest:02} ₽"


def tell_proof(entry: dict[str, Any], place: int, head: Head) -> None:
    """Say what one proof proved."""
    print(f"Доказано: запись № {entry['number']} стоит в подписанном журнале на месте {place + 1} из {head.size}.")
    print(f"{entry['business_date']}  {entry['memo']}")
    for row in entry["postings"]:
        print(f"Дт {row['debit']}  Кт {row['credit']}  {roubles(row['amount_kopecks'])}")


def tell_books(books: Books, head: Head, older: Head | None) -> None:
    """Say what the log proved, and what every account holds."""
    wide = max(map(len, books.totals), default=0)
    print(f"{'счёт':<{wide}} {'дебет, коп.':>20} {'кредит, коп.':>20} {'остаток, коп.':>20}")
    for code, (debit, credit) in sorted(books.totals.items()):
        print(f"{code:<{wide}} {debit:>20} {credit:>20} {debit - credit:>20}")
    print(f"\nДоказано: журнал из {head.size} записей ({books.postings} проводок) — тот самый, что подписан.")
    if older is not None:
        print(f"Старая сверка на {older.size} записей с ним согласна: с тех пор только добавлено.")
    print("Каждая запись в порядке. Чего это не доказывает: что деньги потрачены с толком.")


def tell_json(books: Books, head: Head, older: Head | None) -> None:
    """Say the same for machines."""
    rows = [
        {"code": code, "debit_kopecks": debit, "credit_kopecks": credit, "balance_kopecks": debit - credit}
        for code, (debit, credit) in sorted(books.totals.items())
    ]
    found = {"size": head.size, "root": head.root.hex(), "older_size": older.size if older else None}
    print(json.dumps({**found, "postings": books.postings, "accounts": rows}, ensure_ascii=False))


class Parser(argparse.ArgumentParser):
    """Says in one sentence what the call lacks."""

    def error(self, message: str) -> NoReturn:
        """Refuse the call."""
        raise CallError(f"Вызвано неверно ({message}). {self.format_usage().strip()}")


def parser() -> Parser:
    """Return what the script understands."""
    found = Parser(prog="verify_books.py", description="Проверяет журнал фонда по подписанным сверкам.")
    found.add_argument("log", nargs="?", help="журнал: одна запись в строке (JSON Lines)")
    found.add_argument("checkpoint", nargs="?", help="подписанная сверка: /log/checkpoint/<число строк>")
    found.add_argument("older", nargs="?", help="старая сверка, сохранённая раньше")
    found.add_argument("--key", required=True, help="ключ журнала или файл с ним: /log/verifier.txt")
    found.add_argument("--proof", help="проверить одно доказательство .tlog-proof, журнал не нужен")
    found.add_argument("--leaves", help="хеши записей: плитки /log/tile/0/… подряд; по ним названа будет строка")
    found.add_argument("--balances", help="сравнить счета с ведомостью фонда (JSON или CSV)")
    found.add_argument("--json", action="store_true", help="ответ для машин")
    return found


def run(arguments: Sequence[str]) -> None:
    """Do what was asked."""
    asked = parser().parse_args(arguments)
    key = read_key(read_text(asked.key, "Ключ") if Path(asked.key).is_file() else asked.key)
    if asked.proof:
        tell_proof(*check_proof(read_text(asked.proof, "Доказательство"), key))
        return
    if asked.checkpoint is None:
        raise CallError(f"Нужны журнал и сверка. {parser().format_usage().strip()}")
    head = read_checkpoint(read_text(asked.checkpoint, "Сверка"), key, "Сверка")
    older = read_checkpoint(read_text(asked.older, "Старая сверка"), key, "Старая сверка") if asked.older else None
    check_heads(head, older)
    hashes = read_hashes(asked.leaves, head) if asked.leaves else None
    try:
        with Path(asked.log).open("rb") as stream:
            books = check_log(stream, head, older, hashes)
    except OSError as error:
        raise CallError(f"Журнал: файл «{asked.log}» не читается ({error.strerror}).") from error
    if asked.balances:
        check_balances(asked.balances, books)
    (tell_json if asked.json else tell_books)(books, head, older)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, and return the exit code."""
    try:
        run(sys.argv[1:] if arguments is None else arguments)
    except FaultError as error:
        print(f"НАРУШЕНИЕ. {error}", file=sys.stderr)
        return 1
    except CallError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    for output in (sys.stdout, sys.stderr):
        output.reconfigure(errors="replace")  # type: ignore[union-attr]  # an old console may lack a letter
    sys.exit(main())
