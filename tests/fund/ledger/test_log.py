"""The log: every sealed operation has its place, the root is RFC 6962's, what is signed is checked by anybody."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from fund.ledger import log, merkle, notes, sealing, services
from fund.ledger.models import Checkpoint, LogEntry, LogNode, Operation, Posting, SignedCheckpoint
from fund.money import Kopecks

if TYPE_CHECKING:
    from django.test import Client

DAY = date(2026, 5, 1)
KEY = notes.SigningKey("fond.example/log", b"\x07" * 32)


def gifts(count: int, *, kopecks: int = 100) -> None:
    before = Operation.objects.count()
    with transaction.atomic():
        for number in range(before, before + count):
            services.post_event(
                event="gift", subject="fund", amounts={"gross": Kopecks(kopecks + number)}, key=f"gift:{number}",
                business_date=DAY, reference=f"{number:06}",
            )  # fmt: skip


def leaves() -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_leaf(operation_id) FROM ledger_logentry ORDER BY place")
        return [leaf.encode() for (leaf,) in cursor.fetchall()]


@pytest.mark.usefixtures("committed")
def test_a_sealed_operation_has_its_place_its_root_and_a_signature_that_anybody_checks() -> None:
    gifts(3)

    assert log.find_proof(number=Operation.objects.order_by("number")[0].number) is None
    assert sealing.lag_seconds() > 0
    assert log.signed_size() == 0
    assert sealing.seal_books(key=KEY) == 1
    assert sealing.seal_books(key=KEY) == 0
    assert log.signed_size() == 3

    head = log.newest_head()
    assert head is not None
    assert notes.read_checkpoint(head.note, key=KEY.verifier) == notes.Head("fond.example/log", 3, head.root)
    assert head.origin == "fond.example/log"
    assert head.root == merkle.tree_hash([merkle.leaf_hash(leaf) for leaf in leaves()])
    assert sealing.lag_seconds() == 0


@pytest.mark.usefixtures("committed")
def test_a_leaf_is_canonical_json_of_the_public_form_and_nothing_else() -> None:
    operation = services.post_event(
        event="gift", subject="fund", amounts={"gross": Kopecks(1_234_56)}, key="secret-key", business_date=DAY,
        reference="000001",
    )  # fmt: skip
    sealing.seal_books(key=KEY)

    leaf = leaves()[0]
    found = json.loads(leaf)
    assert json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == leaf
    assert found == {
        "business_date": "2026-05-01", "document_hashes": [], "kind": "gift", "memo": "Пожертвование № 000001",
        "number": operation.number, "posted_at": operation.posted_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "postings": [{"amount_kopecks": 1_234_56, "credit": "86.fund", "debit": "57.yookassa"}],
        "reverses": None, "subject": "fund", "version": 1,
    }  # fmt: skip


@pytest.mark.usefixtures("committed")
def test_a_leaf_escapes_as_rfc_8785_asks() -> None:
    memo = '«\x01\x1f\b\t\n\f\r"\\/\x7fЁ€𝄞'
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT post_operation('gift', 'fund', '2026-05-01', %s, 'k', NULL, '{}', '{57.yookassa}', '{86.fund}',"
            " '{1}', '{}')",
            [memo],
        )
        cursor.execute("SELECT ledger_leaf(%s)", [cursor.fetchone()[0]])
        leaf = cursor.fetchone()[0]

    escaped = '«\\u0001\\u001f\\b\\t\\n\\f\\r\\"\\\\/\x7fЁ€𝄞'
    assert f'"memo":"{escaped}"' in leaf
    assert json.loads(leaf)["memo"] == memo


@pytest.mark.usefixtures("committed")
def test_roots_and_proofs_are_right_at_every_size_and_across_tiles() -> None:
    heads = []
    for count in (1, 1, 3, 250, 1, 1, 300, 211):  # 1 2 5 255 256 257 557 768
        gifts(count)
        sealing.seal_books(key=KEY)
        heads.append(log.newest_head())
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves()]

    for head in heads:
        assert head is not None
        assert head.root == merkle.tree_hash(hashes[: head.size])
        assert log.find_head(size=head.size) == head
    assert LogNode.objects.count() == 3
    numbers = dict(LogEntry.objects.values_list("place", "operation"))
    for place in (0, 1, 255, 256, 511, 512, 767):
        proof = log.find_proof(number=numbers[place])
        assert proof is not None
        leaf = merkle.leaf_hash(proof.leaf.encode())
        assert (proof.place, leaf) == (place, hashes[place])
        assert merkle.proven_root(leaf=leaf, index=place, size=768, path=proof.path) == proof.head.root
        lines = proof.text().split("\n")
        assert lines[:3] == ["c2sp.org/tlog-proof@v1", lines[1], f"index {place}"]
        assert b64decode(lines[1].removeprefix("extra ")).decode() == proof.leaf
        assert proof.text().endswith("\n\n" + proof.head.note)


@pytest.mark.usefixtures("committed")
def test_a_backlog_is_sealed_piece_by_piece_and_one_large_transaction_whole() -> None:
    for _transaction in range(3):
        gifts(2)
    gifts(5)
    with connections["sealer"].cursor() as cursor:
        sizes = []
        while True:
            cursor.execute("SELECT seal(3)")
            if cursor.fetchone()[0] is None:
                break
            sizes.append(Checkpoint.objects.order_by("-id").values_list("operations", flat=True)[0])

    assert sizes == [2, 4, 6, 11]
    assert sealing.sign_checkpoints(key=KEY) == 4  # as after a crash between sealing and signing
    assert (
        list(SignedCheckpoint.objects.order_by("checkpoint").values_list("checkpoint__operations", flat=True)) == sizes
    )


@pytest.mark.usefixtures("committed")
def test_while_one_sealer_works_another_waits_for_nothing() -> None:
    gifts(1)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT 1 FROM ledger_epoch FOR UPDATE")
        assert services.seal_checkpoint() is None
        with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as stranger:
            stranger.execute("SELECT 1 FROM ledger_epoch FOR UPDATE")  # the site can't stop the sealer

    assert services.seal_checkpoint() is not None


@pytest.mark.usefixtures("committed")
def test_the_database_keeps_no_signature_of_another_root_size_or_form() -> None:
    gifts(2)
    made = services.seal_checkpoint()
    root = bytes(Checkpoint.objects.get().root_hash or b"")
    good = notes.write_checkpoint(key=KEY, size=2, root=root)
    extended = good.replace("\n\n", "\nmore\n\n")
    wrong = [
        notes.write_checkpoint(key=KEY, size=3, root=root),
        notes.write_checkpoint(key=KEY, size=2, root=b"x" * 32),
    ]
    with connections["sealer"].cursor() as cursor:
        for note in (*wrong, extended, ""):
            with pytest.raises(DatabaseError, match="not of checkpoint"):
                cursor.execute("SELECT sign_checkpoint(%s, %s)", [made, note])
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("SELECT sign_checkpoint(%s, %s)", [made, good])

    assert SignedCheckpoint.objects.count() == 0


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize(("kopecks", "lines"), [(2**53, 1), (1, 201)])
def test_nothing_is_posted_that_the_log_could_not_hold(kopecks: int, lines: int) -> None:
    with pytest.raises(DatabaseError, match="posting_fits_the_log"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT post_operation('gift', 'fund', '2026-05-01', 'x', 'k', NULL, '{}', %s, %s, %s, '{}')",
            [["57.yookassa"] * lines, ["86.fund"] * lines, [kopecks] * lines],
        )

    assert (Operation.objects.count(), Posting.objects.count()) == (0, 0)


@pytest.mark.usefixtures("committed")
def test_the_longest_operation_fits_a_leaf() -> None:
    services.open_account(code=f"86.{'x' * 77}", name="длинный")
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT post_operation(repeat('k', 40), repeat('s', 80), '2026-05-01', repeat(%s, 200), 'k', NULL,"
            " array_fill(repeat('f', 64), ARRAY[100]), %s, %s, %s, '{}')",
            ["\x01", ["57.yookassa"] * 200, [f"86.{'x' * 77}"] * 200, [2**53 - 1] * 200],
        )
        cursor.execute("SELECT octet_length(ledger_leaf(%s))", [cursor.fetchone()[0]])
        assert 30_000 < cursor.fetchone()[0] < 65_536


@pytest.mark.usefixtures("committed")
def test_the_log_is_read_in_tiles_that_never_change(client: Client) -> None:
    assert client.get("/log/checkpoint").status_code == 404
    gifts(300)
    sealing.seal_books(key=notes.read_signing_key(settings.LOG_SIGNING_KEY))
    every = leaves()

    whole, partial = client.get("/log/tile/0/000"), client.get("/log/tile/0/001.p/44")
    above = client.get("/log/tile/1/000.p/1")
    bundle = client.get("/log/tile/entries/001.p/44")
    head = client.get("/log/checkpoint")

    hashes = b"".join(merkle.leaf_hash(leaf) for leaf in every)
    assert whole.content + partial.content == hashes
    assert above.content == merkle.tree_hash([hashes[at : at + 32] for at in range(0, 256 * 32, 32)])
    assert bundle.content == b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in every[256:])
    for answer in (whole, partial, above, bundle):
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer["Content-Type"] == "application/octet-stream"
    assert head["Cache-Control"] == "public, max-age=2"
    verifier = notes.read_verifier_key(client.get("/log/verifier.txt").content.decode().strip())
    assert notes.read_checkpoint(head.content.decode(), key=verifier).size == 300
    assert client.get("/log/checkpoint/300").content == head.content
    missing = (
        "tile/0/001", "tile/0/001.p/45", "tile/1/000", "tile/2/000.p/1", "tile/0/002.p/1", "tile/64/000",
        "tile/entries/001", "tile/entries/001.p/45", "tile/0/000.p/256", "tile/0/x000/000", "tile/00/000",
        f"tile/0/{'x999/' * 7}999", "tile/entries/000.p/300", "checkpoint/299", f"checkpoint/{10**30}",
    )  # fmt: skip
    for path in missing:
        assert client.get(f"/log/{path}").status_code == 404, path


def test_keys_and_notes_say_what_is_wrong_with_them() -> None:
    note = notes.write_checkpoint(key=KEY, size=7, root=b"r" * 32)
    other = notes.SigningKey("fond.example/log", b"\x08" * 32)
    text, vkey = KEY.text(), str(KEY.verifier)

    assert notes.read_signing_key(text) == KEY
    assert notes.read_verifier_key(vkey) == KEY.verifier
    assert "BwcH" not in repr(KEY)
    for wrong, sentence in (
        ("x" + text, "begins with PRIVATE"), (text.replace(KEY.verifier.key_id.hex(), "00000000"), "own number"),
        (text[:-4], "33 bytes"), (text + "!", "base64"),
    ):  # fmt: skip
        with pytest.raises(notes.NoteError, match=sentence):
            notes.read_signing_key(wrong)
    with pytest.raises(notes.NoteError, match="own number"):
        notes.read_verifier_key(vkey.replace(KEY.verifier.key_id.hex(), "00000000"))
    for wrong, sentence in (
        ("", "lacks lines"), (note.replace("\n7\n", "\n8\n"), "signature is false"),
        (note.replace("— ", "- "), "broken"),
        (note[:-3] + "\n", "broken"),
        (note.replace("log\n7", "other\n7"), "another log"),
        (notes.write_checkpoint(key=other, size=7, root=b"r" * 32), "did not sign"),
        (notes.write_checkpoint(key=KEY, size=7, root=b"short"), "size or root"),
    ):  # fmt: skip
        with pytest.raises(notes.NoteError, match=sentence):
            notes.read_checkpoint(wrong, key=KEY.verifier)


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.integers(1, 600), st.data())
def test_a_path_proves_its_own_leaf_and_place_alone(size: int, data: st.DataObject) -> None:
    hashes = [merkle.leaf_hash(str(number).encode()) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))

    def subtree_hash(subtree: merkle.Subtree) -> bytes:
        start = subtree.place << subtree.height
        return merkle.tree_hash(hashes[start : start + (1 << subtree.height)])

    path = [merkle.range_hash(*span, subtree_hash) for span in merkle.path_ranges(index, size)]
    root = merkle.tree_hash(hashes)

    assert merkle.proven_root(leaf=hashes[index], index=index, size=size, path=path) == root
    assert merkle.proven_root(leaf=hashes[index], index=size, size=size, path=path) is None
    assert merkle.proven_root(leaf=hashes[index], index=index, size=size, path=[*path, root]) is None
    other = data.draw(st.integers(0, size - 1))
    if other != index:
        assert merkle.proven_root(leaf=hashes[index], index=other, size=size, path=path) != root
    assert merkle.tree_hash([]) == bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
