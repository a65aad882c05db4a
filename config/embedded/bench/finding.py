"""How long the database takes to find campaigns among ten thousand: ``make bench-finding`` fills a copy and asks it.

``python -m config.embedded.bench.finding fill CAMPAIGNS GIFTS`` and ``… ask ROUNDS`` are its two halves, run with the
copy's own settings.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import django

from config import env
from config.embedded.bench.asking import asked_of, sentence
from config.embedded.bench.machine import machine, say, write
from config.embedded.copy import Copy, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT_MS = 50.0
BATCH = 200
WITH_END_PERCENT, ENDED_PERCENT = 70, 40
ASKED: dict[str, dict[str, str]] = {
    "everything, newest first": {},
    "the last page of it": {"page": "last"},
    "a page beyond the last": {"page": "beyond"},
    "most supported first": {"sort": "supported"},
    "almost there first": {"sort": "closest"},
    "ending soon first": {"sort": "ending"},
    "one theme": {"theme": "Музыка"},
    "theme, district and state": {"theme": "Музыка", "district": "leninsky", "state": "live"},
    "a word of many stories": {"q": "город"},
    "a word of many stories, most supported first": {"q": "город", "sort": "supported"},
    "two words": {"q": "музыка молодёжь"},
    "a word of few titles": {"q": "набережная"},
    "words and facets": {"q": "парк", "district": "oktyabrsky", "state": "live", "sort": "ending"},
    "a mistyped word": {"q": "набережнея"},
    "no such word": {"q": "синхрофазотрон"},
}
DEEDS = ("Фестиваль", "Мастерская", "Сквер", "Школа", "Лекции", "Концерт", "Кинопоказ", "Субботник", "Музей",
         "Площадка", "Библиотека", "Клуб", "Выставка", "Сад", "Набережная")  # fmt: skip
WHERE = ("на Московской", "в парке Белинского", "в Арбекове", "на Западной Поляне", "в Терновке", "у Суры", "в Ахунах",
         "на Южной Поляне", "в старом депо", "во дворе")  # fmt: skip


def main() -> None:
    """Do one half in a copy's own process, or all."""
    if sys.argv[1:2] == ["fill"]:
        _set_up()
        fill(campaigns=int(sys.argv[2]), gifts=int(sys.argv[3]))
    elif sys.argv[1:2] == ["ask"]:
        _set_up()
        sys.stdout.write(json.dumps(ask(rounds=int(sys.argv[2])), ensure_ascii=False))
    else:
        _measure()


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    django.setup()


def _measure() -> None:
    """Measure and write ``docs/benchmarks/finding.json`` and ``finding.md``."""
    parser = argparse.ArgumentParser(prog="make bench-finding")
    parser.add_argument("--campaigns", type=int, default=10_000)
    parser.add_argument("--gifts", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=40)
    wish, found_machine = parser.parse_args(), machine()
    fund = Copy({"PACE_SECONDS": "10", "DEMO": "0"})
    try:
        fund.prepare()
        fund.start()
        fund.wait_ready()
        say(f"Opening {wish.campaigns} campaigns and booking {wish.gifts} gifts…")
        _run(fund, "fill", wish.campaigns, wish.gifts)
        wait_until(lambda: _is_counted(fund), seconds=600)
        for name in set(fund.running) - {"postgres", "redis"}:  # ten thousand pictures are due: not meanwhile
            fund.kill(name)
        asked = json.loads(_run(fund, "ask", wish.rounds))
    finally:
        fund.stop()
    found = {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": found_machine,
        "wish": vars(wish),
    } | asked
    write("finding", found, told(found))


def _run(fund: Copy, *arguments: object) -> str:
    command = [sys.executable, "-m", "config.embedded.bench.finding", *map(str, arguments)]
    done = subprocess.run(command, env=fund.environ, cwd=env.BASE_DIR, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def _is_counted(fund: Copy) -> bool:
    """Return whether all is sealed and every listing's sum is at the newest checkpoint."""
    with fund.connect() as connection:
        row = connection.execute(
            "SELECT max(p.transaction_id) < max(c.watermark) FROM ledger_posting p, campaigns_counted c"
        ).fetchone()
    return bool(row and row[0])


def fill(*, campaigns: int, gifts: int) -> None:
    """Open demo campaigns with words, themes and districts, and book gifts to them, each through the books' door."""
    from django.db import transaction
    from django.utils import timezone

    from fund.ledger.services import post_event
    from fund.money import Kopecks

    chance, now = random.Random(1), timezone.now()  # noqa: S311 - no secret
    for first in range(0, campaigns, BATCH):
        with transaction.atomic():
            for number in range(first, min(first + BATCH, campaigns)):
                _open(number, chance, now)
    for first in range(0, gifts, BATCH):
        with transaction.atomic():
            for number in range(first, min(first + BATCH, gifts)):
                subject = f"bench-{int(campaigns * chance.random() ** 3)}"  # some are loved, most are not
                post_event(
                    event="gift", subject=subject, amounts={"gross": Kopecks(chance.randrange(10_00, 5_000_00))},
                    key=f"finding:{number}", business_date=timezone.localdate(now), reference=f"{number:06}",
                )  # fmt: skip


def _open(number: int, chance: random.Random, now: datetime) -> None:
    from campaigns.life.moves import SYSTEM
    from campaigns.life.opening import end_campaign, open_demo_campaign
    from campaigns.models import BudgetLine, Campaign
    from campaigns.models.campaigns import THEMES

    has_end = chance.randrange(100) < WITH_END_PERCENT
    campaign = Campaign(
        slug=f"bench-{number}",
        title=f"{chance.choice(DEEDS)} {chance.choice(WHERE)} № {number}",
        summary=sentence(chance, 18),
        story="\n\n".join(sentence(chance, chance.randrange(40, 120)) for _ in range(chance.randrange(2, 6))),
        theme=chance.choice([*THEMES, ""]),
        district=chance.choice([*Campaign.District.values, ""]),
        funding=Campaign.Funding.FLEXIBLE if has_end else Campaign.Funding.OPEN_ENDED,
        goal_kopecks=chance.randrange(10_000_00, 900_000_00),
        opens_at=now,
        closes_at=now + timedelta(hours=chance.randrange(2, 24 * 90)) if has_end else None,
    )
    lines = [BudgetLine(position=1, title="Всё", amount_kopecks=campaign.goal_kopecks)]
    opened = open_demo_campaign(campaign=campaign, lines=lines, now=now - timedelta(minutes=number))
    if chance.randrange(100) < ENDED_PERCENT:
        end_campaign(campaign_id=opened.pk, actor=SYSTEM, now=now)


def ask(*, rounds: int) -> dict[str, Any]:
    """Return how long the database took for each page of the list: milliseconds as its caller saw them."""
    from django.utils import timezone

    from campaigns.finding.districts import district_rows
    from campaigns.finding.page import PAGE_SIZE, found_page
    from campaigns.finding.searching import search
    from campaigns.finding.similar import similar
    from campaigns.finding.wanted import Wanted
    from campaigns.models import Campaign
    from campaigns.spreading.sheets import due_sheets

    now = timezone.now()
    pages: dict[str, Callable[[], object]] = {}
    totals = {}
    for name, asked in ASKED.items():
        wanted = Wanted.read(asked)
        totals[name] = search(wanted=wanted, now=now, limit=0).total
        last = -(-totals[name] // PAGE_SIZE)
        number = {"": "1", "last": f"{last}", "beyond": f"{last + 1}"}[asked.get("page", "")]
        pages[name] = lambda wanted=wanted, number=number: found_page(wanted=wanted, number=number, now=now)  # type: ignore[misc]
    one = Campaign.objects.published().order_by("pk")[Campaign.objects.count() // 2]
    everywhere = partial(search, wanted=Wanted(), now=now, limit=0)
    pages["the map"] = lambda: district_rows(wanted=Wanted(), counts=everywhere().counts["district"])
    pages["what is similar to one"] = lambda: similar(campaign=one)
    pages["beat: which pictures are due"] = lambda: due_sheets(limit=4)
    return {
        "pages": {name: asked_of(page, rounds=rounds) | {"found": totals.get(name)} for name, page in pages.items()}
    }


def told(found: dict[str, Any]) -> str:
    """Return the measurement as a page."""
    host, wish = found["machine"], found["wish"]
    lines = [
        "# How long it takes to find a project",
        "",
        f"Written by `make bench-finding` at {found['at']}; not edited by hand.",
        "",
        (
            f"{host['processor']}, {host['cores']} cores, {host['memory_gb']} GB, {host['system']};"
            f" load {host['load_before']} before it began. {wish['campaigns']} published campaigns of 100 to 600 words,"
            f" {wish['gifts']} gifts in the books; {wish['rounds']} rounds of each page."
        ),
        "",
        (
            "Milliseconds of all statements of a page together, as the site saw them: parsing, planning, running,"
            f" sending. The aim is {LIMIT_MS:.0f} ms."
        ),
        "",
        "| page | found | queries | median | p95 | most |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {name} | {'' if one['found'] is None else one['found']} | {one['queries']} | {one['median_ms']} |"
        f" {one['p95_ms']} | {one['most_ms']} |"
        for name, one in found["pages"].items()
    ]
    over = [name for name, one in found["pages"].items() if one["median_ms"] > LIMIT_MS]
    verdict = f"Over the aim by their median: {', '.join(over)}." if over else "By their median all are within the aim."
    return "\n".join([*lines, "", verdict, ""])


if __name__ == "__main__":
    main()
