"""What a measurement was made on, and where it is written down."""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from pathlib import Path
from typing import Any

from config import env

OUT = env.BASE_DIR / "docs" / "benchmarks"


def machine() -> dict[str, Any]:
    """Return processor, cores, memory, system, and how busy it was just before."""
    processor = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text(encoding="ascii"))
    cores = len(re.findall(r"^processor", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE))
    return {
        "processor": processor[1] if processor else platform.machine(),
        "cores": cores,
        "memory_gb": round(int(memory[1]) / 1024**2) if memory else 0,
        "load_before": round(os.getloadavg()[0], 1),
        "system": platform.freedesktop_os_release()["PRETTY_NAME"],
    }


def write(name: str, found: dict[str, Any], told: str, *, out: Path = OUT) -> None:
    """Write both forms, and tell them."""
    out.mkdir(exist_ok=True)
    (out / f"{name}.json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (out / f"{name}.md").write_text(told, encoding="utf-8")
    say(told)


def say(text: str) -> None:
    """Tell who waits at the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
