"""Every test that docs/security.md leans on exists."""

from __future__ import annotations

import ast
import re

from config.env import BASE_DIR

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
PAGE = BASE_DIR / "docs" / "security.md"


def threats() -> list[str]:
    text = PAGE.read_text(encoding="utf-8").partition("## Threats")[2].partition("## What is not held")[0]
    return [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| threat |")]


def functions_of(path: str) -> set[str]:
    if not (BASE_DIR / path).exists():
        return set()
    tree = ast.parse((BASE_DIR / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_no_threat_stands_without_a_test() -> None:
    assert len(threats()) >= 40
    assert [line for line in threats() if not NAMED.search(line)] == []


def test_each_test_that_is_named_exists() -> None:
    named = {found for line in threats() for found in NAMED.findall(line)}

    assert sorted(f"{path}::{name}" for path, name in named if name not in functions_of(path)) == []
