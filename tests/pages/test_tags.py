"""Sums, days and pieces of the map as templates show them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.template import Context, Template
from django.utils import translation

from config.env import BASE_DIR
from pages.templatetags.pictures import map_cover

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 15, 5, 9, tzinfo=UTC)


def shown(template: str, **context: object) -> str:
    return Template(template).render(Context(context))


def test_a_moment_is_moscows_in_full() -> None:
    words = "24\xa0ноября\xa02026\xa0г., 18:05\xa0(МСК)"

    assert shown("{{ at|moment }}", at=NOON) == f'<time datetime="2026-11-24T18:05:09+03:00">{words}</time>'


def test_a_day_is_said_in_full_in_both_languages() -> None:
    assert shown("{{ on|day }}", on=TODAY) == '<time datetime="2026-11-24">24\xa0ноября\xa02026\xa0г.</time>'
    with translation.override("en"):
        assert shown("{{ on|day }}", on=TODAY) == '<time datetime="2026-11-24">24\xa0November\xa02026</time>'


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "сегодня"),
        (1, "вчера"),
        (2, "2 дня назад"),
        (5, "5 дней назад"),
        (7, "17\xa0ноября\xa02026\xa0г."),
        (-1, "25\xa0ноября\xa02026\xa0г."),
    ],
)
def test_a_day_lately_is_told_from_today(days: int, words: str) -> None:
    day = TODAY - timedelta(days=days)

    assert shown("{% ago on today %}", on=day, today=TODAY) == f'<time datetime="{day}">{words}</time>'


@pytest.mark.parametrize(
    ("kopecks", "words"),
    [(123450, "1\xa0234,50\xa0₽"), (0, "0\xa0₽"), (-5, "−0,05\xa0₽"), (35_000_000_00, "35\xa0000\xa0000\xa0₽")],
)
def test_a_sum_never_breaks(kopecks: int, words: str) -> None:
    assert shown("{{ sum|roubles }}", sum=kopecks) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "1 даритель"),
        (2, "2 дарителя"),
        (5, "5 дарителей"),
        (11, "11 дарителей"),
        (21, "21 даритель"),
        (112, "112 дарителей"),
    ],
)
def test_people_are_counted_by_the_rules_of_russian(count: int, words: str) -> None:
    plural = (
        "{% blocktranslate count donors=n %}{{ donors }} donor{% plural %}{{ donors }} donors{% endblocktranslate %}"
    )

    assert shown(plural, n=count) == words


def test_no_template_shows_money_without_its_filter() -> None:
    bare = re.compile(r"\{\{[^}|]*_kopecks\s*\}\}|floatformat|intcomma|\.0f")
    found = [
        path.name for path in (BASE_DIR / "templates").rglob("*.*") if bare.search(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_no_template_brings_a_style_or_a_script_of_its_own() -> None:
    own = re.compile(r"\sstyle=|<style|\son[a-z]+=\"|<script(?![^>]*(?:src=|application/ld\+json))")
    pages = [path for path in (BASE_DIR / "templates").rglob("*.html") if "pdf" not in path.parts]
    pages.remove(BASE_DIR / "templates/ledger/saved.html")  # a file of its own for whoever keeps it, never shown by us

    assert [path.name for path in pages if own.search(path.read_text(encoding="utf-8"))] == []


def test_the_same_word_shows_the_same_piece_of_the_map_and_others_other_pieces() -> None:
    covers = {word: map_cover(word, "Музыка") for word in ("jazz-may", "ekopark", "art-subbota", "shurum-burum", "sad")}

    assert map_cover("jazz-may", "Музыка") == covers["jazz-may"]
    assert len(set(covers.values())) >= 4
    assert len({re.search('fill="([^"]+)"', cover)[1] for cover in covers.values()}) == 1  # type: ignore[index]
    assert map_cover("jazz-may", "Музыка", is_wide=True) != covers["jazz-may"]


def test_the_map_is_what_its_script_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BASE_DIR / "scripts"))
    import draw_map

    monkeypatch.setattr(draw_map, "OUT", tmp_path / "map.svg")
    draw_map.main()

    drawn = (tmp_path / "map.svg").read_text(encoding="utf-8")
    assert drawn == (BASE_DIR / "static/img/map.svg").read_text(encoding="utf-8")
    assert len(drawn) < 16_000
