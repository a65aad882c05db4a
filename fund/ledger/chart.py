"""The chart of accounts and the events, read from the files that an accountant keeps."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fund.ledger.errors import ChartError, UnknownAccountError, UnknownEventError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fund.money import Kopecks

HERE = Path(__file__).resolve().parent
CHART_FILE = HERE / "chart.toml"
EVENTS_FILE = HERE / "events.toml"
SUBJECT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
REFERENCE = re.compile(r"[0-9A-Za-zА-Яа-я№/.-]{0,64}")
TARGET = "{target}"
SIDES = {"active", "passive", "both"}


@dataclass(frozen=True)
class ChartEntry:
    """One account, or a family of accounts whose code ends in a subject."""

    code: str
    name: str
    side: str

    @property
    def is_family(self) -> bool:
        """Return whether the code names many accounts."""
        return "{subject}" in self.code


@dataclass(frozen=True)
class Line:
    """One posting of an event: codes, and the name of its sum."""

    debit: str
    credit: str
    amount: str


@dataclass(frozen=True)
class Event:
    """How one kind of event is written."""

    kind: str
    memo: str
    plain: str
    lines: tuple[Line, ...]
    guards: tuple[str, ...]

    def codes(self) -> set[str]:
        """Return every account code or family that the event touches."""
        written = {code for line in self.lines for code in (line.debit, line.credit)} | set(self.guards)
        return {code.replace(TARGET, "{subject}") for code in written}

    @property
    def has_target(self) -> bool:
        """Return whether money goes on to a second subject."""
        return any(TARGET in line.credit for line in self.lines)

    @property
    def takes_from_target(self) -> bool:
        """Return whether a second subject would pay, or be asked whether it can: it only ever receives."""
        return any(TARGET in code for code in (*self.guards, *(line.debit for line in self.lines)))


@dataclass(frozen=True)
class Leg:
    """One posting to be written: account codes and kopecks."""

    debit: str
    credit: str
    amount_kopecks: Kopecks


def read_chart(path: Path = CHART_FILE) -> dict[str, ChartEntry]:
    """Return accounts and families by code.

    :raises ChartError: naming the entry that is wrong.
    """
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    chart: dict[str, ChartEntry] = {}
    for kind in ("account", "family"):
        for row in raw.get(kind, []):
            try:
                entry = ChartEntry(row["code"], row["name"], row["side"])
            except KeyError as error:
                raise ChartError(f"{path.name}: {row} lacks {error}") from error
            is_wrong_kind = entry.is_family != (kind == "family")
            if is_wrong_kind or entry.side not in SIDES or entry.code in chart:
                raise ChartError(f"{path.name}: {kind} {entry.code} has a wrong kind or side, or stands twice")
            chart[entry.code] = entry
    return chart


def read_synthetic(path: Path = CHART_FILE) -> dict[str, str]:
    """Return the names of synthetic accounts by their two digits.

    :raises ChartError: if an account belongs to none.
    """
    named: dict[str, str] = tomllib.loads(path.read_text(encoding="utf-8")).get("synthetic", {})
    missing = {code[:2] for code in read_chart(path)} - named.keys()
    if missing:
        raise ChartError(f"{path.name}: [synthetic] does not name {sorted(missing)}")
    return named


def read_events(path: Path = EVENTS_FILE, chart_path: Path = CHART_FILE) -> dict[str, Event]:
    """Return events by name.

    :raises ChartError: naming the event that is wrong.
    """
    known = read_chart(chart_path)
    events: dict[str, Event] = {}
    for kind, row in tomllib.loads(path.read_text(encoding="utf-8")).items():
        try:
            lines = tuple(Line(line["debit"], line["credit"], line["amount"]) for line in row["lines"])
            event = Event(kind, row["memo"], row["plain"], lines, tuple(row.get("guards", ())))
            event.memo.format(subject="", reference="", target="")
        except (KeyError, IndexError, ValueError) as error:
            raise ChartError(f"{path.name}: event {kind} is wrong: {error}") from error
        missing = event.codes() - known.keys()
        if missing or not lines or any(line.debit == line.credit for line in lines):
            raise ChartError(f"{path.name}: event {kind} has no lines, or uses accounts not in the chart: {missing}")
        if event.takes_from_target:
            raise ChartError(f"{path.name}: event {kind} takes money from its {TARGET}, which only receives")
        events[kind] = event
    return events


@cache
def chart() -> dict[str, ChartEntry]:
    """Return the site's chart."""
    return read_chart()


@cache
def events() -> dict[str, Event]:
    """Return the site's events."""
    return read_events()


@cache
def _synthetic() -> dict[str, str]:
    return read_synthetic()


def synthetic_name(head: str) -> str:
    """Return what the chart calls all accounts that begin with these two digits; nothing if it does not know them."""
    return _synthetic().get(head, "")


def entry_for(code: str) -> ChartEntry:
    """Return what the chart says of an account code: itself, or its family.

    :raises UnknownAccountError: if it says nothing.
    """
    entry = chart().get(code)
    if entry and not entry.is_family:
        return entry
    head, _, subject = code.rpartition(".")
    family = chart().get(f"{head}.{{subject}}")
    if family is None or not SUBJECT.fullmatch(subject):
        raise UnknownAccountError(code)
    return family


def legs(*, kind: str, subject: str, amounts: Mapping[str, Kopecks], target: str = "") -> tuple[list[Leg], list[str]]:
    """Return an event's postings, those of nought left out, and its guarded accounts.

    :param target: where the money goes on to, for an event that says so; another subject than the first.
    :raises UnknownEventError: if the event file knows no such kind, nothing is left to post, or the target is missing,
        one too many, or the subject itself.
    """
    event = find_event(kind)
    if event.has_target != bool(target) or (target and target == subject):
        raise UnknownEventError(f"{kind} from {subject} to {target or 'nowhere'}")
    found = [
        Leg(
            line.debit.format(subject=subject),
            line.credit.format(subject=subject, target=target),
            amounts[line.amount],
        )
        for line in event.lines
        if amounts.get(line.amount)
    ]
    if not found or set(amounts) - {line.amount for line in event.lines}:
        raise UnknownEventError(f"{kind} with {sorted(amounts)}")
    return found, [code.format(subject=subject) for code in event.guards]


def find_event(kind: str) -> Event:
    """Return one event.

    :raises UnknownEventError: if there is none of that name.
    """
    try:
        return events()[kind]
    except KeyError:
        raise UnknownEventError(kind) from None
