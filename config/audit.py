"""``make audit``: asks OSV, the public list of known holes, about every package of the locks in one call."""

from __future__ import annotations

import json
import re
import sys
import urllib.request
from pathlib import Path

OSV_URL = "https://api.osv.dev/v1/querybatch"
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
TIMEOUT_SECONDS = 60
CLEAN, HOLES, UNKNOWN = 0, 1, 2


def packages(lock: Path) -> list[tuple[str, str]]:
    """Return name and version of every package of a lock."""
    return sorted(set(PINNED.findall(lock.read_text(encoding="utf-8"))))


def known_holes(found: list[tuple[str, str]], *, url: str = OSV_URL) -> dict[str, list[str]]:
    """Return the holes that are known of each package, by ``name==version``; those without are left out.

    :raises OSError: if OSV does not answer.
    :raises ValueError: if its answer is none.
    """
    asked = [{"package": {"ecosystem": "PyPI", "name": name}, "version": version} for name, version in found]
    request = urllib.request.Request(  # noqa: S310 - our own address
        url, json.dumps({"queries": asked}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
        results = json.load(answer)["results"]
    if len(results) != len(found):
        raise ValueError("OSV answered about another number of packages")
    return {
        f"{name}=={version}": sorted(hole["id"] for hole in result.get("vulns", []))
        for (name, version), result in zip(found, results, strict=True)
        if result.get("vulns")
    }


def main(arguments: list[str]) -> int:
    """Audit the locks named; 0 where no hole is known, 1 where one is, 2 where nobody could be asked."""
    url = arguments.pop(0) if arguments and "://" in arguments[0] else OSV_URL
    found = sorted({package for lock in arguments for package in packages(Path(lock))})
    try:
        holes = known_holes(found, url=url)
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"make audit: OSV could not be asked ({error}): nothing is known, good or bad.\n")
        return UNKNOWN
    for package, names in holes.items():
        sys.stdout.write(f"{package}: {', '.join(f'https://osv.dev/vulnerability/{name}' for name in names)}\n")
    sys.stdout.write(f"{len(found)} packages, {len(holes)} with known holes.\n")
    return HOLES if holes else CLEAN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
