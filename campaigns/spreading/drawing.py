"""Pictures drawn by Pillow with the site's own type: what social networks show, and how a poster looks."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import segno
from django.contrib.staticfiles import finders
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

GREEN, YELLOW, INK, GREY, WHITE = "#00713d", "#ffcf33", "#14201a", "#55615a", "#ffffff"
TRACK = "#338d64"  # the bar that is not filled yet, on green
PICTURE_SIZE = (1200, 630)
LOOK_SIZE = (744, 1052)  # a sheet of A4, 90 points to the inch
ELLIPSIS = "…"
HEADLINE_LEADING = 1.08
TEXT_LEADING = 1.3
SMALLEST_HEADLINE = 26
MARK = (120, 120)


@dataclass(frozen=True)
class Line:
    """A text that is to be fitted: largest size first, in so many lines of that width, all in pixels."""

    text: str
    size: int
    width: int
    lines: int
    is_bold: bool = False


@cache
def _font(size: int, *, is_bold: bool) -> FreeTypeFont:
    return ImageFont.truetype(str(finders.find(f"fonts/golos-pdf-{700 if is_bold else 400}.woff2")), size)


@cache
def _static(name: str) -> bytes:
    return Path(str(finders.find(name))).read_bytes()


def picture(*, title: str, organiser: str, state: str, percent: int, note: str) -> bytes:
    """Return the PNG that social networks show of a campaign.

    :param state: a sentence below the bar; ``percent`` fills it.
    :param note: a word in the corner, such as that this is a demonstration; may be empty.
    """
    sheet = _ground(PICTURE_SIZE)
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((0, 84, 860, 630), fill=GREEN)
    below = _headline(draw, (64, 132), Line(title, 78, 740, 6, is_bold=True))
    _paragraph(draw, (64, below + 18), Line(organiser, 31, 740, 1), WHITE)
    _bar(draw, (64, 500, 804, 520), percent)
    _paragraph(draw, (64, 540), Line(state, 31, 740, 1, is_bold=True), WHITE)
    if note:
        width = draw.textlength(note, font=_font(24, is_bold=True))
        draw.rectangle((1200 - 32 - width - 32, 28, 1200 - 32, 74), fill=YELLOW)
        draw.text((1200 - 48 - width, 36), note, font=_font(24, is_bold=True), fill=INK)
    _put_mark(sheet, (1200 - 48 - MARK[0], 630 - 48 - MARK[1]))
    return _png(sheet)


def look(*, title: str, summary: str, sums: tuple[str, str], address: str, by: str, note: str) -> bytes:
    """Return a PNG of a poster: the same words and code as the PDF, at their places."""
    sheet = Image.new("RGB", LOOK_SIZE, WHITE)
    ground = _ground(PICTURE_SIZE).resize((744, 391)).crop((0, 0, 744, 250))
    sheet.paste(ground, (0, 0))
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((0, 96, 640, 470), fill=GREEN)
    below = _headline(draw, (60, 130), Line(title, 62, 530, 5, is_bold=True))
    if note:
        _paragraph(draw, (60, min(below + 8, 436)), Line(note, 17, 530, 1, is_bold=True), YELLOW)
    _paragraph(draw, (60, 500), Line(summary, 25, 624, 5), INK)
    code = Image.open(io.BytesIO(_code(address))).convert("RGB").resize((240, 240), Image.Resampling.NEAREST)
    sheet.paste(code, (60, 700))
    _headline(draw, (336, 698), Line(sums[0], 38, 350, 1, is_bold=True), GREEN)
    _paragraph(draw, (336, 752), Line(sums[1], 22, 350, 2), INK)
    _paragraph(draw, (336, 880), Line(address.partition("://")[2], 20, 350, 2, is_bold=True), INK)
    _put_mark(sheet, (60, 958), (50, 50))
    _paragraph(draw, (126, 970), Line(by or "Фонд «Социальный капитал»", 19, 550, 1, is_bold=True), INK)
    return _png(sheet)


def shown(text: str) -> str:
    """Return a text without what the site's type has no sign for: pictures, controls, private signs."""
    kept = (sign for sign in text if sign == "\n" or unicodedata.category(sign) not in NO_SIGNS)
    return " ".join("".join(kept).split())


NO_SIGNS = {"Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk"}


def wrap(line: Line, font: FreeTypeFont) -> list[str] | None:
    """Return a text in lines; None where it does not fit, or a word of it is wider than a line."""
    rows: list[str] = []
    for word in line.text.split():
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and font.getlength(longer) <= line.width:
            rows[-1] = longer
        else:
            rows.append(word)
        if font.getlength(rows[-1]) > line.width:
            return None
    return rows if len(rows) <= line.lines else None


def _cut(line: Line, font: FreeTypeFont) -> list[str]:
    """Return as many words as fit, with an ellipsis; a word that is wider than a line is cut."""
    text = line.text
    while text:
        rows = wrap(Line(text + (ELLIPSIS if text != line.text else ""), line.size, line.width, line.lines), font)
        if rows is not None:
            return rows
        shorter = text.rpartition(" ")[0]
        text = shorter or text[: len(text) * 3 // 4]
    return []


def _headline(
    draw: ImageDraw.ImageDraw, place: tuple[int, int], line: Line, colour: str = WHITE, height: int = 290
) -> int:
    """Write a headline as large as it fits into its box; return where it ends."""
    line = Line(shown(line.text), line.size, line.width, line.lines, line.is_bold)
    font, rows = _font(SMALLEST_HEADLINE, is_bold=True), None
    for size in range(line.size, SMALLEST_HEADLINE - 1, -2):
        font = _font(size, is_bold=True)
        rows = wrap(line, font)
        if rows is not None and len(rows) * size * HEADLINE_LEADING <= height:
            break
        rows = None
    if rows is None:
        broken = Line(_broken(line, font), line.size, line.width, line.lines)
        rows = wrap(broken, font) or _cut(broken, font)
    return _write(draw, place, rows, font, colour, HEADLINE_LEADING)


def _broken(line: Line, font: FreeTypeFont) -> str:
    """Return a text in which no word is wider than a line."""
    words = []
    for word in line.text.split():
        rest = word
        while font.getlength(rest) > line.width:
            fits = next(count for count in range(len(rest), 0, -1) if font.getlength(rest[:count]) <= line.width)
            words.append(rest[:fits])
            rest = rest[fits:]
        words.append(rest)
    return " ".join(words)


def _paragraph(draw: ImageDraw.ImageDraw, place: tuple[int, int], line: Line, colour: str) -> int:
    font = _font(line.size, is_bold=line.is_bold)
    fitted = Line(shown(line.text), line.size, line.width, line.lines)
    return _write(draw, place, wrap(fitted, font) or _cut(fitted, font), font, colour, TEXT_LEADING)


def _write(
    draw: ImageDraw.ImageDraw, place: tuple[int, int], rows: list[str], font: FreeTypeFont, colour: str, leading: float
) -> int:
    left, top = place
    step = round(font.size * leading)
    for number, row in enumerate(rows):
        draw.text((left, top + number * step), row, font=font, fill=colour)
    return top + len(rows) * step


def _bar(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], percent: int) -> None:
    left, top, right, bottom = box
    draw.rectangle(box, fill=TRACK)
    width = (right - left) * min(100, max(0, percent)) // 100
    if width:
        draw.rectangle((left, top, left + width, bottom), fill=YELLOW)


def _ground(size: tuple[int, int]) -> Image.Image:
    return Image.open(io.BytesIO(_static("img/social-ground.png"))).convert("RGB").resize(size)


def _put_mark(sheet: Image.Image, place: tuple[int, int], size: tuple[int, int] = MARK) -> None:
    mark = Image.open(io.BytesIO(_static("img/mark-512.png"))).convert("RGB").resize(size, Image.Resampling.LANCZOS)
    sheet.paste(mark, place)


def _code(address: str) -> bytes:
    found = io.BytesIO()
    segno.make(address, error="m").save(found, kind="png", border=0, scale=8)
    return found.getvalue()


def _png(sheet: Image.Image) -> bytes:
    """Return the bytes: few colours, so that a phone loads it at once; the same sheet gives the same bytes."""
    found = io.BytesIO()
    sheet.quantize(64, dither=Image.Dither.NONE).save(found, "PNG", optimize=True)
    return found.getvalue()
