from datetime import date
import pytest
from pathlib import Path
from fund.reports.models import Report
from fund.reports.services import asking, rendering
from tests.fund.reports import books


def make(**what):
    asked = asking.ask(wanted=Report(**what), now=books.JUNE_FIRST)
    made = rendering.render_next(clock=lambda: books.JUNE_FIRST)
    assert made and made.is_published, made and made.failure
    from django.core.files.storage import default_storage

    Path(f"/tmp/pdf-{what.get('subject') or 'month'}.pdf").write_bytes(default_storage.open(made.storage_name).read())


@pytest.mark.usefixtures("committed")
def test_small():
    books.may()
    books.seal()
    make(kind="month", month=books.MAY)
    make(kind="project", subject="sad")
