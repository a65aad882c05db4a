"""Pictures for networks and posters: drawn by the worker, made anew when they must be, never of a draft."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image, ImageChops
from pypdf import PdfReader

from campaigns.finding import counting
from campaigns.models import Listing, Organiser, Sheet
from campaigns.spreading import drawing, sheets
from campaigns.spreading.tasks import make_sheets
from fund.ledger import services as ledger
from fund.money import Kopecks
from tests import make

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

SCRIPT = "</script><script>alert(1)</script>\"'><img src=x>"
LONG = "Пассажироперевозочноэлектрифицированный " * 3


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    """Keep files apart from other tests'."""
    settings.STORAGES = settings.STORAGES | {
        "default": settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path, "base_url": None}}
    }


def make_all() -> list[tuple[str, str]]:
    """Make what is due; return what was made."""
    due = sheets.due_sheets(limit=50)
    for one in due:
        sheets.make_sheet(due=one, now=make.NOW)
    return [(Listing.objects.get(pk=one.campaign_id).slug, one.kind) for one in due]


def content_of(sheet: Sheet) -> bytes:
    with default_storage.open(sheet.storage_name) as stream:
        return bytes(stream.read())


def image_of(client: Client, path: str) -> Image.Image:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    return Image.open(io.BytesIO(answer.getvalue()))


@pytest.mark.django_db
def test_a_picture_and_a_poster_are_made_once(client: Client) -> None:
    make.campaign(by=make.organiser("Соседи"))
    make.draft("tayna")

    assert "social-project" in client.get("/projects/sad/").content.decode(), "the plain one until there is its own"
    assert make_all() == [("sad", "picture"), ("sad", "poster")]
    assert make_all() == []
    assert sorted(Sheet.objects.values_list("kind", flat=True)) == ["look", "picture", "poster"]


@pytest.mark.django_db
def test_the_page_names_its_picture_wholly_and_any_cache_may_keep_it(client: Client, settings: Any) -> None:
    make.campaign()
    make_all()
    page = client.get("/projects/sad/").content.decode()
    named = re.findall(r'<meta property="og:image" content="([^"]+)">', page)
    assert len(named) == 1
    assert named[0].startswith(f"{settings.SITE_URL}/sheets/")
    path = named[0].removeprefix(settings.SITE_URL)

    assert image_of(client, path).size == (1200, 630)
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert len(answer.getvalue()) < 120_000
    assert f'"image": "{named[0]}"' in page, "search engines are told of the same"


@pytest.mark.django_db
def test_an_old_address_leads_to_what_is_there_now_and_a_lost_file_to_the_plain_picture(client: Client) -> None:
    made = make.campaign()
    plain = client.get(f"/sheets/{made.pk}-{'0' * 16}.png")
    assert (plain.status_code, "social-project" in plain.headers["Location"]) == (302, True)
    make_all()
    sheet = Sheet.objects.get(kind="picture")
    old = client.get(f"/sheets/{made.pk}-{'0' * 16}.png")
    assert (old.status_code, old.headers["Location"]) == (302, f"/sheets/{made.pk}-{sheet.digest}.png")
    default_storage.delete(sheet.storage_name)
    lost = client.get(f"/sheets/{made.pk}-{sheet.digest}.png")
    assert "social-project" in lost.headers["Location"]
    for path in (f"/sheets/{made.pk}-{'0' * 16}.pdf", f"/sheets/{'9' * 30}-{'0' * 16}.png", "/sheets/1-x.png"):
        assert client.get(path).status_code == 404


@pytest.mark.usefixtures("committed")
def test_it_is_made_anew_when_figures_change_noticeably_and_not_before() -> None:
    make.campaign(goal_kopecks=1000_00)
    make_all()
    before = Sheet.objects.get(kind="picture")
    kinds = []
    for number, kopecks in enumerate([10_00, 39_00, 1_00, 50_00]):
        ledger.post_event(
            event="gift", subject="sad", amounts={"gross": Kopecks(kopecks)}, key=f"{number}",
            business_date=make.NOW.date(), reference=f"{number}",
        )  # fmt: skip
        make.seal()
        counting.count_listings()
        kinds.append([kind for _slug, kind in make_all()])
    after = Sheet.objects.get(kind="picture")

    assert kinds == [[], [], ["picture"], ["picture"]], "at each twentieth of the goal"
    assert after.sha256 != before.sha256
    assert (default_storage.exists(after.storage_name), default_storage.exists(before.storage_name)) == (True, False)


@pytest.mark.django_db
def test_a_poster_is_made_anew_with_its_words_and_goes_with_the_end(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    by = make.organiser("Соседи")
    made = make.campaign(by=by)
    make_all()
    Organiser.objects.filter(pk=by.pk).update(name="", user=None, erased_at=make.NOW)
    with django_capture_on_commit_callbacks(execute=True):
        assert make_all() == [("sad", "picture"), ("sad", "poster")]
    make.end(made, at=make.NOW)

    assert make_all() == [("sad", "picture")], "it says now that it is funded"
    page = client.get("/projects/sad/poster/").content.decode()
    assert ("не принимает" in page, "/sheets/" in page) == (True, False)


@pytest.mark.django_db
def test_the_poster_says_what_it_must_on_one_page(client: Client, settings: Any) -> None:
    deadline = datetime(2099, 12, 24, 22, 0, tzinfo=UTC)  # the 25th in Moscow
    made = make.campaign(
        title="Сад «Камней»", summary="Посадим сад", by=make.organiser("Соседи"), closes_at=deadline,
        goal_kopecks=1_234_500_00,
    )  # fmt: skip
    waiting = client.get("/projects/sad/poster/").content.decode()
    assert ('http-equiv="refresh"' in waiting, "рисуется" in waiting) == (True, True)
    make_all()
    page = client.get("/projects/sad/poster/")
    assert page.status_code == 200
    look, poster = re.findall(r'(?:src|href)="(/sheets/[^"]+)"', page.content.decode())
    answer = client.get(poster)
    pages = PdfReader(io.BytesIO(answer.getvalue())).pages
    text = " ".join(pages[0].extract_text().split())

    assert (len(pages), answer.headers["Content-Type"]) == (1, "application/pdf")
    host = settings.SITE_URL.partition("://")[2]
    for words in (
        "Сад «Камней»",
        "Посадим сад",
        "1 234 500 ₽",
        "до 25 декабря 2099 г.",
        "Соседи",
        f"{host}/p/{made.pk}",
    ):
        assert words in text.replace("\xa0", " "), words
    assert [round(float(side)) for side in pages[0].mediabox[2:]] == [595, 842], "A4"
    assert image_of(client, look).size == drawing.LOOK_SIZE


TITLES = [
    SCRIPT, LONG[:120], "й" * 120, "🦫" * 60, "a\u202eb\u0301", "Сад\u200b", "½ № ₽ “ ” — …", "." * 120,
]  # fmt: skip


@pytest.mark.parametrize("title", TITLES, ids=range(len(TITLES)))
@pytest.mark.django_db
def test_whatever_the_title_is_there_is_a_picture_and_one_page(title: str) -> None:
    make.campaign(title=title, summary=SCRIPT * 6, by=make.organiser(title))
    make_all()
    stored = {sheet.kind: content_of(sheet) for sheet in Sheet.objects.all()}

    assert Image.open(io.BytesIO(stored["picture"])).size == (1200, 630)
    assert len(PdfReader(io.BytesIO(stored["poster"])).pages) == 1


def test_the_same_words_are_the_same_bytes_and_the_bar_grows() -> None:
    words = {"title": "Сад", "organiser": "Соседи", "state": "50 %", "note": ""}
    half, again = (drawing.picture(percent=50, **words) for _ in range(2))
    most = drawing.picture(percent=300, **words)

    assert half == again
    left, right = (Image.open(io.BytesIO(one)).convert("RGB") for one in (half, most))
    changed = ImageChops.difference(left, right).convert("L").point(lambda value: 255 if value > 60 else 0).getbbox()
    assert changed
    assert (changed[0] >= 430, changed[2] <= 806, changed[1] >= 495, changed[3] <= 525) == (True,) * 4, changed


@pytest.mark.django_db
def test_the_worker_makes_a_few_at_a_time_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(2):
        make.campaign(f"sad-{number}")
    later: list[Any] = []
    monkeypatch.setattr(make_sheets, "apply_async", lambda **options: later.append(options))
    make_sheets()
    assert (len(sheets.due_sheets(limit=9)), len(later)) == (1, 1)
    make_sheets()
    assert (sheets.due_sheets(limit=9), len(later)) == ([], 1)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.django_db
def test_looking_for_what_is_due_and_the_posters_page_cost_the_same(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        make.campaign(f"sad-{number}", closes_at=make.NOW + timedelta(days=3))
    with django_assert_num_queries(1):
        sheets.due_sheets(limit=9)
    with django_assert_num_queries(2):
        client.get("/projects/sad-0/poster/")
