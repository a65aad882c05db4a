"""Orders and their papers, for tests."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from pypdf import PdfReader

from fund.money import Kopecks
from fund.sales import services
from tests.fund.sales.goods import buy, item
from tests.fund.sales.orders import order, paid
from tests.merch.desk import SHOP

if TYPE_CHECKING:
    from pathlib import Path

    from emulator.control import EmulatorControl
    from fund.sales.models import Sale, StockItem

TO_DELIVER = services.Contact(
    name="Анна Петрова", phone="+79001234567", postcode="101000", place="Москва, ул. Мясницкая, 26, кв. 7",
    comment="Позвоните за час <b>",
)  # fmt: skip


def mugs() -> StockItem:
    """Return fifty mugs of 450 grams."""
    found = item()
    found.grams = 450
    found.save(update_fields=["grams"])
    buy(found, pieces=50, price=300_00)
    return found


def to_door(control: EmulatorControl, mug: StockItem, pieces: int = 3) -> Sale:
    """Return a paid order with a discount, a delivery and a gift."""
    return paid(
        control,
        order(
            (mug, pieces, 1_000_00),
            carrier="cdek",
            contact=TO_DELIVER,
            delivery=services.Extra("СДЭК до пункта выдачи", "fund", Kopecks(350_00)),
            gift=services.Extra("На общие цели фонда", "fund", Kopecks(200_00)),
        ),
    )


def words(answer: Any) -> str:
    """Return the text of a PDF that was sent."""
    return "\n".join(pages(answer))


def pages(answer: Any) -> list[str]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    reader = PdfReader(BytesIO(b"".join(answer.streaming_content)))
    return [" ".join(page.extract_text().replace("\N{NO-BREAK SPACE}", " ").split()) for page in reader.pages]


def files(stored: Path) -> list[str]:
    return sorted(str(one.relative_to(stored)) for one in stored.rglob("*.pdf"))


def invoice(sale: Sale) -> str:
    return f"{sale.get_absolute_url()}invoice"


def packing(sale: Sale) -> str:
    return f"{SHOP}orders/{sale.pk}/packing"
