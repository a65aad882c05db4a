"""What search engines, readers of news and telephones are told."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from django.contrib.staticfiles import finders
from PIL import Image

from tests import make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"


def locations(client: Client, path: str) -> list[str]:
    return [found.text or "" for found in ET.fromstring(client.get(path).content).iter(f"{SITEMAP}loc")]


def test_the_sitemap_names_what_the_public_sees_in_both_languages(client: Client) -> None:
    make.campaign("sad")
    make.draft("tayna")

    sections = locations(client, "/sitemap.xml")
    names = ("pages", "campaigns", "communities", "products")
    assert sections == [f"http://testserver/sitemap-{name}.xml" for name in names]
    assert locations(client, "/sitemap-campaigns.xml") == ["http://testserver/projects/sad/"]
    assert {"http://testserver/money/", "http://testserver/en/money/"} <= set(locations(client, "/sitemap-pages.xml"))
    assert client.get("/sitemap-nothing.xml").status_code == 404


def test_the_sitemap_comes_in_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        make.campaign(f"sad-{number}")
    monkeypatch.setattr("pages.machine_views.CampaignsSitemap.limit", 2)

    assert "http://testserver/sitemap-campaigns.xml?p=2" in locations(client, "/sitemap.xml")
    assert len(locations(client, "/sitemap-campaigns.xml?p=2")) == 1
    assert client.get("/sitemap-campaigns.xml?p=3").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_sitemap_costs_the_same_however_long(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        make.campaign(f"sad-{number}")

    with django_assert_num_queries(2):
        client.get("/sitemap-campaigns.xml")
    with django_assert_num_queries(1):
        client.get("/feed.xml")


def test_robots_are_kept_from_secrets_and_led_to_the_sitemap(client: Client) -> None:
    answer = client.get("/robots.txt")

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.content.decode().splitlines()
    hidden = {f"Disallow: {prefix}/{path}/" for prefix in ("", "/en") for path in ("gifts", "orders", "cart")}
    assert {"User-agent: *", *hidden} <= set(lines)
    assert lines[-1].startswith("Sitemap: http://")


def test_the_feed_tells_of_published_campaigns_the_newest_first(client: Client) -> None:
    make.campaign("sad", title="Сад & огород")
    make.campaign("park", title="Парк")
    make.draft("tayna")
    answer = client.get("/feed.xml")

    feed = ET.fromstring(answer.content)
    assert [found.text for found in feed.iter(f"{ATOM}title")][1:] == ["Парк", "Сад & огород"]
    assert "atom+xml" in answer.headers["Content-Type"]


def test_a_telephone_finds_name_and_icons(client: Client) -> None:
    found = client.get("/site.webmanifest").json()

    assert (found["name"], found["start_url"]) == ("Социальный капитал", "/")
    assert all(finders.find(icon["src"].removeprefix("/static/")) for icon in found["icons"])


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("favicon.ico", (32, 32)),
        ("apple-touch-icon.png", (180, 180)),
        ("mark-512.png", (512, 512)),
        ("social.png", (1200, 630)),
        ("social-books.png", (1200, 630)),
        ("social-project.png", (1200, 630)),
    ],
)
def test_a_picture_has_its_size_and_is_light(name: str, size: tuple[int, int]) -> None:
    path = finders.find(f"img/{name}")
    assert path
    with Image.open(path) as picture, open(path, "rb") as stream:  # noqa: PTH123 - one name for both
        assert picture.size == size
        assert len(stream.read()) <= 60_000
