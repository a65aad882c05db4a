"""Measures four pages with Lighthouse on a throwaway copy of the fund: `make lighthouse`.

Fails where one of the four scores of a page lies below 95. With ``--write`` the scores go to docs/benchmarks.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.stack import Stack  # noqa: E402 - the project's own packages are found from here on

LEAST = 95
RUNS = 3
PAGES = {
    "Home": "/",
    "A campaign": "/projects/jazz-may/",
    "Its donation form": "/projects/jazz-may/give/",
    "The books": "/ledger/",
}
SCORES = {
    "performance": "Performance",
    "accessibility": "Accessibility",
    "best-practices": "Best practices",
    "seo": "SEO",
}
VALUES = ("first-contentful-paint", "largest-contentful-paint", "cumulative-layout-shift", "total-byte-weight")
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run"
FILE = ROOT / "docs/benchmarks/lighthouse.md"
HEAD = """# Lighthouse

Measured by `make lighthouse` (the mobile preset: a slow phone on slow 4G, simulated) on a throwaway copy of the fund,
all processes of it on the same machine; the median of three runs. Each figure must reach 95. CLS is the layout shift.

"""


def measure(url: str, out: Path) -> dict[str, object]:
    """Return Lighthouse's report on one address."""
    chromium = shutil.which("chromium")
    if not chromium:
        raise SystemExit("make lighthouse: Chromium is missing: run «sudo apt-get install chromium» and start again.")
    command = [
        "node_modules/.bin/lighthouse", url, "--quiet", "--output=json", f"--output-path={out}",
        f"--only-categories={','.join(SCORES)}", f"--chrome-flags={FLAGS}", "--no-enable-error-reporting",
    ]  # fmt: skip
    subprocess.run(command, cwd=ROOT, check=True, env=os.environ | {"CHROME_PATH": chromium})
    found: dict[str, object] = json.loads(out.read_text(encoding="utf-8"))
    return found


def median(url: str, out: Path) -> dict[str, object]:
    """Return the middle one of three reports, by performance: the other scores do not waver."""
    found = [measure(url, out) for _ in range(RUNS)]
    return sorted(found, key=lambda report: report["categories"]["performance"]["score"])[RUNS // 2]  # type: ignore[index]


def row(name: str, report: dict[str, object]) -> tuple[str, list[int]]:
    """Return a table's row and the four scores of it."""
    categories, audits = report["categories"], report["audits"]
    scores = [round(categories[key]["score"] * 100) for key in SCORES]  # type: ignore[index]
    value = {key: audits[key]["displayValue"].replace("\u00a0", " ") for key in VALUES}  # type: ignore[index]
    told = [*(str(score) for score in scores), *(found.removeprefix("Total size was ") for found in value.values())]
    return f"| {name} | {' | '.join(told)} |", scores


def fill(stack: Stack) -> None:
    """Start the fund and let twelve gifts be paid, so that the pages have something to show."""
    stack.prepare()
    stack.start()
    stack.wait_ready()
    for _ in range(12):
        gift = stack.give().json()
        stack.control.pay(stack.payment_id(gift))
        stack.wait_for(gift["token"], status="succeeded")


def write(lines: list[str]) -> None:
    """Keep the scores in the repository, with the machine and the day."""
    version = json.loads((ROOT / "node_modules/lighthouse/package.json").read_text(encoding="utf-8"))["version"]
    chromium = subprocess.run(["chromium", "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    machine = f"{os.cpu_count()} cores ({platform.machine()})"
    made = f"{datetime.now(UTC):%Y-%m-%d}, {machine}, Lighthouse {version}, Chromium {chromium}."
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(HEAD + made + "\n\n" + "\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    """Measure; return 1 where a score is too low."""
    reports = ROOT / "var/lighthouse"
    reports.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    stack = Stack()
    lines = [f"| page | {' | '.join(SCORES.values())} | FCP | LCP | CLS | weight |", "|---|" + "---|" * 8]
    low = []
    try:
        fill(stack)
        for name, path in PAGES.items():
            line, scores = row(name, median(stack.url + path, reports / f"{name.replace(' ', '-').lower()}.json"))
            print(line, flush=True)
            lines.append(line)
            low += [name] if min(scores) < LEAST else []
    finally:
        stack.stop()
    if "--write" in sys.argv:
        write(lines)
    if low:
        print(f"Below {LEAST}: {', '.join(low)}; the reports are in var/lighthouse.")
    return 1 if low else 0


if __name__ == "__main__":
    raise SystemExit(main())
