"""Renders the demo shop's souvenirs: `.venv/bin/python scripts/draw_souvenirs.py`, after a drawing changed.

Flat drawings in the site's colours, in Debian's Chromium: no photograph of things that do not exist.
"""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent.parent / "config/embedded/demo/souvenirs"
SIDE = 1200
LARGEST_BYTES = 60_000
PAGE = '<!doctype html><meta charset="utf-8"><style>* {{ margin: 0 }} svg {{ display: block }}</style>{}'


def main() -> None:
    """Write a PNG beside each SVG."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": SIDE, "height": SIDE})
        for drawing in sorted(HERE.glob("*.svg")):
            page.set_content(PAGE.format(drawing.read_text(encoding="utf-8")))
            found = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            path = drawing.with_suffix(".png")
            found.quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)
            if path.stat().st_size > LARGEST_BYTES:
                raise SystemExit(f"{path.name} has {path.stat().st_size} bytes: draw less.")
        browser.close()


if __name__ == "__main__":
    main()
