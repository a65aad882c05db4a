"""QR codes."""

from __future__ import annotations

import io

import segno


def qr_svg(address: str) -> str:
    """Return a QR code of an address as SVG."""
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", border=0, xmldecl=False, svgns=True)
    return picture.getvalue().decode()
