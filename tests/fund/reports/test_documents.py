"""What a report says is what the books hold: its text and its data are compared with them, sum by sum."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.storage import default_storage
from pypdf import PdfReader

from fund.ledger import log, services
from fund.ledger.models import Account, Checkpoint, Posting
from fund.ledger.selectors import account_totals
from fund.money import Kopecks, format_columns, format_roubles
from fund.reports import figures
from fund.reports.documents import write_report
from fund.reports.files import keep_file
from fund.reports.models import Report
from fund.reports.services import asking, rendering
from tests.fund.reports import books
from tests.fund.reports.books import JUNE_FIRST, MAY, post

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = pytest.mark.usefixtures("committed")


def made(**what: Any) -> tuple[Report, PdfReader]:
    asked = asking.ask(wanted=Report(**what), now=JUNE_FIRST)
    report = rendering.render_next(clock=lambda: JUNE_FIRST)
    assert report == asked.report
    assert (report.state, report.failure) == ("published", "")
    with default_storage.open(report.storage_name) as stream:
        return report, PdfReader(BytesIO(stream.read()))


def text_of(document: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in document.pages)


def cell(kopecks: int) -> str:
    return format_columns(kopecks).replace("\xa0", " ") if kopecks else "—"


def cells(kopecks: Iterable[int]) -> str:
    return " ".join(cell(amount) for amount in kopecks)


def roubles(kopecks: int) -> str:
    return format_roubles(kopecks).replace("\xa0", " ")


def moved(since: date, until: date) -> dict[str, list[int]]:
    """Add up plain postings: what every account was debited and credited, before and within."""
    found: dict[str, list[int]] = {}
    for posting in Posting.objects.select_related("operation", "debit", "credit"):
        day = posting.operation.business_date
        for code, side in ((posting.debit.code, 0), (posting.credit.code, 1)):
            if day <= until:
                found.setdefault(code, [0, 0, 0, 0])[side + (2 if day >= since else 0)] += posting.amount_kopecks
    return found


def test_every_sum_of_the_months_report_is_the_books() -> None:
    books.may()
    books.seal()
    _report, document = made(kind="month", month=MAY)
    text = text_of(document)

    names = dict(Account.objects.values_list("code", "name"))
    accounts = moved(MAY, date(2026, 5, 31))
    totals = [0] * 6
    for code, (was_debit, was_credit, debit, credit) in accounts.items():
        was, now = was_debit - was_credit, was_debit - was_credit + debit - credit
        sums = [max(was, 0), max(-was, 0), debit, credit, max(now, 0), max(-now, 0)]
        totals = [one + other for one, other in zip(totals, sums, strict=True)]
        assert f"{code} {names[code]} {cells(sums)}" in text
    assert f"Всего {cells(totals)} " in text
    assert (totals[0], totals[2], totals[4]) == (totals[1], totals[3], totals[5])
    for row in (
        "Сад на Суворова 1 000,00 5 000,00 250,50 — 1 200,00 4 549,50",
        "Хор «Суринка» — 2 345,67 100,00 — — 2 245,67",
        "Общие цели фонда 70,00 1 032,99 — −33,00 — 1 069,99",
        "Всего 1 070,00 8 378,66 350,50 −33,00 1 200,00 7 865,16",
        "Пожертвование 2 5 033,00", "Пожертвование, до достижения цели 1 2 345,67",
        "Пожертвование банковским переводом 1 999,99", "Всего 8 378,66",
        "Возврат пожертвования: цель не достигнута 1 100,00 Возврат пожертвования 1 250,50 Всего 350,50",
        "Комиссия ЮKassa 1 140,00 Оплата поставщику по акту 1 1 200,00 Всего 1 340,00",
        "57.yookassa Переводы в пути: ЮKassa 1 070,00 7 378,67 4 523,50 3 925,17",
        "Исправление записи № 14: запись повторяет другую. Решение: казначей 33,00",
        "8 378,66 ₽", "7 865,16 ₽", "в начале было 1 070 ₽",
    ):  # fmt: skip
        assert row in text


def test_a_projects_report_says_what_the_site_says() -> None:
    books.may()
    books.seal()
    report, document = made(kind="project", subject="sad")
    text = text_of(document)

    totals = account_totals(codes=["86.sad", "76.sad", "20.sad"])
    held = totals["86.sad"].balance_kopecks + totals["76.sad"].balance_kopecks
    spent = totals["20.sad"].credit_kopecks
    assert f"{roubles(held + spent)}собрано" in text.replace(" собрано", "собрано")
    for row in (f"{roubles(spent)}потрачено", f"{roubles(held)}ждёт расходов", "250,50 ₽вернулось"):
        assert row in text
    assert "Пожертвование 3 6 077,00" in text
    assert f"86.sad Целевые средства проекта: Сад на Суворова — — {cells([1_450_50, 6_077_00, 0, 4_626_50])}" in text
    assert "Хор" not in text
    head = log.newest_head()
    assert head is not None
    assert f"записей в журнале: {head.size}" in text
    assert f"/reports/{report.pk}/" in text


def test_the_file_holds_its_data_and_the_signed_checkpoint() -> None:
    books.may()
    books.seal()
    _report, document = made(kind="month", month=MAY)
    inside = {name: content[0].decode() for name, content in document.attachments.items()}

    head = log.newest_head()
    assert head is not None
    assert inside.keys() == {"accounts.csv", "projects.csv", "report.json", "checkpoint.txt"}
    assert inside["checkpoint.txt"] == head.note
    rows = list(csv.DictReader(io.StringIO(inside["accounts.csv"])))
    accounts = moved(MAY, date(2026, 5, 31))
    assert {row["code"]: [int(row["turnover_debit_kopecks"]), int(row["turnover_credit_kopecks"])] for row in rows} == {
        code: sums[2:] for code, sums in accounts.items()
    }
    whole = json.loads(inside["report.json"])
    assert whole["checkpoint"]["root"] == head.root.hex()
    assert whole["total"]["after_kopecks"] == 7_865_16
    assert document.root_object["/MarkInfo"], "tagged, for who does not see it"


def test_the_same_row_gives_the_same_bytes() -> None:
    books.may()
    books.seal()
    report, _document = made(kind="month", month=MAY)
    told: list[int] = []

    again = write_report(Report.objects.get(pk=report.pk), tell=told.append)

    assert len(again.content) == report.file_bytes
    assert keep_file(content=again.content) == report.file_sha256
    assert told == [30, 80]


def test_what_is_posted_after_the_checkpoint_is_not_in_the_report() -> None:
    books.may()
    books.seal()
    asked = asking.ask(wanted=Report(kind="month", month=MAY), now=JUNE_FIRST).report
    post("gift", "sad", date(2026, 5, 30), gross=666_66)
    books.seal()

    report = rendering.render_next(clock=lambda: JUNE_FIRST)

    assert report == asked
    with default_storage.open(asked.__class__.objects.get().storage_name) as stream:
        text = text_of(PdfReader(BytesIO(stream.read())))
    assert "4 549,50" in text
    assert "666,66" not in text


def test_a_month_without_entries_says_so_and_keeps_its_balances() -> None:
    post("gift", "fund", date(2026, 4, 12), gross=70_00)
    post("gift", "fund", date(2026, 6, 12), gross=5_00)
    books.seal()
    _report, document = made(kind="month", month=MAY)
    text = text_of(document)

    assert "нет ни одной записи" in text
    assert "Всего 70,00 70,00 — — 70,00 70,00" in text


@pytest.mark.parametrize("most", [2, 60])
def test_sixty_projects_and_huge_sums_fit_the_pages(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOST_PURPOSES", "MOST_ACCOUNTS"):
        monkeypatch.setattr(f"fund.reports.shortening.{name}", most)
    for number in range(60):
        title = f"Проект {number:02}: очень длинное название, какое бывает у городских сообществ Пензы и области"
        books.open_project(f"p{number}", title)
        post("gift", f"p{number}", MAY, gross=90_071_992_547_409_90 // 70 + number)
    books.seal()
    report, document = made(kind="month", month=MAY)
    text = text_of(document)

    assert f"Всего {cells([sum(90_071_992_547_409_90 // 70 + n for n in range(60))] * 1)}" in text
    assert ("Остальные проекты: 58" in text) == (most == 2)
    assert ("Проект 00" in text) == (most == 60)
    assert len(document.pages) == report.pages
    assert all("Было" in page.extract_text() for page in document.pages[2:-1]), "heads are repeated"
    names = list(csv.DictReader(io.StringIO(document.attachments["projects.csv"][0].decode())))
    assert len(names) == 60, "the data is whole"


def test_books_that_disagree_with_themselves_give_no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    books.may()
    books.seal()
    asking.ask(wanted=Report(kind="month", month=MAY), now=JUNE_FIRST)
    monkeypatch.setattr("fund.reports.figures.ENTRIES", _without_refunds())

    report = rendering.render_next(clock=lambda: JUNE_FIRST)

    assert report is not None
    assert (report.state, report.failure, report.file_sha256) == ("failed", "books_disagree", "")


def _without_refunds() -> str:
    from fund.reports.figures import ENTRIES

    return ENTRIES.replace("AND {where}", "AND o.kind <> 'refund' AND {where}")


def test_debts_to_donors_and_disputed_gifts_are_counted_once() -> None:
    post("gift", "fund", date(2026, 5, 2), gross=1_000_00)
    post("refund_refused", "fund", date(2026, 5, 3), gross=300_00)
    post("payout", "", date(2026, 5, 4), net=600_00)
    post("debt_paid", "", date(2026, 5, 5), gross=300_00)
    post("chargeback", "fund", date(2026, 5, 6), gross=100_00, fee=15_00)
    books.seal()
    _report, document = made(kind="month", month=MAY)
    text = text_of(document)

    for row in (
        "Общие цели фонда — 1 000,00 400,00 — — 600,00",
        "Пожертвование оспорено в банке дарителя 1 100,00",
        "не принят ЮKassa: долг перед дарителем 1 300,00",
        "Долг по пожертвованию возвращён с расчётного счёта 1 300,00 Всего 300,00",
    ):
        assert row in text


def test_what_one_project_hands_on_to_another_is_neither_a_gift_nor_a_return() -> None:
    books.open_project("sad", "Сад на Суворова")
    books.open_project("hor", "Хор «Суринка»")
    post("gift", "sad", MAY, gross=1_000_00)
    services.post_event(
        event="purpose_moved", subject="sad", target="hor", amounts={"gross": Kopecks(300_01)}, key="m",
        business_date=MAY, reference="000001",
    )  # fmt: skip
    books.seal()
    (head,) = Checkpoint.objects.all()
    found = figures.month_figures(checkpoint=head, since=MAY, until=JUNE_FIRST.date(), most_reversals=1)

    sums = {row.subject: row.sums for row in found.purposes if any(row.sums)}
    assert sums == {"sad": (0, 1_000_00, 0, -300_01, 0, 699_99), "hor": (0, 0, 0, 300_01, 0, 300_01)}
    assert [row.sums for row in found.days] == [(1_000_00, 0, 0, 0)]
