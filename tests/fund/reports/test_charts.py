"""Charts say what they show, in the picture and in words."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree as ET

from fund.money import Kopecks
from fund.reports import charts

SPACE = "{http://www.w3.org/2000/svg}"


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def texts(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SPACE}text")]


def line(*points: charts.Point) -> ET.Element:
    return drawn(
        charts.step_line(name="x", title="Рост <сумм>", description="Слова", points=points, until=date(2026, 5, 4))
    )


def test_a_line_climbs_by_steps_to_the_last_sum() -> None:
    first = charts.Point(date(2026, 5, 1), "1 мая", Kopecks(50_00))
    last = charts.Point(date(2026, 5, 3), "3 мая", Kopecks(100_00))
    root = line(first, last)
    path = next(found for found in root.iter(f"{SPACE}path") if found.get("class") == "chart__line").attrib["d"]

    assert path == "M4 180H4V103H200V26H396"
    assert texts(root) == ["100\xa0₽", "50\xa0₽", "1 мая", "3 мая"]


def test_a_picture_names_itself_to_who_does_not_see_it() -> None:
    root = line()
    named = {element.get("id"): element.text for element in root if element.get("id")}

    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "x-title x-desc"
    assert named == {"x-title": "Рост <сумм>", "x-desc": "Слова"}


def test_a_sum_that_fell_draws_a_step_down() -> None:
    root = line(
        charts.Point(date(2026, 5, 1), "1 мая", Kopecks(100_00)), charts.Point(date(2026, 5, 2), "2 мая", Kopecks(0))
    )
    path = next(found for found in root.iter(f"{SPACE}path") if found.get("class") == "chart__line").attrib["d"]

    assert path == "M4 180H4V26H102V180H396"


def test_bars_share_one_scale_and_keep_their_sums() -> None:
    rows = [
        charts.Bar("Собрано", Kopecks(1_000_00)),
        charts.Bar("Потрачено", Kopecks(250_50)),
        charts.Bar("Нет", Kopecks(0)),
    ]
    root = drawn(charts.bars(name="x", title="Где деньги", description="Слова", rows=rows))
    bars = [found for found in root.iter(f"{SPACE}rect") if "chart__bar" in found.attrib["class"]]

    assert [int(found.attrib["width"]) for found in bars] == [392, 98, 0]
    assert texts(root) == ["Собрано", "1\xa0000\xa0₽", "Потрачено", "250,50\xa0₽", "Нет", "0\xa0₽"]


def test_a_route_names_each_stop_in_order() -> None:
    stops = [charts.Stop("Даритель", "5\xa0₽", "дал"), charts.Stop("Проект & город", "4\xa0₽", "взял")]
    root = drawn(charts.route(name="x", title="Путь", description="Слова", stops=stops))

    assert texts(root) == ["Даритель", "5\xa0₽", "дал", "Проект & город", "4\xa0₽", "взял"]
    assert len([found for found in root.iter(f"{SPACE}rect") if "chart__stop--last" in found.attrib["class"]]) == 1


def test_no_picture_brings_a_style_of_its_own() -> None:
    svg = charts.bars(name="x", title="x", description="x", rows=[charts.Bar("x", Kopecks(1))])

    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", svg)
