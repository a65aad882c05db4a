"""Pictures: what is taken by its content, what the sizes still hold, who sees them."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from campaigns.drafting import imaging, pictures
from campaigns.drafting.imaging import Crop
from campaigns.models import Campaign, CampaignPicture
from tests import make

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"><script>alert(1)</script></svg>'
PLACE = b"Penza, Moskovskaya 1"


@pytest.fixture(autouse=True)
def stored(tmp_path: Path, settings: Any) -> Path:
    """Keep files in a folder of the test's own."""
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }
    return tmp_path


def photo(size: tuple[int, int] = (800, 600), kind: str = "JPEG", *, orientation: int = 1) -> bytes:
    """Return a picture, red on the left and blue on the right, with a place and an orientation written into it."""
    found = Image.new("RGB", size, "blue")
    found.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = PLACE.decode()
    out = BytesIO()
    found.save(out, kind, exif=exif)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """Return the head of a PNG that says it is that large, and nothing behind it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + b"\x00\x00\x00\x09IDAT"
    )


def send(client: Client, campaign: Campaign, content: bytes, name: str = "a.jpg", **changes: Any) -> Any:
    file = SimpleUploadedFile(name, content, content_type="image/jpeg")
    typed = {"kind": "cover", "alt": "Липы", "picture": file}
    return client.post(f"/me/projects/{campaign.slug}/pictures/", typed | changes)


@pytest.fixture
def campaign(client: Client, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    """Return a draft of who is signed in; no worker runs here."""
    monkeypatch.setattr("campaigns.drafting.tasks.make_picture.delay", lambda **_ids: None)
    owner = make.organiser()
    assert owner.user is not None
    make.sign_in(client, owner.user, second_factor=False)
    return make.draft(by=owner)


def test_a_picture_loses_its_metadata_and_is_turned_upright(client: Client, campaign: Campaign, stored: Path) -> None:
    assert PLACE in photo(orientation=6)
    assert send(client, campaign, photo((1200, 800), orientation=6), kind="story").status_code == 302
    picture = CampaignPicture.objects.get()
    for _ in range(2):
        pictures.make_picture(picture_id=picture.pk)
    picture.refresh_from_db()

    assert (picture.state, picture.widths, picture.height) == ("ready", [480, 800], 1200)
    files = [path for path in (stored / "pictures").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".webp", ".jpg"}
    for path in files:
        assert PLACE not in path.read_bytes()
        with Image.open(path) as made:
            assert made.size in {(480, 720), (800, 1200)}
            assert (dict(made.getexif()), made.info.get("exif")) == ({}, None)
            red, _green, blue = made.convert("RGB").getpixel((240, 40))  # type: ignore[misc]  # three numbers
            assert red > blue, "turned by a quarter, what was left is above"


def test_a_cover_is_cut_to_its_frame_and_takes_the_old_ones_place(client: Client, campaign: Campaign) -> None:
    for focus in ("0", "100"):
        send(client, campaign, photo((2000, 900), "WEBP"), focus_x=focus, zoom="300")
        pictures.make_picture(picture_id=CampaignPicture.objects.get().pk)
    picture = CampaignPicture.objects.get()
    campaign.refresh_from_db()

    assert campaign.cover == picture
    assert round(picture.width * 9 / 16) == picture.height
    page = client.get(f"/me/projects/{campaign.slug}/preview/").content.decode()
    assert picture.src in page
    assert 'alt="Липы"' in page


@given(
    st.tuples(st.integers(200, 6000), st.integers(200, 6000)), st.integers(0, 100), st.integers(0, 100),
    st.integers(100, 300),
)  # fmt: skip
def test_a_frame_lies_within_its_picture(size: tuple[int, int], x: int, y: int, zoom: int) -> None:
    left, top, right, bottom = imaging.frame(size=size, crop=Crop(x, y, zoom))
    assert 0 <= left < right <= size[0]
    assert 0 <= top < bottom <= size[1]
    assert abs((right - left) * 9 - (bottom - top) * 16) <= 32


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (SVG, "Такую картинку мы не берём"), (b"GIF89a" + b"\x00" * 99, "Такую картинку"),
        (b"MZ" * 99, "Такую картинку"),
        (b"%PDF-1.7", "Такую картинку"), (b"<html><script>alert(1)</script>", "Такую картинку"),
        (bomb(8000, 5000), "больше 32 миллионов точек"), (bomb(60_000, 60_000), "больше 32 миллионов точек"),
        (photo((199, 800)), "меньше 200 точек"), (photo() + b"\x00" * imaging.MOST_BYTES, "больше 8 МБ"),
    ],
    ids=["svg", "gif", "exe", "pdf", "html", "40 megapixels", "bomb", "small", "heavy"],
)  # fmt: skip
def test_what_is_no_picture_by_its_content_is_refused_with_a_sentence(
    client: Client, campaign: Campaign, stored: Path, content: bytes, words: str
) -> None:
    answer = send(client, campaign, content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert CampaignPicture.objects.count() == 0
    assert [path for path in stored.rglob("*") if path.is_file()] == []


def test_a_picture_that_breaks_when_it_is_decoded_says_so(client: Client, campaign: Campaign) -> None:
    send(client, campaign, photo()[:700])
    picture = CampaignPicture.objects.get()
    pictures.make_picture(picture_id=picture.pk)
    picture.refresh_from_db()
    assert picture.state == "refused"
    assert "Не удалось прочитать" in client.get(f"/me/projects/{campaign.slug}/pictures/").content.decode()


@pytest.mark.parametrize(
    "changes", [{"alt": ""}, {"alt": "\u200b"}, {"kind": "report"}, {"zoom": "99"}, {"focus_x": "101"}]
)
def test_a_picture_has_words_and_a_frame_that_fits(client: Client, campaign: Campaign, changes: dict[str, str]) -> None:
    assert send(client, campaign, photo(), **changes).status_code == 422
    assert CampaignPicture.objects.count() == 0


def test_a_drafts_picture_is_seen_by_who_runs_and_who_reviews_it(client: Client, campaign: Campaign) -> None:
    send(client, campaign, photo())
    pictures.make_picture(picture_id=CampaignPicture.objects.get().pk)
    picture = CampaignPicture.objects.get()
    member, other = make.staff("council_member"), make.user()
    answers = [client, make.sign_in(Client(), member), make.sign_in(Client(), other, second_factor=False), Client()]

    assert [one.get(picture.src).status_code for one in answers] == [200, 200, 404, 404]
    assert client.get(picture.src).headers["Cache-Control"] == "private, no-store"
    assert client.get(picture.address(481, "jpg")).status_code == 404
    assert client.get(f"/pictures/{'0' * 64}/480.jpg").status_code == 404


def test_a_public_projects_picture_is_kept_for_ever_and_is_what_it_says(client: Client, campaign: Campaign) -> None:
    send(client, campaign, photo())
    pictures.make_picture(picture_id=CampaignPicture.objects.get().pk)
    make.approve(campaign)
    make.launch(campaign)
    picture = CampaignPicture.objects.get()
    answer = Client().get(picture.src)

    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"]
    assert picture.src in Client().get("/projects/park/").content.decode()
    assert picture.src in Client().get("/projects/").content.decode()


def test_pictures_stay_as_they_were_handed_in(client: Client, campaign: Campaign) -> None:
    send(client, campaign, photo())
    picture = CampaignPicture.objects.get()
    make.approve(campaign)
    assert send(client, campaign, photo((900, 900))).status_code == 422
    client.post(f"/me/projects/{campaign.slug}/pictures/{picture.pk}/remove/")
    assert list(CampaignPicture.objects.all()) == [picture]
    with pytest.raises(DatabaseError, match="stays what it is"), transaction.atomic():
        CampaignPicture.objects.update(alt="Другое")
    with pytest.raises(DatabaseError, match="stay as they were handed in"), transaction.atomic():
        CampaignPicture.objects.all()._raw_delete("default")


def test_a_removed_picture_leaves_no_file(
    client: Client, campaign: Campaign, stored: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        send(client, campaign, photo())
        picture = CampaignPicture.objects.get()
        pictures.make_picture(picture_id=picture.pk)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            client.post(f"/me/projects/{campaign.slug}/pictures/{picture.pk}/remove/")
    campaign.refresh_from_db()
    assert campaign.cover is None
    assert [path for path in stored.rglob("*") if path.is_file()] == []


def test_a_campaign_has_few_pictures(client: Client, campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PICTURES", 2)
    sent = [photo((300, 300 + number)) for number in range(3)]
    statuses = [send(client, campaign, content, kind="story").status_code for content in sent]
    assert statuses == [302, 302, 422]


def test_a_picture_sent_twice_is_one(client: Client, campaign: Campaign) -> None:
    for kind, more in (("cover", {"focus_x": "10"}), ("story", {}), ("story", {"focus_x": "10"})):
        assert send(client, campaign, photo(), kind=kind, **more).status_code == 302
        assert send(client, campaign, photo(), kind=kind, **more).status_code == 302
    for picture_id in CampaignPicture.objects.values_list("pk", flat=True):
        pictures.make_picture(picture_id=picture_id)
    before = set(CampaignPicture.objects.values_list("pk", "kind", "alt"))
    send(client, campaign, photo(), kind="story")
    assert set(CampaignPicture.objects.values_list("pk", "kind", "alt")) == before
    assert len(before) == 2

    send(client, campaign, photo(), kind="story", alt="Дубы")
    send(client, campaign, photo(), focus_x="90")
    found = set(CampaignPicture.objects.values_list("kind", "alt", "focus_x"))
    assert found == {("story", "Дубы", 50), ("cover", "Липы", 90)}


def test_a_picture_that_could_not_be_read_may_be_sent_again(client: Client, campaign: Campaign) -> None:
    send(client, campaign, photo(), kind="story")
    CampaignPicture.objects.update(state="refused")
    send(client, campaign, photo(), kind="story")

    assert CampaignPicture.objects.get().state == "waiting"


def test_what_was_lost_is_found(campaign: Campaign) -> None:
    picture = pictures.add_picture(
        campaign_id=campaign.pk, kind="story", content=BytesIO(photo()), alt="Липы", crop=Crop(), now=make.NOW
    )
    assert pictures.waiting_pictures(now=make.NOW) == []
    assert pictures.waiting_pictures(now=make.NOW + pictures.GRACE) == [picture.pk]
    default_storage.delete(picture.source_name)
    pictures.make_picture(picture_id=picture.pk)
    assert pictures.waiting_pictures(now=make.NOW + pictures.GRACE) == []


def test_only_who_is_signed_in_sends_more_than_words() -> None:
    campaign = make.draft(by=make.organiser())
    length = str(imaging.MOST_BYTES)
    answer = Client().generic("POST", f"/me/projects/{campaign.slug}/pictures/", CONTENT_LENGTH=length)
    assert answer.status_code == 413
