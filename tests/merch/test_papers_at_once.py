"""Many hands at one paper at the same moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage
from django.utils import timezone

from fund.reports.pdf import render_pdf
from merch.models import OrderPaper
from merch.papers import asking, making, tasks
from tests.fund.sales.goods import buy, item
from tests.fund.sales.orders import order, paid
from tests.together import together

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from emulator.control import EmulatorControl


def test_many_who_ask_and_many_workers_make_one_file(
    committed: str, control: EmulatorControl, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }
    mug = item()
    buy(mug, pieces=5, price=300_00)
    sale = paid(control, order((mug, 1, 500_00)))
    asked: list[bool] = []
    written: list[int] = []

    def count(**what: Any) -> bytes:
        written.append(1)
        return render_pdf(**what)

    monkeypatch.setattr(making, "render_pdf", count)
    together(*[lambda: asked.append(asking.ask_for_invoice(sale=sale, now=timezone.now())[1])] * 4)
    paper = OrderPaper.objects.get()
    together(*[lambda: tasks.make_paper(paper_id=paper.pk)] * 3)
    paper.refresh_from_db()
    assert (paper.state, sorted(asked), len(written)) == ("ready", [False, False, False, True], 1)
    assert default_storage.listdir("papers") == ([], [paper.file_name.removeprefix("papers/")])
