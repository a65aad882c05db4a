"""Campaigns told of elsewhere: the widget, oEmbed, JSON-LD, links, the short address, what is similar."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest
from django.core.cache import cache
from jsonschema import Draft202012Validator

from campaigns.finding.similar import similar
from campaigns.spreading.sharing import WIDGET_HEIGHT, WIDGET_WIDTH
from tests import make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
SCRIPT = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
LARGEST = {"maxwidth": str(WIDGET_WIDTH), "maxheight": str(WIDGET_HEIGHT)}


@pytest.fixture
def site(settings: Any) -> str:
    """Give the address at which the site is."""
    return str(settings.SITE_URL)


# The whole of what oEmbed 1.0 asks of an answer of type «rich» (oembed.com, section 2.3.4).
RICH = Draft202012Validator(
    {
        "type": "object",
        "required": ["type", "version", "html", "width", "height"],
        "properties": {
            "type": {"const": "rich"},
            "version": {"const": "1.0"},
            "html": {"type": "string", "minLength": 1},
            "width": {"type": "integer", "minimum": 1},
            "height": {"type": "integer", "minimum": 1},
            "title": {"type": "string"},
            "author_name": {"type": "string"},
            "provider_name": {"type": "string"},
            "provider_url": {"type": "string", "format": "uri"},
            "cache_age": {"type": "integer", "minimum": 0},
        },
        "dependentRequired": {"thumbnail_url": ["thumbnail_width", "thumbnail_height"]},
        "additionalProperties": False,
    }
)


def test_oembed_tells_what_the_standard_asks_for_in_both_formats(client: Client, site: str) -> None:
    make.campaign(title="Сад & «огород» \x0b", by=make.organiser("Соседи"))
    told = client.get("/oembed", {"url": f"{site}/projects/sad/"})
    xml = client.get("/oembed", {"url": f"{site}/projects/sad/?utm_source=x#top", "format": "xml"})

    assert told.headers["Content-Type"] == "application/json"
    assert RICH.is_valid(told.json()), list(RICH.iter_errors(told.json()))
    assert (told.json()["title"], told.json()["author_name"]) == ("Сад & «огород» \x0b", "Соседи")
    frame = re.fullmatch(r'<iframe src="([^"]+)" width="360" height="340" .*></iframe>', told.json()["html"])
    assert frame
    assert frame[1] == f"{site}/projects/sad/widget/"
    assert xml.headers["Content-Type"] == "text/xml; charset=utf-8"
    root = ET.fromstring(xml.content)
    same = {name: str(value) for name, value in told.json().items()} | {"title": "Сад & «огород» "}
    assert root.tag == "oembed"
    assert {child.tag: child.text for child in root} | {"html": ""} == same | {"html": ""}


@pytest.mark.parametrize(
    ("asked", "width", "height"),
    [
        ({}, 360, 340), ({"maxwidth": "200", "maxheight": "100"}, 200, 100), ({"maxwidth": "9999"}, 360, 340),
        ({"maxwidth": "0"}, 360, 340), ({"maxwidth": "-5", "maxheight": "x"}, 360, 340),
        ({"maxwidth": "9" * 5000}, 360, 340), ({"maxwidth": "²"}, 360, 340),
    ],
)  # fmt: skip
def test_oembed_is_no_larger_than_was_asked_for(
    client: Client, site: str, asked: dict[str, str], width: int, height: int
) -> None:
    make.campaign()
    told = client.get("/oembed", {"url": f"{site}/projects/sad/", **asked}).json()

    assert (told["width"], told["height"]) == (width, height)
    assert f'width="{width}" height="{height}"' in told["html"]


def test_oembed_speaks_the_language_of_the_address(client: Client, site: str) -> None:
    found = make.campaign()

    assert "/en/projects/sad/widget/" in client.get("/oembed", {"url": f"{site}/en/projects/sad/"}).json()["html"]
    for path in (f"/p/{found.pk}", "/projects/sad/give/", "/projects/sad/widget/"):
        assert client.get("/oembed", {"url": site + path}).json()["title"] == "Сад"


@pytest.mark.parametrize(
    "address",
    [
        "", "x", "https://evil.example/projects/sad/", "//evil.example/projects/sad/",
        "{site}.evil.example/projects/sad/",
        "{site}@evil.example/projects/sad/", "ftp://localhost/projects/sad/", "javascript:alert(1)", "{site}/",
        "{site}/projects/", "{site}/projects/none/", "{site}/projects/tayna/", "{site}/p/999999999999999999",
        "{site}/p/99999999999999999999999", "{site}/projects/sad/\x00", "http://[::1", "{site}:99999/projects/sad/",
        "http://user:pass@{host}/projects/sad/", "{site}/projects/" + "x" * 9000 + "/",
        "{site}/desk/", "/projects/sad/",
    ],
)  # fmt: skip
def test_oembed_knows_no_other_address(client: Client, site: str, address: str) -> None:
    make.campaign()
    make.draft("tayna", title="Тайна")
    told = address.format(site=site, host=urlsplit(site).netloc)
    answer = client.get("/oembed", {"url": told})

    assert answer.status_code == 404, told
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_oembed_says_which_formats_it_does_not_speak(client: Client, site: str) -> None:
    make.campaign()

    assert client.get("/oembed", {"url": f"{site}/projects/sad/", "format": "yaml"}).status_code == 501
    assert client.get("/oembed").status_code == 404
    assert client.post("/oembed", {"url": f"{site}/projects/sad/"}).status_code == 405


def test_the_page_says_where_its_oembed_is(client: Client, site: str) -> None:
    make.campaign()
    page = client.get("/projects/sad/").content.decode()
    found = re.findall(r'<link rel="alternate" type="(\S+\+oembed)" href="([^"]+)"', page)

    assert [kind for kind, _address in found] == ["application/json+oembed", "text/xml+oembed"]
    for _kind, address in found:
        assert client.get(html.unescape(address).removeprefix(site)).status_code == 200


def test_the_widget_alone_may_stand_in_a_frame_and_knows_nobody(client: Client) -> None:
    make.campaign(by=make.organiser())
    answer = client.get("/projects/sad/widget/")
    text = answer.content.decode()
    policy = dict(part.partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split("; "))

    assert (policy["frame-ancestors"], policy["default-src"], policy["form-action"]) == ("*", "'self'", "'none'")
    assert "X-Frame-Options" not in answer.headers
    assert (dict(answer.cookies), "Set-Cookie" in answer.headers) == ({}, False)
    assert "<script" not in text
    links = re.findall(r"<a [^>]+>", text)
    assert links
    assert all('target="_blank"' in link and 'rel="noopener"' in link for link in links)
    for path in ("/projects/sad/", "/projects/", "/oembed", "/projects/map/"):
        other = client.get(path)
        assert other.headers["X-Frame-Options"] == "DENY", path
        assert "frame-ancestors 'none'" in other.headers["Content-Security-Policy"], path
    assert client.get("/projects/none/widget/").headers.get("X-Frame-Options", "DENY") == "DENY"


def test_a_draft_is_told_of_nowhere(client: Client) -> None:
    draft = make.draft("tayna")

    assert [client.get(path).status_code for path in ("/projects/tayna/widget/", f"/p/{draft.pk}")] == [404, 404]


def test_a_title_that_is_a_script_is_words_everywhere(client: Client, site: str) -> None:
    made = make.campaign(title=SCRIPT, summary=SCRIPT, theme=SCRIPT[:60], by=make.organiser(SCRIPT))
    page = client.get("/projects/sad/").content.decode()
    told = client.get("/oembed", {"url": f"{site}/projects/sad/"}).json()

    for text in (page, client.get("/projects/sad/widget/").content.decode(), told["html"]):
        assert ("<script>alert" in text, "<img src=x" in text) == (False, False)
    data = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert len(data) == 1
    assert json.loads(data[0])["@graph"][1]["name"] == made.title
    assert re.search(r"[<>&]", data[0]) is None


def test_search_engines_read_what_the_page_says(client: Client, site: str) -> None:
    made = make.campaign(theme="Экология", by=make.organiser("Соседи"))
    page = client.get("/projects/sad/").content.decode()
    way, project = json.loads(re.findall(r'ld\+json">(.*?)</script>', page)[0])["@graph"]

    assert [step["item"] for step in way["itemListElement"]] == [
        f"{site}/",
        f"{site}/projects/",
        f"{site}/projects/sad/",
    ]
    assert (project["@type"], project["name"], project["keywords"]) == ("Project", "Сад", "Экология")
    assert project["founder"] == {"@type": "Organization", "name": "Соседи"}
    assert project["image"].startswith(site)
    assert project["potentialAction"]["target"]["urlTemplate"] == f"{site}/projects/sad/give/"
    assert project["potentialAction"]["priceSpecification"]["minPrice"] == "10.00"
    make.end(made, at=make.NOW)
    assert '"DonateAction"' not in client.get("/projects/sad/").content.decode()


def test_links_to_tell_of_it_hold_its_address_and_nobodys_script(client: Client, site: str) -> None:
    make.campaign(title="Сад & огород + пруд")
    page = client.get("/projects/sad/")
    links = {
        link.url.partition(":")[0] + "://" + urlsplit(link.url).netloc: link for link in page.context["sharing"].links
    }
    text = page.content.decode()

    assert set(links) == {"https://vk.com", "https://t.me", "https://connect.ok.ru", "https://wa.me", "mailto://"}
    for link in links.values():
        asked = parse_qs(urlsplit(link.url).query)
        assert f"{site}/projects/sad/" in " ".join(value for values in asked.values() for value in values)
        assert html.escape(link.url) in text
    assert parse_qs(urlsplit(links["mailto://"].url).query)["subject"] == ["Сад & огород + пруд"]
    assert re.findall(r'(?:src|href)="(?:https?:)?//(?!testserver|localhost)[^"]+\.(?:js|png|gif|css)', text) == []


def test_the_short_address_leads_to_the_page(client: Client) -> None:
    made = make.campaign()
    answer = client.get(f"/p/{made.pk}")

    assert (answer.status_code, answer.headers["Location"]) == (301, "/projects/sad/")


def test_what_is_similar_comes_first_and_never_the_campaign_itself(client: Client) -> None:
    sad = make.campaign("sad", title="Сад камней", theme="Экология", district="leninsky")
    make.campaign("les", title="Лес", theme="Экология", district="leninsky")
    make.campaign("klumba", title="Клумба", theme="Экология")
    make.campaign("kamni", title="Камни реки")
    make.campaign("hor", title="Хор")
    over = make.campaign("staryy", title="Старый сад", theme="Экология", at=make.NOW - timedelta(days=9))
    make.end(over, at=make.NOW)
    make.draft("tayna", title="Сад", theme="Экология")

    assert [one.slug for one in similar(campaign=sad)] == ["les", "klumba", "kamni"]
    assert [one.slug for one in similar(campaign=sad, limit=9)] == ["les", "klumba", "kamni", "staryy"]
    page = client.get("/projects/sad/")
    assert [row.campaign.slug for row in page.context["similar"]] == ["les", "klumba", "kamni"]
    assert similar(campaign=make.draft("drugoy")) == []


@pytest.mark.parametrize("title", ["'", "\\", "it's a \\ & | ! :* '", "http://x.y/a\\b'c", "()"])
def test_a_title_of_any_signs_finds_what_is_similar(title: str) -> None:
    assert similar(campaign=make.campaign(title=title)) == []


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("path", "queries"), [("/projects/sad/widget/", 3), ("/oembed?url={site}/projects/sad/", 1)])
def test_telling_costs_the_same_however_much_there_is(
    client: Client, site: str, django_assert_num_queries: DjangoAssertNumQueries, path: str, queries: int, count: int
) -> None:
    make.campaign(by=make.organiser())
    for number in range(count):
        make.campaign(f"sad-{number}")
    cache.clear()

    with django_assert_num_queries(queries):
        assert client.get(path.format(site=site)).status_code == 200
