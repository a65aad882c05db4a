"""What donors ask, from a file that editors keep."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from campaigns.finding.structured import script_body

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

FILE = Path(__file__).resolve().parent / "data/questions.toml"


@dataclass(frozen=True)
class Question:
    """One question and its answer, in one language."""

    anchor: str
    question: str
    answer: str


@cache
def read_questions(*, language: str) -> list[Question]:
    """Return the questions in the file's order, in Russian where the language has none."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["question"]
    found = [(row["anchor"], row.get(language, row["ru"])) for row in rows]
    return [Question(anchor, text["question"], text["answer"].strip()) for anchor, text in found]


def json_ld(found: list[Question]) -> SafeString:
    """Return the questions as search engines read them (schema.org FAQPage); no sign in it can end a script."""
    body = {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": row.question,
                "acceptedAnswer": {"@type": "Answer", "text": row.answer},
            }
            for row in found
        ],
    }
    return script_body(body)
