"""Photos of products: several at once, by their content alone, in order, and gone with the last who shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from PIL import Image

from campaigns.drafting import imaging
from campaigns.drafting.picture_forms import REFUSALS
from merch import photos
from merch.models import Photo
from tests import make
from tests.campaigns.test_pictures import PLACE, SVG, bomb, photo
from tests.merch import shelf
from tests.merch.desk import SHOP, acts, cost, said, text

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from merch.models import Product
    from people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stored(tmp_path: Path, settings: Any) -> Path:
    """Keep files in a folder of the test's own."""
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }
    return tmp_path


@pytest.fixture
def mug(manager: User, monkeypatch: pytest.MonkeyPatch) -> Product:
    """Return a draft; no worker runs here."""
    monkeypatch.setattr("merch.desk.tasks.make_photo.delay", lambda **_ids: None)
    return shelf.product(state="draft", listed_at=None)


def page(product: Product) -> str:
    return f"{SHOP}products/{product.pk}/photos/"


def send(client: Client, product: Product, *contents: bytes, alt: str = "Кружка на столе") -> Any:
    files = [SimpleUploadedFile(f"{place}.jpg", one, "image/jpeg") for place, one in enumerate(contents)]
    return client.post(page(product), {"photos": files, "alt": alt})


def make_all() -> list[Photo]:
    with TestCase.captureOnCommitCallbacks(execute=True):
        for one in Photo.objects.filter(state="waiting"):
            photos.make_photo(photo_id=one.pk)
    return list(Photo.objects.order_by("position", "pk"))


def files(stored: Path) -> set[str]:
    return {str(path.relative_to(stored)) for path in stored.rglob("*") if path.is_file()}


def test_several_photos_are_sent_at_once_and_lose_their_metadata(client: Client, mug: Product, stored: Path) -> None:
    assert send(client, mug, photo((1200, 800), orientation=6), photo((2000, 900), "WEBP")).status_code == 302
    for _ in range(2):
        found = make_all()

    assert {one.alt for one in found} == {"Кружка на столе"}
    assert [(one.state, one.widths, one.height) for one in found] == [
        ("ready", [480, 800], 1200), ("ready", [480, 960, 1600], 720)]  # fmt: skip
    assert files(stored) == {name for one in found for name in one.file_names()}
    for name in files(stored):
        assert PLACE not in (stored / name).read_bytes()
    with Image.open(stored / found[0].file_names()[0]) as first:
        assert first.size == (480, 720), "turned upright"
    assert acts() == [("merch.add_photos", f"product:{mug.pk}", {"photos": 2})]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (SVG, imaging.NotAPictureError), (b"GIF89a" + b"\x00" * 99, imaging.NotAPictureError),
        (bomb(8000, 5000), imaging.TooManyPixelsError), (bomb(60_000, 60_000), imaging.TooManyPixelsError),
        (photo((199, 800)), imaging.TooSmallError), (photo() + b"\x00" * imaging.MOST_BYTES, imaging.TooHeavyError),
    ],
    ids=["svg", "gif", "40 megapixels", "bomb", "small", "heavy"],
)  # fmt: skip
def test_what_is_no_picture_is_refused_with_a_sentence_and_nothing_of_it_is_kept(
    client: Client, mug: Product, stored: Path, content: bytes, kind: type[imaging.PictureError]
) -> None:
    answer = send(client, mug, photo(), content)

    assert answer.status_code == 422
    assert f"1.jpg: {REFUSALS[kind]}".replace("\N{NO-BREAK SPACE}", " ") in text(answer)
    assert (Photo.objects.count(), files(stored), acts()) == (0, set(), [])


def test_a_form_without_a_photo_or_without_words_is_refused(client: Client, mug: Product) -> None:
    empty, wordless = client.post(page(mug), {"alt": "Кружка"}), send(client, mug, photo(), alt=" ")
    assert [empty.status_code, wordless.status_code, Photo.objects.count()] == [422, 422, 0]


def test_a_photo_that_breaks_when_it_is_decoded_says_so_and_may_be_sent_again(
    client: Client, mug: Product, stored: Path
) -> None:
    send(client, mug, photo()[:700])
    (broken,) = make_all()
    assert (broken.state, files(stored)) == ("refused", set())
    assert broken.get_state_display() in text(client.get(page(mug)))
    send(client, mug, photo()[:700])
    assert [one.state for one in Photo.objects.all()] == ["waiting"]


def test_the_same_photo_is_kept_once(client: Client, mug: Product) -> None:
    for _ in range(2):
        send(client, mug, photo(), photo())
    assert (Photo.objects.count(), len(acts())) == (1, 1)


def test_twelve_photos_are_enough(client: Client, mug: Product, stored: Path) -> None:
    for start in (0, 4):
        send(client, mug, *[photo((200 + start + more, 300)) for more in range(4)])
    send(client, mug, *[photo((208 + more, 300)) for more in range(3)])
    answer = send(client, mug, photo((300, 300)), photo((301, 300)))
    assert (answer.status_code, Photo.objects.count(), len(files(stored))) == (422, 11, 11)
    send(client, mug, photo((300, 300)))
    answer = send(client, mug, photo((301, 300)))

    assert answer.status_code == 422
    assert said("Twelve photos of a product are enough: take one away first.") in text(answer)
    assert (Photo.objects.count(), len(files(stored))) == (12, 12)


def test_photos_are_described_and_put_in_order(client: Client, mug: Product) -> None:
    send(client, mug, photo(), photo((300, 300)))
    one, two = Photo.objects.order_by("position")
    typed = {f"alt-{one.pk}": "Сзади", f"place-{one.pk}": "2", f"alt-{two.pk}": "Спереди", f"place-{two.pk}": "1"}
    bad = client.post(f"{page(mug)}order/", typed | {f"alt-{one.pk}": ""})
    done = [client.post(f"{page(mug)}order/", typed) for _ in range(2)]

    assert [bad.status_code, *(answer.status_code for answer in done)] == [422, 302, 302]
    assert [(row.pk, row.alt) for row in Photo.objects.order_by("position")] == [(two.pk, "Спереди"), (one.pk, "Сзади")]
    assert [action for action, _, _ in acts()] == ["merch.add_photos", "merch.arrange_photos"]


def test_files_go_with_the_last_product_that_shows_them(
    client: Client, mug: Product, stored: Path, django_capture_on_commit_callbacks: Any
) -> None:
    other = shelf.product()
    with django_capture_on_commit_callbacks(execute=True):
        for product in (mug, other):
            send(client, product, photo())
        make_all()
    mine, theirs = Photo.objects.get(product=mug), Photo.objects.get(product=other)
    for row, product, left in ((theirs, mug, 4), (mine, mug, 4), (mine, mug, 4), (theirs, other, 0)):
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(f"{page(product)}{row.pk}/remove/").status_code == 302
        assert len(files(stored)) == left

    assert Photo.objects.count() == 0


def test_a_draft_shows_its_photos_to_who_looks_after_the_shop_alone(client: Client, mug: Product) -> None:
    send(client, mug, photo())
    (one,) = Photo.objects.all()
    address = f"{page(mug)}{one.pk}.jpg"
    assert client.get(address).status_code == 404, "not made yet"
    make_all()
    answer = client.get(address)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert "no-store" in answer.headers["Cache-Control"]
    assert address in text(client.get(f"{SHOP}products/{mug.pk}/"))
    assert client.get(f"{page(shelf.product())}{one.pk}.jpg").status_code == 404
    make.sign_in(client, make.staff("auditor"))
    assert client.get(address).status_code == 403
    assert send(client, mug, photo()).status_code == 403


def test_a_photo_that_was_not_made_is_found_by_the_sweep(
    client: Client, mug: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(client, mug, photo())
    row = Photo.objects.get()
    assert photos.waiting_photos(now=row.uploaded_at) == []
    assert photos.waiting_photos(now=row.uploaded_at + photos.GRACE) == [row.pk]


def test_a_photo_taken_away_while_it_is_made_leaves_no_file(
    client: Client, mug: Product, stored: Path, manager: User, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    send(client, mug, photo())
    row, real = Photo.objects.get(), imaging.make_sizes

    def slow(**known: Any) -> imaging.Made:
        made = real(**known)
        photos.remove_photo(product_id=mug.pk, photo_id=row.pk, by=manager, now=make.NOW)
        return made

    monkeypatch.setattr(photos, "make_sizes", slow)
    with django_capture_on_commit_callbacks(execute=True):
        photos.make_photo(photo_id=row.pk)

    assert (Photo.objects.count(), files(stored)) == (0, set())


def test_the_page_costs_the_same_with_one_photo_and_with_three(client: Client, mug: Product) -> None:
    send(client, mug, photo())
    make_all()
    costs = cost(client, page(mug))
    send(client, mug, photo((300, 300)), photo((301, 300)))
    make_all()

    client.get(page(mug))  # reads the message
    assert cost(client, page(mug)) == costs
