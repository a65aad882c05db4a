"""What an invoice shows: what was bought, at what price, what went back. Nothing of whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from fund.money import Kopecks, in_words
from fund.sales.models import Sale, SaleLine, SaleReturnLine

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

# Per cent by ЮKassa's codes (yookassa.ru/developers/54fz/parameters-values); 1 is «without VAT», which is not nought.
VAT_PERCENT = {2: 0, 3: 10, 4: 20, 5: 10, 6: 20, 7: 5, 8: 7, 9: 5, 10: 7, 11: 22, 12: 22}
GOODS, DELIVERY, GIFT = SaleLine.Kind.GOODS, SaleLine.Kind.DELIVERY, SaleLine.Kind.GIFT


@dataclass(frozen=True)
class InvoiceLine:
    """One line as it was bought."""

    number: int
    kind: str
    title: str
    sku: str
    quantity: int
    price_kopecks: Kopecks
    discount_kopecks: Kopecks
    total_kopecks: Kopecks


@dataclass(frozen=True)
class BackLine:
    """Pieces of a line that do not stay with the buyer, and what they brought back."""

    day: date
    is_cancelled: bool
    number: int
    title: str
    quantity: int
    amount_kopecks: Kopecks


@dataclass(frozen=True)
class Invoice:
    """All that it says of an order."""

    number: str
    day: date
    carrier: str
    operation: int
    lines: tuple[InvoiceLine, ...]
    back: tuple[BackLine, ...]
    back_taxed_kopecks: Kopecks
    vat_code: int

    @property
    def carrier_title(self) -> str:
        """Return who brings it."""
        return str(Sale.Carrier(self.carrier).label)

    @property
    def goods_kopecks(self) -> Kopecks:
        """Return what goods cost before the discount."""
        return Kopecks(sum(line.quantity * line.price_kopecks for line in self.lines if line.kind == GOODS))

    @property
    def discount_kopecks(self) -> Kopecks:
        """Return the whole discount."""
        return Kopecks(sum(line.discount_kopecks for line in self.lines))

    @property
    def delivery_kopecks(self) -> Kopecks:
        """Return what delivery costs."""
        return _sum(self.lines, {DELIVERY})

    @property
    def gift_kopecks(self) -> Kopecks:
        """Return what was given on top."""
        return _sum(self.lines, {GIFT})

    @property
    def total_kopecks(self) -> Kopecks:
        """Return what the whole order costs."""
        return _sum(self.lines, {GOODS, DELIVERY, GIFT})

    @property
    def back_kopecks(self) -> Kopecks:
        """Return what went back."""
        return Kopecks(sum(line.amount_kopecks for line in self.back))

    @property
    def left_kopecks(self) -> Kopecks:
        """Return what is left of the order."""
        return Kopecks(self.total_kopecks - self.back_kopecks)

    @property
    def left_in_words(self) -> str:
        """Return that in Russian words."""
        return in_words(self.left_kopecks)

    @property
    def vat_percent(self) -> int | None:
        """Return the rate of VAT; None where there is none."""
        return VAT_PERCENT.get(self.vat_code)

    @property
    def vat_kopecks(self) -> Kopecks:
        """Return the VAT within what goods and delivery cost in the end; a gift bears none."""
        percent = self.vat_percent or 0
        taxed = _sum(self.lines, {GOODS, DELIVERY}) - self.back_taxed_kopecks
        return Kopecks((2 * taxed * percent + 100 + percent) // (2 * (100 + percent)))  # to the nearest kopeck


def has_invoice(*, sale: Sale) -> bool:
    """Return whether there is something to write an invoice of: the order came to be paid, and is or was packed."""
    if sale.payment.operation_id is None or sale.state in {Sale.State.UNPAID, Sale.State.NOT_PAID}:
        return False
    return sale.state != Sale.State.CANCELLED or sale.returns.exists()


def find_invoice(*, sale_id: int) -> Invoice | None:
    """Return an order's invoice; None where there is nothing to write one of. Three queries, and one if cancelled."""
    sale = Sale.objects.select_related("payment").filter(pk=sale_id).first()
    if sale is None or not has_invoice(sale=sale):
        return None
    rows = SaleLine.objects.filter(sale=sale).select_related("item").order_by("number")
    returned = SaleReturnLine.objects.filter(sale_return__sale=sale).select_related("sale_return", "line")
    back = list(returned.order_by("sale_return", "line__number", "start"))
    return Invoice(
        sale.number,
        timezone.localdate(sale.created_at),
        sale.carrier,
        sale.payment.operation_id or 0,
        tuple(_line(row) for row in rows),
        tuple(_back(row) for row in back),
        Kopecks(sum(row.amount_kopecks for row in back if row.line.kind != GIFT)),
        int(str(settings.RECEIPTS["vat_code"])),
    )


def _line(row: SaleLine) -> InvoiceLine:
    return InvoiceLine(
        row.number,
        row.kind,
        row.title,
        row.item.sku if row.item else "",
        row.quantity,
        Kopecks(row.price_kopecks),
        Kopecks(row.discount_kopecks),
        Kopecks(row.total_kopecks),
    )


def _back(row: SaleReturnLine) -> BackLine:
    return BackLine(
        timezone.localdate(row.sale_return.at),
        row.sale_return.is_before_handover,
        row.line.number,
        row.line.title,
        row.stop - row.start,
        Kopecks(row.amount_kopecks),
    )


def _sum(lines: Iterable[InvoiceLine], kinds: set[SaleLine.Kind]) -> Kopecks:
    return Kopecks(sum(line.total_kopecks for line in lines if line.kind in kinds))
