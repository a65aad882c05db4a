"""What a picture in several widths has in common, whatever it is a picture of."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

from django.urls import reverse

ENDINGS = ("webp", "jpg")

NOBODYS = "0" * 64


@cache
def _folder(route: str) -> str:
    """Return what a route's addresses begin with, found out once: a list names a hundred of them."""
    address = reverse(route, kwargs={"digest": NOBODYS, "width": 1, "ending": "jpg"})
    return address.removesuffix(f"{NOBODYS}/1.jpg")


class Sized:
    """A model's pictures under one digest: their addresses, and the storage's names of their files."""

    FOLDER: ClassVar[str]
    ROUTE: ClassVar[str]

    digest: str
    widths: list[int]

    @property
    def width(self) -> int:
        """Return the largest width, in pixels."""
        return int(max(self.widths, default=0))

    @property
    def src(self) -> str:
        """Return the address that every browser understands, of the largest size."""
        return self.address(self.width, "jpg")

    @property
    def srcset(self) -> str:
        """Return the addresses of all widths for browsers that know WebP."""
        return ", ".join(f"{self.address(width, 'webp')} {width}w" for width in self.widths)

    def address(self, width: int, ending: str) -> str:
        """Return the address of one size."""
        return f"{_folder(self.ROUTE)}{self.digest}/{width}.{ending}"

    def file_names(self) -> list[str]:
        """Return the storage's names of all sizes."""
        return [f"{self.FOLDER}/{self.digest}/{width}.{ending}" for width in self.widths for ending in ENDINGS]
