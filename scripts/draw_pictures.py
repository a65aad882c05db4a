"""Draws the pictures that stand for the site elsewhere: `.venv/bin/python scripts/draw_pictures.py`.

What social networks show (1200 × 630) and the icons; they are made of the map, the mark and the site's own type, in
Debian's Chromium, and are committed. Run it after scripts/draw_map.py or when the words change.
"""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

STATIC = Path(__file__).resolve().parent.parent / "static"
LARGEST_BYTES = 60_000
PICTURES = {
    "social": ("Город делают те, кто в нём живёт", "Открытый фонд Пензы", "200 60 1100 578"),
    "social-books": ("Каждый рубль — в открытых книгах", "Проверить может любой", "560 420 1000 525"),
    "social-project": ("Проекты, которые делает город", "Поддержите и посмотрите, куда пошёл рубль", "380 120 900 473"),
}
PAGE = """<!doctype html><meta charset="utf-8"><base href="{base}/"><link rel="stylesheet" href="css/tokens.css"><style>
* {{ box-sizing: border-box; margin: 0 }} body {{ width: 1200px; height: 630px; position: relative; overflow: hidden;
background: #fff; font-family: Golos; color: #fff }}
.map {{ position: absolute; inset: 0; width: 1200px; height: 630px }}
.panel {{ position: absolute; left: 0; bottom: 0; width: 760px; padding: 56px 64px 60px; background: #00713d }}
h1 {{ font: 800 76px/1.02 Golos; letter-spacing: -.025em; text-wrap: balance }}
p {{ margin-top: 26px; font: 500 31px/1.25 Golos }}
.mark {{ position: absolute; right: 48px; bottom: 48px; width: 132px; height: 132px }}
</style><svg class="map" viewBox="{view}" preserveAspectRatio="xMidYMid slice">{city}</svg>
<div class="panel"><h1>{title}</h1><p>{words}</p></div><img class="mark" src="img/mark.svg">"""
# What the worker draws each campaign's own picture on (campaigns/spreading/drawing.py): the map, and nothing on it.
GROUND = """<!doctype html><base href="{base}/"><link rel="stylesheet" href="css/tokens.css"><style>
* {{ margin: 0 }} body {{ background: #fff }} svg {{ display: block; width: 1200px; height: 630px }}
</style><svg viewBox="600 150 1000 525" preserveAspectRatio="xMidYMid slice">{city}</svg>"""
ICON = """<!doctype html><base href="{base}/"><style>
* {{ margin: 0 }} img {{ display: block; width: 100vw; height: 100vh }}
body {{ background: {ground} }}</style><img src="img/mark.svg">"""


def shoot(browser: object, html: str, width: int, height: int) -> Image.Image:
    """Return a page as a picture."""
    page = browser.new_page(viewport={"width": width, "height": height})  # type: ignore[attr-defined]
    path = STATIC / ".drawing.html"
    path.write_text(html, encoding="utf-8")
    try:
        page.goto(path.as_uri())
        page.evaluate("document.fonts.ready")
        return Image.open(io.BytesIO(page.screenshot(omit_background=True))).convert("RGBA")
    finally:
        path.unlink()
        page.close()


def main() -> None:
    """Write the files."""
    svg = (STATIC / "img/map.svg").read_text(encoding="utf-8")
    city = svg[svg.index("<g") : svg.rindex("</svg>")]
    base = STATIC.as_uri()
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        for name, (title, words, view) in PICTURES.items():
            found = shoot(browser, PAGE.format(base=base, city=city, title=title, words=words, view=view), 1200, 630)
            path = STATIC / f"img/{name}.png"
            found.convert("RGB").quantize(48, dither=Image.Dither.NONE).save(path, optimize=True)
            if path.stat().st_size > LARGEST_BYTES:
                raise SystemExit(f"{path.name} has {path.stat().st_size} bytes: draw less.")
        found = shoot(browser, GROUND.format(base=base, city=city), 1200, 630)
        found.convert("RGB").quantize(32, dither=Image.Dither.NONE).save(
            STATIC / "img/social-ground.png", optimize=True
        )
        for name, size, ground in (("apple-touch-icon", 180, "#00713d"), ("mark-512", 512, "#00713d")):
            found = shoot(browser, ICON.format(base=base, ground=ground), size, size)
            found.convert("RGB").quantize(64).save(STATIC / f"img/{name}.png", optimize=True)
        shoot(browser, ICON.format(base=base, ground="transparent"), 32, 32).save(
            STATIC / "img/favicon.ico", sizes=[(32, 32)]
        )
        browser.close()


if __name__ == "__main__":
    main()
