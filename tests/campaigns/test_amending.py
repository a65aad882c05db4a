"""After the launch: amendments with their reason, the one extension, the report."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from campaigns.life.amending import LONGEST_EXTENSION, ExtensionError, extend_campaign
from campaigns.life.differences import MOST_LINES, Piece, difference
from campaigns.life.moves import ORGANISER, Actor, WrongStateError
from campaigns.models import Amendment, Campaign, CampaignPicture, ProjectReport, SpentLine, Step
from tests import make

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
END = make.NOW + timedelta(days=30)
GUARDED = "append-only|permission denied"
WHY = "Подорожали саженцы"


@pytest.fixture
def campaign(client: Client) -> Campaign:
    """Return a live campaign with a minimum, of who is signed in."""
    found = make.campaign(
        by=make.organiser(), closes_at=END, funding="all_or_nothing", minimum_kopecks=600_00, goal_kopecks=1_000_00
    )
    enter(client, found)
    return found


def enter(client: Client, campaign: Campaign) -> None:
    assert campaign.organiser is not None
    assert campaign.organiser.user is not None
    make.sign_in(client, campaign.organiser.user, second_factor=False)


def amend(client: Client, campaign: Campaign, field: str, value: Any, reason: str = WHY) -> Any:
    typed = {"field": field, f"{field}-value": value, f"{field}-reason": reason}
    return client.post(f"/me/projects/{campaign.slug}/amend/", typed)


def budget(client: Client, campaign: Campaign, *lines: tuple[str, str, bool]) -> Any:
    typed = {"field": "budget", "budget-reason": WHY, "lines-TOTAL_FORMS": str(len(lines)), "lines-INITIAL_FORMS": "2"}
    for number, (title, amount, is_essential) in enumerate(lines):
        typed |= {f"lines-{number}-title": title, f"lines-{number}-amount": amount, f"lines-{number}-note": ""}
        typed |= {f"lines-{number}-is_essential": "on"} if is_essential else {}
    return client.post(f"/me/projects/{campaign.slug}/amend/", typed)


def test_an_amendment_shows_in_public_what_changed_and_why(client: Client, campaign: Campaign) -> None:
    day = timezone.localdate(END + timedelta(days=60))
    assert amend(client, campaign, "story", "Сажаем липы.\n\n<script>alert(1)</script>").status_code == 302
    assert amend(client, campaign, "summary", "Липы").status_code == 302
    assert amend(client, campaign, "delivery_due_date", str(day)).status_code == 302
    page = Client().get(f"/projects/{campaign.slug}/").content.decode()

    assert "<del>Сажаем.</del>" in page
    assert "<ins>Сажаем липы." in page
    assert "<script>alert" not in page
    assert page.count(WHY) == 3
    campaign.refresh_from_db()
    assert (campaign.summary, campaign.delivery_due_date) == ("Липы", day)
    assert list(Amendment.objects.order_by("pk").values_list("field", "role")) == [
        ("story", "organiser"), ("summary", "organiser"), ("delivery_due_date", "organiser"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("story", "Иначе", ""), ("story", "Иначе", "  "), ("story", "Сажаем.", WHY), ("story", "", WHY),
        ("story", "я" * 20_001, WHY), ("summary", "я" * 301, WHY), ("story", "Иначе", "я" * 1001),
        ("delivery_due_date", "2020-01-01", WHY), ("delivery_due_date", "2999-01-01", WHY),
        ("delivery_due_date", "завтра", WHY), ("title", "Лес", WHY), ("goal_kopecks", "1", WHY),
        ("funding", "flexible", WHY),
    ],
)  # fmt: skip
def test_what_is_wrong_or_never_changes_is_refused(
    client: Client, campaign: Campaign, field: str, value: str, reason: str
) -> None:
    assert amend(client, campaign, field, value, reason).status_code == 422
    assert Amendment.objects.count() == 0
    assert Campaign.objects.get().story == "Сажаем."


def test_a_budget_changes_within_the_same_goal_and_minimum(client: Client, campaign: Campaign) -> None:
    wrong = [
        (("Липы", "700", True), ("Скамьи", "300", False)), (("Липы", "600", True), ("Скамьи", "500", False)),
        (("Липы", "1000", True),), (("Липы", "-600", True), ("Скамьи", "1600", False)), (),
    ]  # fmt: skip
    for lines in wrong:
        assert budget(client, campaign, *lines).status_code == 422, lines
    right = (("Липы", "350", True), ("Полив", "250", True), ("Скамьи", "400", False))
    assert budget(client, campaign, *right).status_code == 302
    assert budget(client, campaign, *right).status_code == 422, "sent twice, it changes nothing the second time"

    assert list(campaign.budget_lines.order_by("position").values_list("title", "amount_kopecks")) == [
        ("Липы", 350_00), ("Полив", 250_00), ("Скамьи", 400_00),
    ]  # fmt: skip
    made = Amendment.objects.get()
    assert "Саженцы: 600" in made.before
    assert "Полив: 250" in made.after
    assert "Полив: 250" in Client().get(f"/projects/{campaign.slug}/").content.decode()


def test_a_deadline_is_moved_once_and_by_the_rule(client: Client, campaign: Campaign) -> None:
    here = f"/me/projects/{campaign.slug}/extend/"
    assert "на 31 день" in client.get(here).content.decode()
    for days in (-1, 0, 32, 4000):
        typed = {"value": str(timezone.localdate(END) + timedelta(days=days)), "reason": WHY}
        if days == 0:
            continue  # the last minute of the same day is later than make's own time of day
        assert client.post(here, typed).status_code == 422, days
    day = timezone.localdate(END) + timedelta(days=20)
    assert client.post(here, {"value": str(day), "reason": ""}).status_code == 422
    assert client.post(here, {"value": str(day), "reason": WHY}).status_code == 302
    assert client.post(here, {"value": str(day + timedelta(days=1)), "reason": WHY}).status_code == 302
    campaign.refresh_from_db()
    assert campaign.closes_at is not None
    assert timezone.localdate(campaign.closes_at) == day
    assert Amendment.objects.count() == 1


def test_a_deadline_that_has_passed_stays(campaign: Campaign) -> None:
    assert campaign.organiser is not None
    actor = Actor(ORGANISER, campaign.organiser.user)
    for now, closes_at in ((END, END + timedelta(days=5)), (make.NOW, END + LONGEST_EXTENSION + timedelta(seconds=1))):
        with pytest.raises(ExtensionError):
            extend_campaign(campaign_id=campaign.pk, actor=actor, closes_at=closes_at, reason=WHY, now=now)
    draft = make.draft(by=campaign.organiser)
    with pytest.raises(WrongStateError):
        extend_campaign(campaign_id=draft.pk, actor=actor, closes_at=END, reason=WHY, now=make.NOW)
    assert Amendment.objects.count() == 0


@pytest.mark.parametrize("path", ["amend/", "extend/", "report/"])
def test_nobody_else_amends_extends_or_reports(client: Client, campaign: Campaign, path: str) -> None:
    make.sign_in(client, make.staff("council_member"))
    address = f"/me/projects/{campaign.slug}/{path}"
    typed = {"field": "story", "story-value": "Иначе", "story-reason": WHY, "value": "2027-01-01", "reason": WHY}
    assert [client.get(address).status_code, client.post(address, typed).status_code] == [404, 404]
    assert Client().post(address, typed).headers["Location"].startswith("/me/login/")
    assert Amendment.objects.count() == 0


def delivering(client: Client) -> Campaign:
    found = make.campaign("les", by=make.organiser())
    make.end(found, at=make.NOW)
    enter(client, found)
    client.post("/me/projects/les/step/deliver/")
    found.refresh_from_db()
    assert found.status == "delivering"
    return found


def test_a_report_ends_a_project_in_public(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    campaign = delivering(client)
    line = campaign.budget_lines.get()
    here = "/me/projects/les/report/"
    whole = {"text": "Посажено **30 лип**. <script>alert(1)</script>", f"spent-{line.pk}": "990,50", "noted": "99050"}
    for broken in (
        {"text": ""},
        {"text": "   "},
        {"text": "я" * 20_001},
        {f"spent-{line.pk}": ""},
        {f"spent-{line.pk}": "-1"},
        {f"spent-{line.pk}": "100000001"},
    ):
        assert client.post(here, whole | broken).status_code == 422, broken
    assert ProjectReport.objects.count() == 0
    for _ in range(2):
        assert client.post(here, whole).status_code == 302
    campaign.refresh_from_db()
    page = Client().get("/projects/les/").content.decode()

    assert (campaign.status, SpentLine.objects.get().spent_kopecks) == ("reported", 990_50)
    assert Step.objects.filter(to_status="reported").count() == 1
    assert "<strong>30 лип</strong>" in page
    assert "990,50" in page
    assert "<script>alert" not in page
    for model in (ProjectReport, SpentLine):
        with pytest.raises(DatabaseError, match=GUARDED), transaction.atomic():
            model.objects.all()._raw_delete("default")


def test_sums_that_are_not_the_books_are_published_once_their_writer_knows(client: Client) -> None:
    campaign = delivering(client)
    line = campaign.budget_lines.get()
    here, whole = "/me/projects/les/report/", {"text": "Готово", f"spent-{line.pk}": "990,50"}
    noted = client.post(here, whole).content.decode()
    for other in ({}, {"noted": "1"}, {f"spent-{line.pk}": "991", "noted": "99050"}):
        assert "в книгах" in client.post(here, whole | other).content.decode()

    assert 'name="noted" value="99050"' in noted
    assert "notice--error" not in noted
    assert ProjectReport.objects.count() == 0
    assert client.post(here, whole | {"noted": "99050"}).status_code == 302
    assert ProjectReport.objects.count() == 1


def test_sums_that_are_the_books_are_published_at_once(client: Client) -> None:
    campaign = delivering(client)
    assert "в книгах" not in client.get("/me/projects/les/report/").content.decode()
    client.post("/me/projects/les/report/", {"text": "Готово", f"spent-{campaign.budget_lines.get().pk}": "0"})

    assert ProjectReport.objects.count() == 1


def test_a_campaign_is_not_reported_without_its_report(client: Client) -> None:
    campaign = delivering(client)
    rows = Campaign.objects.filter(pk=campaign.pk)
    with pytest.raises(DatabaseError, match="by its report"), transaction.atomic():
        rows.update(status="reported", moved_at=make.NOW + timedelta(hours=5))
    assert Campaign.objects.get().status == "delivering"


def test_a_report_has_pictures_while_the_work_goes_on(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaigns.drafting.tasks.make_picture.delay", lambda **_ids: None)
    campaign = delivering(client)
    out = BytesIO()
    Image.new("RGB", (300, 300), "green").save(out, "PNG")
    for kind, status in (("cover", 422), ("report", 302)):
        out.seek(0)
        out.name = "a.png"
        typed = {"kind": kind, "alt": "Липы", "picture": out}
        assert client.post("/me/projects/les/pictures/", typed).status_code == status
    line = campaign.budget_lines.get()
    client.post("/me/projects/les/report/", {"text": "Готово", f"spent-{line.pk}": "1", "noted": "100"})
    assert ProjectReport.objects.count() == 0, "its picture is still being prepared"
    CampaignPicture.objects.get().delete()


def test_a_difference_shows_what_went_and_what_came() -> None:
    same = "\n".join(str(number) for number in range(9))
    assert difference("а\nб\nв", "а\nг\nв") == [
        Piece("same", "а"), Piece("gone", "б"), Piece("new", "г"), Piece("same", "в"),
    ]  # fmt: skip
    assert difference(f"{same}\nконец", f"{same}\nиначе") == [
        Piece("same", "…\n8"), Piece("gone", "конец"), Piece("new", "иначе"),
    ]  # fmt: skip
    assert difference("", "новое") == [Piece("new", "новое")]
    assert difference("то же", "то же") == [Piece("same", "то же")]
    long = "\n".join(["x"] * (MOST_LINES + 1))
    assert difference(long, "y") == [Piece("gone", long), Piece("new", "y")]
