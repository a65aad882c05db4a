"""Many donors on a copy of the fund, with faults and kills; then our books against the emulator's own list."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

import requests

from config.embedded.copy import Copy, wait_until
from config.embedded.donors import PATIENCE_SECONDS, DonorCalls
from emulator.cards import DECLINES, PLAIN

if TYPE_CHECKING:
    from collections.abc import Callable

DONORS_AT_ONCE = 8
FAULT_PERCENT = 10
REFUND_PERCENT = 5
SETTLE_SECONDS = 900
HOUR_AND_MORE = 3700
KILLED = ("web", "worker", "beat", "emulator", "redis", "postgres")
CAMPAIGNS = ("jazz-may", "art-subbota", "ekopark", "gorod-lichnyh-iniciativ", "bloger-protiv-musora")


@dataclass
class Outcome:
    """What the simulation did, and every difference between the books and the emulator."""

    donors: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    charged_kopecks: int = 0
    booked_kopecks: int = 0
    refunded_kopecks: int = 0
    differences: list[str] = field(default_factory=list)
    check_books: str = ""


class Simulation:
    """One run: ``donations`` donors, reproducible choices from ``seed`` (the timing is the machine's)."""

    def __init__(self, fund: Copy, *, donations: int, has_faults: bool, seed: int, say: Callable[[str], None]) -> None:
        self.fund = fund
        self.donations = donations
        self.has_faults = has_faults
        self.seed = seed
        self.say = say
        self.outcome = Outcome()
        self.is_over = threading.Event()
        self.lock = threading.Lock()

    def run(self) -> Outcome:
        """Let everybody give, wait until all is final, compare."""
        self.fund.prepare()
        self.fund.start()
        self.fund.wait_ready()
        self._spread_faults()
        chaos = threading.Thread(target=self._kill_now_and_then, daemon=True)
        if self.has_faults:
            chaos.start()
        with ThreadPoolExecutor(DONORS_AT_ONCE) as pool:
            for kind in pool.map(self._donor, range(self.donations)):
                self._count(kind)
        self.is_over.set()
        if self.has_faults:
            chaos.join()
        self.fund.start_missing()
        self.fund.wait_ready()
        self.fund.control.run("clear")
        self._settle()
        self._compare()
        return self.outcome

    def _count(self, kind: str) -> None:
        self.outcome.donors[kind] += 1
        total = self.outcome.donors.total()
        if total % 50 == 0 or total == self.donations:
            self.say(f"{total} of {self.donations} donors came and went; kills so far: {self.outcome.kills.total()}")

    def _spread_faults(self) -> None:
        if self.has_faults:
            self.fund.control.run("share", percent=FAULT_PERCENT, seed=self.seed)

    def _donor(self, number: int) -> str:
        """Be one donor; return what came of it."""
        chance = random.Random(f"{self.seed}:{number}")  # noqa: S311 - no secret
        key = str(UUID(int=chance.getrandbits(128)))
        body = {
            "campaign": chance.choice(CAMPAIGNS),
            "amount_kopecks": chance.randrange(10_00, 5_000_00),
            "email": f"donor{number}@example.org",
            "public_name": None,
            "consents": {"offer": True, "personal_data": True},
        }
        calls = DonorCalls(site_url=self.fund.url, pay_url=self.fund.pay_url)
        gift = calls.give(key=key, body=body)
        wish = chance.choices(["pay", "decline", "leave"], [80, 12, 8])[0]
        if wish == "leave" or not gift["confirmation_url"]:
            return wish
        card = chance.choice(sorted(PLAIN)) if wish == "pay" else chance.choice(DECLINES["insufficient_funds"])
        calls.pay(gift=gift, card=card)
        return wish

    def _kill_now_and_then(self) -> None:
        chance = random.Random(self.seed)  # noqa: S311 - no secret
        while not self.is_over.wait(chance.uniform(3, 6)):
            name = chance.choice(KILLED)
            self.fund.kill(name)
            self.outcome.kills[name] += 1
            time.sleep(chance.uniform(0.2, 2))
            self.fund.start(name)
            if name == "emulator":
                wait_until(self._is_faulty_again, seconds=PATIENCE_SECONDS)

    def _is_faulty_again(self) -> bool:
        try:
            self._spread_faults()
        except requests.RequestException:  # it still starts
            return False
        return True

    def _settle(self) -> None:
        """Refund a few, let what nobody paid expire, wait until nothing is under way."""
        with self.fund.connect() as connection:
            rows = connection.execute(
                "SELECT d.id FROM campaigns_donation d JOIN payments_payment p ON p.id = d.payment_id"
                " WHERE p.state = 'succeeded' AND d.id %% 100 < %s ORDER BY d.id",
                [REFUND_PERCENT],
            ).fetchall()
        for (number,) in rows:
            self.fund.manage("refund_gift", str(number), "5", "--reason", "donor_request", "--key", f"sim:{number}")
        self.fund.control.run("advance", seconds=HOUR_AND_MORE)
        self.say("all faults are off; waiting until every payment is final")
        wait_until(self._is_quiet, seconds=SETTLE_SECONDS)

    def _is_quiet(self) -> bool:
        with self.fund.connect() as connection:
            row = connection.execute(
                "SELECT (SELECT count(*) FROM payments_payment WHERE state IN ('creating', 'pending')"
                " OR (state = 'succeeded' AND income_kopecks IS NULL))"
                " + (SELECT count(*) FROM payments_refund WHERE state IN ('creating', 'pending'))"
                " + (SELECT count(*) FROM campaigns_donation WHERE receipt_due_at IS NOT NULL AND letter_id IS NULL)"
                " + (SELECT count(*) FROM people_letter WHERE sent_at IS NULL)"
            ).fetchone()
        return row == (0,)

    def _compare(self) -> None:
        theirs = self.fund.control.everything()
        charged = {one["id"]: _kopecks(one["amount"]) for one in theirs["payments"] if one["status"] == "succeeded"}
        income = sum(_kopecks(one["income_amount"]) for one in theirs["payments"] if one["status"] == "succeeded")
        returned = {one["id"]: _kopecks(one["amount"]) for one in theirs["refunds"] if one["status"] == "succeeded"}
        booked = self._booked("payments_payment", "gift")
        refunded = self._booked("payments_refund", "refund")
        outcome = self.outcome
        outcome.charged_kopecks, outcome.booked_kopecks = sum(charged.values()), sum(booked.values())
        outcome.refunded_kopecks = sum(refunded.values())
        for name, ours, other in (("payment", booked, charged), ("refund", refunded, returned)):
            outcome.differences += [
                f"{name} {one}: books {ours.get(one)}, emulator {other.get(one)}"
                for one in sorted(ours.keys() | other.keys())
                if ours.get(one) != other.get(one)
            ]
        held = self._held()
        if held != income - sum(returned.values()):
            outcome.differences.append(f"57.yookassa holds {held}, emulator says {income - sum(returned.values())}")
        letters = len(list((self.fund.var / "mail").glob("*.eml")))
        if letters != len(charged) + len(returned):
            outcome.differences.append(f"{letters} letters for {len(charged)} paid gifts and {len(returned)} refunds")
        done = self.fund.manage("check_books")
        outcome.check_books = (done.stdout + done.stderr).strip()
        if done.returncode:
            outcome.differences.append("check_books failed")

    def _booked(self, table: str, kind: str) -> dict[str, int]:
        """Return what the ledger itself says, by ЮKassa's id."""
        with self.fund.connect() as connection:
            statement = (
                f"SELECT t.yookassa_id, sum(l.amount_kopecks)::bigint FROM {table} t"  # noqa: S608 - our own names
                " JOIN ledger_operation o ON o.number = t.operation_id"
                " JOIN ledger_posting l ON l.operation_id = o.number"
                " WHERE o.kind = %s GROUP BY 1"
            )
            return {str(row[0]): int(row[1]) for row in connection.execute(statement, [kind]).fetchall()}

    def _held(self) -> int:
        with self.fund.connect() as connection:
            row = connection.execute(
                "SELECT sum(CASE WHEN d.code = '57.yookassa' THEN amount_kopecks ELSE -amount_kopecks END)::bigint"
                " FROM ledger_posting p JOIN ledger_account d ON d.id = p.debit_id JOIN ledger_account c"
                " ON c.id = p.credit_id WHERE '57.yookassa' IN (d.code, c.code)"
            ).fetchone()
        return int(row[0] or 0) if row else 0


def _kopecks(amount: dict[str, str]) -> int:
    return int(amount["value"].replace(".", ""))
