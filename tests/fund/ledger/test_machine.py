"""Whatever is posted, reversed and sealed in whatever order: the books say what a model in plain Python says."""

from __future__ import annotations

import csv
import json
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from fund.ledger import log, merkle, notes, sealing, selectors, services
from fund.ledger.errors import BadReversalError, KeyReusedError, ShortOfMoneyError, UnknownEventError
from fund.ledger.models import Operation
from fund.money import Kopecks
from tests.fund.ledger.test_log import KEY, leaves
from tests.services import committed_database

if TYPE_CHECKING:
    from pytest_django.plugin import DjangoDbBlocker

    from config.embedded.postgres import Cluster

FIRST_DAY = date(2026, 1, 1)
SUBJECTS = st.sampled_from(["fund", "jazz-may", "square"])
SUMS = st.integers(1, 10**12)
DAYS = st.integers(0, 400).map(lambda days: FIRST_DAY + timedelta(days=days))
# Event → (debit, credit) as the event file has it; costs are covered from the purpose's money, never beyond it.
PLAIN = {
    "gift": ("57.yookassa", "86.{}"),
    "bank_gift": ("51", "86.{}"),
    "refund": ("86.{}", "57.yookassa"),
    "supplier_act": ("20.{}", "60"),
    "project_costs_covered": ("86.{}", "20.{}"),
}


@dataclass
class Booked:
    """What the model keeps of an operation."""

    number: int
    kind: str
    subject: str
    day: date
    debit: str
    credit: str
    kopecks: int
    key: str
    reverses: int | None = None
    is_reversed: bool = False
    moved_to: str = ""


@dataclass
class Model:
    """The books in plain Python: a list, in the order of posting."""

    booked: list[Booked] = field(default_factory=list)
    sealed: int = 0

    def balances(self) -> Counter[str]:
        """Return debits less credits by account."""
        found: Counter[str] = Counter()
        for one in self.booked:
            found[one.debit] += one.kopecks
            found[one.credit] -= one.kopecks
        return found


class Books(RuleBasedStateMachine):
    """The real books and the model side by side."""

    operations: Bundle[Booked] = Bundle("operations")
    cluster: Cluster

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.stack = ExitStack()
        self.stack.enter_context(committed_database(self.cluster))
        for subject in ("jazz-may", "square"):
            for family in ("20", "86"):
                services.open_account(code=f"{family}.{subject}", name=subject)
        services.open_account(code="20.fund", name="fund")

    def teardown(self) -> None:
        """Throw the database away."""
        self.stack.close()

    def _post(self, kind: str, subject: str, kopecks: int, day: date, key: str, target: str = "") -> Operation:
        return services.post_event(
            event=kind, subject=subject, amounts={"gross": Kopecks(kopecks)}, key=key, business_date=day, target=target
        )

    @rule(target=operations, kind=st.sampled_from(sorted(PLAIN)), subject=SUBJECTS, kopecks=SUMS, day=DAYS)
    def post(self, kind: str, subject: str, kopecks: int, day: date) -> Any:
        """Post an event; one that would take more than there is is refused and leaves nothing."""
        debit, credit = (code.format(subject) for code in PLAIN[kind])
        key = f"{kind}:{len(self.model.booked)}:{kopecks}"
        holds = -self.model.balances()[f"86.{subject}"]
        if kind == "project_costs_covered" and kopecks > holds:
            try:
                self._post(kind, subject, kopecks, day, key)
            except ShortOfMoneyError:
                kind, debit, credit = "gift", "57.yookassa", f"86.{subject}"
            else:
                raise AssertionError("more was spent than there was")
        number = self._post(kind, subject, kopecks, day, key).number
        self.model.booked.append(Booked(number, kind, subject, day, debit, credit, kopecks, key))
        return self.model.booked[-1]

    @rule(target=operations, subject=SUBJECTS, to=SUBJECTS, share=st.integers(0, 110), day=DAYS)
    def hand_on(self, subject: str, to: str, share: int, day: date) -> Any:
        """Hand a share of a purpose's money on to another, never more than it holds and never to itself."""
        holds = -self.model.balances()[f"86.{subject}"]
        kopecks = max(holds, 0) * share // 100
        key = f"move:{len(self.model.booked)}"
        try:
            made = self._post("purpose_moved", subject, kopecks, day, key, to)
        except (UnknownEventError, ShortOfMoneyError):
            assert subject == to or not 0 < kopecks <= holds
            return multiple()
        assert subject != to
        assert 0 < kopecks <= holds
        booked = Booked(
            made.number, "purpose_moved", subject, day, f"86.{subject}", f"86.{to}", kopecks, key, moved_to=to
        )
        self.model.booked.append(booked)
        return booked

    @rule(one=operations)
    def post_again(self, one: Booked) -> None:
        """The same key and request is the first operation; the same key and another request is refused."""
        if one.reverses is None:
            again = self._post(one.kind, one.subject, one.kopecks, one.day, one.key, one.moved_to)
            assert again.number == one.number
        try:
            self._post("gift", one.subject, one.kopecks + 1, one.day, one.key)
        except KeyReusedError:
            return
        raise AssertionError("a key named two operations")

    @rule(target=operations, one=operations, day=DAYS)
    def reverse(self, one: Booked, day: date) -> Any:
        """Reverse once; a reversal, or what was reversed, never again."""
        key = f"reversal:{one.number}:{len(self.model.booked)}"
        operation = Operation.objects.get(pk=one.number)
        may = not one.is_reversed and one.reverses is None
        try:
            made = services.reverse_operation(
                operation=operation, reason="duplicate", approved_by_role="treasurer", key=key, business_date=day
            )
        except BadReversalError:
            assert not may
            return one
        assert may
        one.is_reversed = True
        back = Booked(
            made.number, "reversal", one.subject, day, one.credit, one.debit, one.kopecks, key, reverses=one.number
        )
        self.model.booked.append(back)
        return back

    @rule()
    def seal(self) -> None:
        """Seal all that is new; nothing is left out, nothing is counted twice."""
        signed = sealing.seal_books(key=KEY)
        assert signed == (len(self.model.booked) > self.model.sealed)
        self.model.sealed = len(self.model.booked)

    @precondition(lambda self: self.model.sealed)
    @rule(extension=st.sampled_from(["jsonl", "csv"]), since=DAYS, days=st.integers(0, 400))
    def export(self, extension: str, since: date, days: int) -> None:
        """Export what is sealed, whole and of a period; both say what the model says."""
        until = since + timedelta(days=days)
        sealed = self.model.booked[: self.model.sealed]
        assert self._exported(extension) == [(one.number, one.kopecks) for one in sealed]
        period = self._exported(extension, since=since.isoformat(), until=until.isoformat())
        assert period == [(one.number, one.kopecks) for one in sealed if since <= one.day <= until]

    def _exported(self, extension: str, **asked: str) -> list[tuple[int, int]]:
        cache.clear()  # one address may download some twenty times a minute, and this is all one
        answer = Client().get(f"/api/v1/ledger/export.{extension}", asked)
        content = b"".join(answer)
        if extension == "jsonl":
            leaves_of = [json.loads(line) for line in content.splitlines()]
            return [(leaf["number"], leaf["postings"][0]["amount_kopecks"]) for leaf in leaves_of]
        rows = csv.DictReader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
        return [(int(row["number"]), int(row["amount_kopecks"])) for row in rows]

    @invariant()
    def balances_are_the_models(self) -> None:
        """Whatever lies under a checkpoint, and whatever does not yet."""
        expected = self.model.balances()
        found = selectors.account_totals(codes=[*expected, "86.fund"])
        assert {code: row.debit_kopecks - row.credit_kopecks for code, row in found.items() if code in expected} == {
            code: expected[code] for code in expected if code in found
        }
        assert set(expected) <= set(found)

    @invariant()
    def the_log_is_what_was_sealed(self) -> None:
        """Every sealed operation stands in the log, in the order of posting, with its public form."""
        found = [json.loads(leaf) for leaf in leaves()]
        assert [
            (row["number"], row["kind"], row["subject"], row["business_date"], row["reverses"]) for row in found
        ] == [
            (one.number, one.kind, one.subject, one.day.isoformat(), one.reverses)
            for one in self.model.booked[: self.model.sealed]
        ]
        assert [row["postings"] for row in found] == [
            [{"amount_kopecks": one.kopecks, "credit": one.credit, "debit": one.debit}]
            for one in self.model.booked[: self.model.sealed]
        ]
        head = log.newest_head()
        assert (head.size if head else 0) == self.model.sealed
        if head:
            root = merkle.tree_hash([merkle.leaf_hash(leaf) for leaf in leaves()])
            assert notes.read_checkpoint(head.note, key=KEY.verifier).root == root
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ledger_operation")
            assert cursor.fetchone()[0] == len(self.model.booked)


def test_the_books_say_what_a_plain_model_says(
    cluster: Cluster, migrated_database: None, django_db_blocker: DjangoDbBlocker
) -> None:
    machine = type("BooksOfThisCluster", (Books,), {"cluster": cluster})
    quiet = settings(
        max_examples=10, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    with django_db_blocker.unblock():
        run_state_machine_as_test(machine, settings=quiet)
