"""A report as a document: what it says, its picture, its data inside. The same row gives the same bytes."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from fund.ledger import log
from fund.ledger.chart import events
from fund.ledger.purposes import purpose_money
from fund.ledger.verifying import page_sha256, short_root
from fund.reports import pdf, pictures, selectors
from fund.reports.figures import month_figures, project_figures
from fund.reports.naming import named
from fund.reports.qr import qr_svg
from fund.reports.shortening import shortened_accounts, shortened_purposes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fund.ledger.log import LogHead
    from fund.reports.figures import Figures, KindRow
    from fund.reports.models import Report

LANGUAGE = "ru"
MOST_REVERSALS = 100
FIGURES_READ, LAID_OUT = 30, 80  # percent
REFERENCE = re.compile(r" № \{reference\}")


@dataclass(frozen=True)
class Written:
    """A report's file."""

    content: bytes
    pages: int


@dataclass(frozen=True)
class NamedKind:
    """One kind of entry, in words."""

    title: str
    row: KindRow


def write_report(report: Report, *, tell: Callable[[int], None]) -> Written:
    """Return a report's PDF. Memory grows with accounts and purposes, not with entries.

    :param tell: is told how far it is, in percent.
    :raises BooksDisagreeError: if two ways to count do not give the same.
    """
    with override(LANGUAGE):
        found = read_figures(report)
        tell(FIGURES_READ)
        context = report_context(report, found)
        document = pdf.lay_out(template=f"pdf/report_{report.kind}.html", context=context)
        tell(LAID_OUT)
        files = attached_files(report, found, context["head"])
        at = timezone.localtime(report.checkpoint.sealed_at).replace(tzinfo=None)
        return Written(pdf.write(document, attached=files, at=at), len(document.pages))


def read_figures(report: Report) -> Figures:
    """Return what the books say of a report's matter at its checkpoint. Four queries at most.

    :raises BooksDisagreeError: if two ways to count do not give the same.
    """
    if report.month is not None:
        until = selectors.last_day(report.month)
        return month_figures(
            checkpoint=report.checkpoint, since=report.month, until=until, most_reversals=MOST_REVERSALS + 1
        )
    return project_figures(checkpoint=report.checkpoint, subject=report.subject, most_reversals=MOST_REVERSALS + 1)


def report_context(report: Report, found: Figures) -> dict[str, Any]:
    """Return what the template shows. Two queries."""
    head = log.find_head(size=report.checkpoint.operations)
    if head is None:
        raise ValueError("a report of a checkpoint that is not signed")
    address = settings.SITE_URL + report.get_absolute_url()
    money = purpose_money(held_kopecks=found.total.after_kopecks, costs_credit_kopecks=found.total.spent_kopecks)
    return {
        "report": report,
        "figures": found,
        "title": named(reports=[report])[0].title,
        "chart": pictures.report_chart(report, found),
        "money": found.money_accounts(),
        "paid_kopecks": sum(row.paid_kopecks for row in found.kinds_that_were_paid()),
        "raised_kopecks": money.raised_kopecks,
        "came": _named(found.kinds_that_came()),
        "went_back": _named(found.kinds_that_went_back()),
        "paid": _named(found.kinds_that_were_paid()),
        "within": _named(found.kinds_within()),
        "corrections": found.kinds_of_corrections(),
        "purposes": shortened_purposes(found.purposes),
        "accounts": shortened_accounts(found.accounts),
        "reversals": found.reversals[:MOST_REVERSALS],
        "has_more_reversals": len(found.reversals) > MOST_REVERSALS,
        "head": head,
        "address": address,
        "root": short_root(head.root),
        "verify_address": settings.SITE_URL + reverse("ledger:verify"),
        "page_sha256": page_sha256(),
        "books_address": settings.SITE_URL + reverse("ledger:operations"),
        "qr_svg": qr_svg(address),
        "fund": settings.FUND,
        "demo_mode": settings.DEMO_MODE,
    }


@cache
def kind_title(kind: str) -> str:
    """Return what a kind of entry is called: its memo without a number. An event that is gone keeps its own word."""
    event = events().get(kind)
    return REFERENCE.sub("", event.memo) if event else kind


def attached_files(report: Report, found: Figures, head: LogHead) -> list[pdf.AttachedFile]:
    """Return the report's data: tables for spreadsheets, all of it for programs, the signed checkpoint."""
    whole = {
        "kind": report.kind, "month": report.month, "subject": report.subject, "version": report.version,
        "checkpoint": {"size": head.size, "root": head.root.hex(), "sealed_at": head.sealed_at},
        **asdict(found), "total": asdict(found.total),
    }  # fmt: skip
    accounts = [f"{part}_{side}" for part in ("opening", "turnover", "closing") for side in ("debit", "credit")]
    purposes = ("before", "came", "returned", "corrected", "spent", "after")
    return [
        pdf.AttachedFile("accounts.csv", "Оборотно-сальдовая ведомость, в копейках", _csv(
            ["code", "name", *(f"{name}_kopecks" for name in accounts)],
            ([row.code, row.name, *row.sums()] for row in found.accounts),
        )),
        pdf.AttachedFile("projects.csv", "Деньги по проектам, в копейках", _csv(
            ["subject", "name", *(f"{name}_kopecks" for name in purposes)],
            ([row.subject, row.name, *row.sums] for row in found.purposes),
        )),
        pdf.AttachedFile("report.json", "Все числа отчёта, в копейках", json.dumps(
            whole, ensure_ascii=False, default=lambda value: value.isoformat(), indent=1
        ).encode()),
        pdf.AttachedFile("checkpoint.txt", "Подписанная сверка (C2SP tlog-checkpoint)", head.note.encode()),
    ]  # fmt: skip


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode()


def _named(rows: Iterable[KindRow]) -> list[NamedKind]:
    return [NamedKind(kind_title(row.kind), row) for row in rows]
