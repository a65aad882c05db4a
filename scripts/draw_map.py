"""Draws the map of Penza that the pages are made of, and the outlines of its districts.

`.venv/bin/python scripts/draw_map.py` writes static/img/map.svg and campaigns/finding/districts.toml.

Geometry by hand, north up: the Sura comes from the south, takes in the Penza river, bends round the centre and leaves
to the north; the old grid climbs along Moskovskaya street from the railway to the square; beyond the river the new
districts stand square to the railway. Nothing is random: the same file comes out each time.
"""

from __future__ import annotations

from itertools import pairwise
from math import cos, hypot, radians, sin
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "static/img/map.svg"
DISTRICTS_OUT = ROOT / "campaigns/finding/districts.toml"
YELLOW, ORANGE, BLUE, GREEN = (
    "var(--map-yellow,#ffcf33)",
    "var(--map-orange,#f0802b)",
    "var(--map-blue,#2f7fd1)",
    "var(--map-green,#00713d)",
)
SURA = [(1070, 1010), (1040, 900), (960, 800), (985, 700), (1110, 640), (1255, 590), (1330, 480), (1290, 350),
        (1200, 250), (1215, 130), (1300, -10)]  # fmt: skip
PENZA_RIVER = [
    (-10, 905),
    (110, 850),
    (220, 880),
    (330, 820),
    (450, 850),
    (560, 790),
    (690, 815),
    (810, 770),
    (965, 790),
]
RAILWAY = [(-10, 770), (180, 735), (400, 725), (620, 700), (860, 690), (1060, 720), (1300, 745), (1610, 690)]
SQUARE = (0, 0)  # Sovetskaya square, the middle of the old grid
GRIDS = [
    # where, turn, columns, rows, cell: the old town, the west hill, the right bank, the far south
    ((735, 330), -24, range(-7, 7), range(-6, 6), (66, 52)),
    ((170, 330), 12, range(-4, 4), range(-7, 8), (74, 44)),
    ((1480, 840), -4, range(-6, 4), range(-2, 4), (82, 50)),
    ((1490, 250), 20, range(-3, 4), range(-6, 7), (70, 46)),
    ((480, 950), 6, range(-6, 7), range(-1, 2), (78, 44)),
]


def place(origin: tuple[int, int], turn: int, x: float, y: float) -> tuple[int, int]:
    """Return a point of a turned grid on the sheet."""
    a = radians(turn)
    return round(origin[0] + x * cos(a) - y * sin(a)), round(origin[1] + x * sin(a) + y * cos(a))


def far_from(lines: list[list[tuple[int, int]]], point: tuple[int, int], room: int) -> bool:
    """Return whether a block stands clear of rivers and rails."""
    for line in lines:
        for (x1, y1), (x2, y2) in pairwise(line):
            for step in range(13):
                x, y = x1 + (x2 - x1) * step / 12, y1 + (y2 - y1) * step / 12
                if hypot(point[0] - x, point[1] - y) < room:
                    return False
    return True


def ring(points: list[tuple[int, int]]) -> str:
    """Return a closed outline with relative steps, the shortest way to write it."""
    steps = [f"{x2 - x1} {y2 - y1}" for (x1, y1), (x2, y2) in pairwise(points)]
    return f"M{points[0][0]} {points[0][1]}l" + " ".join(steps).replace(" -", "-") + "z"


def curve(points: list[tuple[int, int]], shift: int = 0) -> str:
    """Return a smooth line through the points."""
    shifted = [(x + shift, y + shift // 2) for x, y in points]
    path = f"M{shifted[0][0]} {shifted[0][1]}"
    for index in range(len(shifted) - 1):
        before, here = shifted[max(0, index - 1)], shifted[index]
        there, after = shifted[index + 1], shifted[min(len(shifted) - 1, index + 2)]
        c1 = round(here[0] + (there[0] - before[0]) / 6), round(here[1] + (there[1] - before[1]) / 6)
        c2 = round(there[0] - (after[0] - here[0]) / 6), round(there[1] - (after[1] - here[1]) / 6)
        path += f"C{c1[0]} {c1[1]} {c2[0]} {c2[1]} {there[0]} {there[1]}"
    return path


def blocks() -> dict[str, list[str]]:
    """Return the outlines of the city's blocks by colour."""
    drawn: dict[str, list[str]] = {YELLOW: [], ORANGE: [], BLUE: []}
    taken: list[tuple[int, int]] = []
    for number, (origin, turn, columns, rows, (width, height)) in enumerate(GRIDS):
        others = list(taken)
        for u in columns:
            for v in rows:
                mark = (u * 7 + v * 13 + number * 5) % 11
                aside = 0 if number else 7 if v >= 0 else -7  # room for Moskovskaya street
                middle = place(origin, turn, u * width + width / 2, v * height + height / 2 + aside)
                on_sheet = -60 < middle[0] < 1660 and -60 < middle[1] < 1060
                is_clear = far_from([SURA, PENZA_RIVER, RAILWAY], middle, 48) and all(
                    hypot(middle[0] - x, middle[1] - y) > 72 for x, y in others
                )
                if (
                    not on_sheet
                    or not is_clear
                    or mark == 8
                    or (number == 0 and (u, v) in {(-1, -1), (0, -1), (-1, 0), (0, 0)})
                ):
                    continue
                taken.append(middle)
                colour = (YELLOW, YELLOW, ORANGE, YELLOW, BLUE, ORANGE, YELLOW, ORANGE, YELLOW, BLUE, ORANGE)[mark]
                left, top = u * width + 5, v * height + 5 + aside
                right, low = left + width - 10, top + height - 10
                corners: list[tuple[float, float]] = [(left, top), (right, top), (right, low), (left, low)]
                if mark in {2, 6, 9}:  # a courtyard house
                    half_x, half_y = (left + right) / 2, (top + low) / 2
                    corners = [(left, top), (right, top), (right, half_y), (half_x, half_y), (half_x, low), (left, low)]
                drawn[colour].append(ring([place(origin, turn, x, y) for x, y in corners]))
    return drawn


def main() -> None:
    """Write the file."""
    square = [place(GRIDS[0][0], -24, x, y) for x, y in ((-58, -44), (58, -44), (58, 44), (-58, 44))]
    street = [f"{x} {y}" for x, y in (place(GRIDS[0][0], -24, along, 0) for along in (-440, -62, 62, 430))]
    ring_road = [(-10, 120), (240, 90), (420, 20), (470, -10)]
    parts = [
        f'<path d="{curve(SURA)}" stroke="{BLUE}" stroke-width="30" opacity=".16"/>',
        *(f'<path d="{curve(SURA, shift)}" stroke="{BLUE}" stroke-width="3"/>' for shift in (-15, 15)),
        f'<path d="{curve(PENZA_RIVER)}" stroke="{BLUE}" stroke-width="12" opacity=".16"/>',
        *(f'<path d="{curve(PENZA_RIVER, shift)}" stroke="{BLUE}"/>' for shift in (-6, 6)),
        f'<path d="{curve(RAILWAY)}" stroke="{ORANGE}" stroke-width="3"/>',
        f'<path d="{curve(RAILWAY)}" stroke="{ORANGE}" stroke-width="13" stroke-dasharray="2 15"/>',
        f'<path d="{curve(ring_road)}" stroke="{ORANGE}"/><path d="{curve(ring_road, 9)}" stroke="{ORANGE}"/>',
        f'<path d="M{street[0]}L{street[1]}M{street[2]}L{street[3]}" stroke="{ORANGE}" stroke-width="4"/>',
        *(f'<path d="{"".join(found)}" stroke="{colour}"/>' for colour, found in blocks().items()),
        f'<path d="{ring(square)}" stroke="{GREEN}" stroke-width="4"/>',
        f'<circle cx="{GRIDS[0][0][0]}" cy="{GRIDS[0][0][1]}" r="9" fill="{GREEN}" stroke="none"/>',
    ]
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 1000" preserveAspectRatio="xMidYMid slice">'
    body = f'<g id="city" fill="none" stroke-width="2" stroke-linejoin="round">{"".join(parts)}</g>'
    OUT.write_text(f"{head}{body}</svg>\n", encoding="utf-8")


# The districts, simplified: the Sura parts the fourth from the others, the railway the south from the centre, a line of
# streets the centre from the north. They meet along the same lines, so no gap shows between them.
NORTH_LINE = [(-10, 470), (170, 430), (330, 300), (520, 210), (700, 130), (900, 150), (1060, 215), (1200, 250)]
SOUTH_LINE = [*RAILWAY[:5], (985, 700)]


def along(points: list[tuple[int, int]], steps: int = 6) -> list[tuple[int, int]]:
    """Return points on the smooth line that `curve` draws."""
    found = [points[0]]
    for index in range(len(points) - 1):
        before, here = points[max(0, index - 1)], points[index]
        there, after = points[index + 1], points[min(len(points) - 1, index + 2)]
        for step in range(1, steps + 1):
            t = step / steps
            ends = [(here[i], here[i] + (there[i] - before[i]) / 6, there[i] - (after[i] - here[i]) / 6, there[i])
                    for i in (0, 1)]  # fmt: skip
            x, y = ((1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
                    for a, b, c, d in ends)  # fmt: skip
            found.append((round(x), round(y)))
    return found


def part(line: list[tuple[int, int]], start: tuple[int, int], end: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the part of a line between two of its points, in the order in which they are asked for."""
    first, last = line.index(start), line.index(end)
    return line[first : last + 1] if first <= last else line[last : first + 1][::-1]


def districts() -> dict[str, tuple[list[tuple[int, int]], tuple[int, int]]]:
    """Return each district's outline, and where its name stands."""
    sura, north, south = along(SURA), along(NORTH_LINE), along(SOUTH_LINE)
    mouth, meadow, top, bottom = (985, 700), (1200, 250), SURA[-1], SURA[0]
    return {
        "oktyabrsky": ([(-10, -10), *north, *part(sura, meadow, top)], (560, 75)),
        "leninsky": ([*north, *part(sura, meadow, mouth), *south[::-1]], (650, 470)),
        "pervomaysky": ([*south, *part(sura, mouth, bottom), (-10, 1010)], (560, 880)),
        "zheleznodorozhny": ([*part(sura, bottom, top), (1610, -10), (1610, 1010)], (1270, 760)),
    }


def write_districts() -> None:
    """Write the outlines as a data file, which the site's map of projects is drawn from."""
    lines = ["# Drawn by scripts/draw_map.py, on the sheet of static/img/map.svg; simplified, no survey."]
    for name, (outline, (x, y)) in districts().items():
        lines += ["", "[[district]]", f'name = "{name}"', f'path = "{ring(outline)}"', f"x = {x}", f"y = {y}"]
    DISTRICTS_OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
    write_districts()
