"""Tables that were sent: looked at, kept for a day, applied as a whole by the worker."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from campaigns.models import Campaign
from fund.sales.models import StockItem
from merch.editing import CATALOGUE, feed
from merch.models import CatalogueSheet, Product, Variant
from merch.sheets.planning import Plan, plan
from merch.sheets.reading import decoded, rows_of
from people.services import record_act, subject_of
from people.turns import take_turns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import Model

    from people.models import User

State = CatalogueSheet.State
KEPT = timedelta(days=1)
GRACE = timedelta(seconds=20)
SWEEP = 10
BATCH = 500
MOST_FAULTS = 100
PRODUCT = (
    "title",
    "summary",
    "description",
    "community",
    "maker_name",
    "campaign",
    "collection",
    "tags",
    "state",
    "listed_at",
)
VARIANT = ("size", "colour", "price_kopecks", "cost_kopecks", "maker_kopecks", "is_on_sale")
ITEM = ("title", "subject", "grams", "low_at")


def look_at(*, content: bytes, now: datetime) -> tuple[str, int, Plan]:
    """Return a file's text, how many rows it has, and what it would do. Changes nothing.

    :raises SheetError: if it is no table of the catalogue.
    """
    text = decoded(content)
    rows = rows_of(text)
    return text, len(rows), plan(rows=rows, now=now)


@transaction.atomic
def keep(*, text: str, rows: int, found: Plan, by: User, now: datetime) -> CatalogueSheet:
    """Keep a table without a fault until it is applied."""
    return CatalogueSheet.objects.create(text=text, rows=rows, counts=found.counts(), sent_by=by, sent_at=now)


@transaction.atomic
def ask(*, reference: UUID, by: User, now: datetime) -> CatalogueSheet:
    """Let the worker apply a table: it is the act of who asks for it. Repeat-safe."""
    sheet = CatalogueSheet.objects.select_for_update().get(reference=reference)
    if sheet.state == State.CHECKED:
        sheet.state, sheet.sent_by, sheet.sent_at = State.WAITING, by, now
        sheet.save(update_fields=["state", "sent_by", "sent_at"])
    return sheet


@transaction.atomic
def apply_sheet(*, sheet_id: int, now: datetime) -> None:
    """Apply a table as a whole, or say why not: the catalogue may have changed since. Repeat-safe."""
    take_turns(CATALOGUE)
    sheet = CatalogueSheet.objects.select_for_update().filter(pk=sheet_id, state=State.WAITING).first()
    if sheet is None:
        return
    found = plan(rows=rows_of(sheet.text), now=now)
    sheet.text, sheet.counts = "", found.counts()
    if found.faults:
        sheet.state = State.REFUSED
        sheet.faults = [[fault.number, fault.words] for fault in found.faults[:MOST_FAULTS]]
    else:
        _write(found)
        sheet.state = State.APPLIED
        record_act(
            actor=sheet.sent_by, action="merch.import_sheet", subject=subject_of(sheet), details=sheet.counts, now=now
        )
    sheet.save()


def due_sheets(*, now: datetime) -> list[int]:
    """Return tables that wait to be applied and whose task was lost. One query."""
    late = CatalogueSheet.objects.filter(state=State.WAITING, sent_at__lte=now - GRACE)
    return list(late.order_by("sent_at").values_list("pk", flat=True)[:SWEEP])


@transaction.atomic
def forget_old(*, now: datetime) -> int:
    """Drop tables that nobody applied for a day. One query."""
    return CatalogueSheet.objects.filter(state=State.CHECKED, sent_at__lte=now - KEPT).delete()[0]


def _write(found: Plan) -> None:
    for campaign in Campaign.objects.filter(pk__in={one.campaign_id for one in [*found.new_products, *found.products]}):
        feed(campaign=campaign)
    Product.objects.bulk_create(found.new_products, batch_size=BATCH)
    _write_anew(Product, found.products, PRODUCT)
    StockItem.objects.bulk_create([one.item for one in found.new_variants], batch_size=BATCH)
    for variant in found.new_variants:
        variant.product_id, variant.item_id = variant.product.pk, variant.item.pk
    _free_names(found)
    Variant.objects.bulk_create(found.new_variants, batch_size=BATCH)
    _write_anew(Variant, found.variants, VARIANT)
    _write_anew(StockItem, sorted(found.items, key=lambda item: item.pk), ITEM)  # as buyers lock them


def _write_anew(kind: type[Model], rows: Sequence[Any], names: Sequence[str]) -> None:
    """Write fields of rows that are there. As an insertion that meets them it takes a third of a ``bulk_update``."""
    kind._meta.default_manager.bulk_create(  # type: ignore[union-attr]  # each of ours has one
        rows, batch_size=BATCH, update_conflicts=True, update_fields=names, unique_fields=["id"]
    )


def _free_names(found: Plan) -> None:
    """Let go of the sizes of variants that change theirs, so that two may swap them."""
    ids = found.renamed
    for start in range(0, len(ids), BATCH):
        moving = Variant.objects.filter(pk__in=ids[start : start + BATCH])
        moving.update(size=Concat(Value("~"), Cast("pk", CharField())), colour="")
