"""``python -m config.embedded.demo``: plays the demo history on an empty database, once; a cut one goes on."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import requests

from config import env
from config.embedded.demo.plan import planned_gifts
from config.embedded.donors import DonorCalls
from config.embedded.run import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from config.embedded.demo.plan import PlannedGift

PAUSE_SECONDS = 0.6  # the machine stays usable
START_SECONDS = 120
BEGUN, PLAYED = "begun", "played"
NICE = 5


class History:
    """The demo history of one run; ``mark`` says on disk how far it has come."""

    def __init__(
        self, *, site_url: str, pay_url: str, mark: Path, say: Callable[[str], None], pause: float = PAUSE_SECONDS
    ) -> None:
        self.site_url = site_url
        self.pay_url = pay_url
        self.mark = mark
        self.say = say
        self.pause = pause

    def is_due(self) -> bool:
        """Return whether the books are empty, or a history that was begun here is not over."""
        if self.mark.exists() and self.mark.read_text(encoding="ascii") == BEGUN:
            return True
        return not self._ask("ledger/operations")

    def begin(self) -> None:
        """Note that it has begun, before anything enters the books."""
        self.mark.write_text(BEGUN, encoding="ascii")

    def play(self, gifts: Sequence[PlannedGift] | None = None) -> None:
        """Let everybody give. Repeat-safe: each gift, payment and refund has a key of its own."""
        began = time.monotonic()
        gifts = gifts or planned_gifts([row["slug"] for row in self._ask("campaigns") if row["is_demo"]])
        self.begin()
        self.say(f"{len(gifts)} demo gifts come in, all pretended; DEMO=0 leaves them out.")
        for gift in gifts:
            if self._play(gift):
                time.sleep(self.pause)
        self._report(gifts[0].campaign)
        self.mark.write_text(PLAYED, encoding="ascii")
        self.say(f"The demo gifts are there ({time.monotonic() - began:.0f} s).")

    def _play(self, planned: PlannedGift) -> bool:
        """Be one donor; return whether there was anything left to do."""
        calls = DonorCalls(site_url=self.site_url, pay_url=self.pay_url, address=planned.address)
        if planned.is_by_form:
            gift = calls.give_by_form(campaign=planned.campaign, words=planned.words())
        else:
            gift = calls.give(key=str(planned.key), body=planned.body())
        is_open = gift["status"] == "pending" and bool(planned.card)
        if is_open:
            calls.pay(gift=gift, card=planned.card)
        if planned.refund_roubles is not None:
            calls.persist(lambda: self._paid(calls, gift["token"]))
            self._refund(planned, gift)
        return is_open

    def _report(self, subject: str) -> None:
        """Have one project's report made, so that there is one to look at; a second time finds the first."""
        DonorCalls(site_url=self.site_url, pay_url=self.pay_url).ask_for_report(subject=subject)

    def _paid(self, calls: DonorCalls, token: str) -> dict[str, Any] | None:
        gift = calls.await_address(token=token)
        return None if gift["status"] == "pending" else gift

    def _refund(self, planned: PlannedGift, gift: dict[str, Any]) -> None:
        number, roubles = str(int(gift["id"])), str(planned.refund_roubles or planned.roubles)
        command = ["refund_gift", number, roubles, "--reason", "donor_request", "--key", f"demo:{planned.number}"]
        subprocess.run([sys.executable, "manage.py", *command], cwd=env.BASE_DIR, check=True, stdout=subprocess.DEVNULL)

    def _ask(self, what: str) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.site_url}/api/v1/{what}", timeout=30)
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["items"]
        return found


def main() -> int:
    """Play where it is due; refuse where anything real is near."""
    if not env.plays_demo():
        sys.stderr.write("The demo history is for the embedded run alone: no DATABASE_URL, no shop, no production.\n")
        return 1
    os.nice(NICE)
    site_url = f"http://127.0.0.1:{env.port()}"
    history = History(
        site_url=site_url, pay_url=env.yookassa().emulator_url, mark=env.var_dir() / "demo-history", say=_say
    )
    with suppress(KeyboardInterrupt):
        if _answers(site_url) and history.is_due():
            history.begin()
            for command in ("demo_staff", "demo_shop"):
                subprocess.run([sys.executable, "manage.py", command], cwd=env.BASE_DIR, check=True)
            history.play()
    return 0


def _answers(site_url: str) -> bool:
    return wait_for(f"{site_url}/api/v1/ledger/operations", seconds=START_SECONDS)


def _say(text: str) -> None:
    sys.stdout.write(f"  {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
