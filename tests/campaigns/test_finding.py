"""Campaigns are found by words, narrowed by facets, put in order by what the books say; drafts never."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction

from campaigns.finding import counting, searching
from campaigns.finding.marking import mark, pieces
from campaigns.finding.page import PAGE_SIZE, found_page
from campaigns.finding.wanted import STATES, Sort, Wanted
from campaigns.finding.words import questions
from campaigns.models import Campaign, Listing, Organiser
from campaigns.selectors import figures
from fund.ledger import services as ledger
from fund.money import Kopecks
from tests import make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

DAY = timedelta(days=1)


def slugs(**asked: str) -> list[str]:
    """Return what a search finds, in its order."""
    wanted = Wanted.read(asked)
    found = searching.search(wanted=wanted, now=make.NOW, limit=100)
    named = dict(Campaign.objects.values_list("pk", "slug"))
    assert len(found.page) == found.total
    return [named[number] for number in found.page]


@pytest.fixture
def garden(db: None) -> None:
    """Make three campaigns that differ in their words."""
    make.campaign(
        "yolka", title="Ёлка во дворе", summary="Новогодний праздник для соседей", story="Нужны гирлянды и хор.",
        by=make.organiser("Клуб «Самовар»"), at=make.NOW - DAY,
    )  # fmt: skip
    make.campaign("hor", title="Хор на площади", summary="Поём вместе", story="Придёт и дед под ёлку.", theme="Музыка")
    make.campaign("kniga", title="Библиотека в парке", summary="Полки, книги, скамья", story="Читаем у реки.")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("елки", ["yolka", "hor"]),  # ё as е, any case and ending; the title before the story
        ("ЁЛКУ", ["yolka", "hor"]),
        ("самовары", ["yolka"]),  # the organiser's name
        ("клуб праздник", ["yolka"]),  # words of which each stands elsewhere
        ("музыкой", ["hor"]),  # the theme
        ("книгами", ["kniga"]),
        ('"хор на площади"', ["hor"]),
        ("хор -ёлка", []),
        ("библиотека or самовар", ["kniga", "yolka"]),
        ("библиат", ["kniga"]),  # mistyped, or not typed to its end
        ("библеотека", ["kniga"]),
        ("книги библиоте", ["kniga"]),
        ("трамвай", []),
        ("и в на", []),  # words that say nothing
    ],
)
def test_words_are_found_as_russian_has_them(garden: None, words: str, found: list[str]) -> None:
    assert slugs(q=words) == found


NASTY = [
    "' OR 1=1 --", "a & b", "a | !b", "<->", "foo:*", "((((", ")", "\\", "'", '"', "a\x00b", "\x00", "x" * 100_000,
    "%s %(q)s {0}", "🦫" * 500, "\ud800", "-", "or", "!!!", "a:b:c", "$$", "<script>alert(1)</script>",
    "\ue000x\ue001", "й" * 99, " " * 300,
]  # fmt: skip


@pytest.mark.parametrize("words", NASTY)
def test_whatever_is_typed_is_words_and_nothing_else(garden: None, client: Client, words: str) -> None:
    page = client.get("/projects/", {"q": words.encode("utf-8", "replace").decode()})

    assert page.status_code == 200
    assert (b"<script>alert" in page.content, Campaign.objects.count()) == (False, 3)
    assert client.get("/projects/map/", {"q": words.encode("utf-8", "replace").decode()}).status_code == 200


def test_a_question_to_the_index_holds_no_word_of_the_readers() -> None:
    for question in questions("хор' & площадь"):
        assert "хор" not in question.sql


def test_a_draft_is_never_found_and_a_launch_is_at_once(db: None, client: Client) -> None:
    draft = make.draft("tayna", title="Тайный замысел")
    make.approve(make.draft("zhdyot", title="Тайный план"))
    assert (Listing.objects.count(), slugs(q="тайный"), slugs()) == (0, [], [])
    draft.refresh_from_db()
    assert "Тайный" not in client.get("/projects/?q=тайный").content.decode()

    make.campaign("yavno", title="Тайный сад")
    assert slugs(q="тайный") == ["yavno"]


def test_the_listing_follows_the_campaign_and_its_organiser(db: None) -> None:
    by = make.organiser("Старое имя")
    made = make.campaign(by=by, district="leninsky")
    other = make.campaign("les")
    Organiser.objects.filter(pk=by.pk).update(name="", user=None, erased_at=make.NOW)  # a name goes so alone
    make.amend_story(made, "Теперь про фонтан.")
    make.end(made, at=make.NOW)

    assert (slugs(q="старое"), slugs(q="фонтаны")) == ([], ["sad"])
    assert (slugs(state="funded"), slugs(state="live")) == (["sad"], ["les"])
    assert Listing.objects.get(pk=other.pk).district == "city"


@pytest.fixture
def twenty(db: None) -> list[dict[str, str]]:
    """Make twenty campaigns of all kinds; return what facets and words should know of each."""
    chance = random.Random(7)
    for number in range(20):
        made = make.campaign(
            f"c-{number}", title=chance.choice(["Хор", "Сад"]), theme=chance.choice(["Музыка", "Спорт", ""]),
            district=chance.choice(["leninsky", "oktyabrsky", ""]),
            closes_at=chance.choice([None, make.NOW + 9 * DAY]),
        )  # fmt: skip
        if chance.random() < 0.4:
            make.end(made, at=make.NOW)
    return [
        {"theme": one.theme, "district": one.district or "city", "state": one.status, "funding": one.funding,
         "q": one.title, "slug": one.slug}
        for one in Campaign.objects.published()
    ]  # fmt: skip


def fitting(rows: list[dict[str, str]], wanted: Wanted, *, but: str = "") -> list[dict[str, str]]:
    """Return what fits by brute force, one facet left out."""
    asked = {name: value for name, value in wanted.filters.items() if name != but}
    asked |= {"q": wanted.q} if wanted.q else {}
    return [row for row in rows if all(row[name] == value for name, value in asked.items())]


def test_facets_count_as_brute_force_does(twenty: list[dict[str, str]]) -> None:
    """Each question that four facets and a word can ask: counts, totals and lists agree."""
    choices = (["", "Музыка", "Спорт"], ["", "leninsky", "city"], ["", "live", "funded"], ["", "flexible"], ["", "Хор"])
    for theme, district, state, funding, q in product(*choices):
        wanted = Wanted(q=q, theme=theme, district=district, state=state, funding=funding)
        found = searching.search(wanted=wanted, now=make.NOW, limit=0)
        for name in Wanted.FACETS:
            values = [row[name] for row in fitting(twenty, wanted, but=name)]
            assert found.counts[name] == {value: values.count(value) for value in set(values)}, (wanted, name)
        assert sorted(slugs(q=q, theme=theme, district=district, state=state, funding=funding)) == sorted(
            row["slug"] for row in fitting(twenty, wanted)
        ), wanted


def test_the_order_is_what_was_asked_for(db: None) -> None:
    soon = make.campaign("soon", closes_at=make.NOW + DAY, at=make.NOW - 3 * DAY)
    late = make.campaign("late", closes_at=make.NOW + 9 * DAY, at=make.NOW - 2 * DAY, goal_kopecks=300_00)
    endless = make.campaign("endless", at=make.NOW - DAY, goal_kopecks=100_00)
    over = make.campaign("over", closes_at=make.NOW - timedelta(hours=1))
    ended = make.campaign("ended")
    make.end(ended, at=make.NOW)
    for number, (campaign, kopecks) in enumerate([(soon, 200_00), (late, 150_00), (endless, 100_00), (ended, 900_00)]):
        _post("gift", campaign.slug, kopecks, f"{number}")
    _post("refund", "ended", 800_00, "back")

    assert slugs() == ["over", "endless", "late", "soon", "ended"]
    assert slugs(sort="ending") == ["soon", "late", "endless", "over", "ended"]
    assert slugs(sort="supported") == ["soon", "late", "ended", "endless", "over"], "less what went back"
    assert slugs(sort="closest") == ["late", "soon", "over", "endless", "ended"], (
        "what lacks nothing is not almost there"
    )
    assert over.pk


def _post(event: str, slug: str, kopecks: int, key: str) -> None:
    ledger.post_event(
        event=event, subject=slug, amounts={"gross": Kopecks(kopecks)}, key=f"k{key}",
        business_date=make.NOW.date(), reference=key,
    )  # fmt: skip


def _sums() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.slug, l.raised_kopecks + coalesce(s.kopecks, 0) FROM campaigns_listing l"
            " LEFT JOIN campaigns_raised_since() s ON s.slug = l.slug"
        )
        return dict(cursor.fetchall())


def _books() -> dict[str, int]:
    return {slug: one.raised_kopecks for slug, one in figures(campaigns=Campaign.objects.published()).items()}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_lists_sort_by_is_what_the_books_say_at_every_moment(committed: str, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(4):
        make.campaign(f"c-{number}")
    for number in range(40):
        slug = f"c-{chance.randrange(4)}"
        _post("gift", slug, chance.randrange(100_00, 900_00), f"g{number}")
        event = chance.choice(["gift_until_goal", "refund", "supplier_act", "project_costs_covered", "nothing"])
        if event != "nothing":
            _post(event, slug, chance.randrange(1, 100_00), f"e{number}")
        if chance.random() < 0.3:
            make.seal()
        if chance.random() < 0.3:
            counting.count_listings()
        assert _sums() == _books()
    make.seal()
    counting.count_listings()
    assert dict(Listing.objects.values_list("slug", "raised_kopecks")) == _books()
    assert counting.count_listings() == 0, "nothing new"


def test_only_what_moved_is_counted_anew(committed: str) -> None:
    for number in range(3):
        make.campaign(f"c-{number}")
    _post("gift", "c-0", 100_00, "1")
    make.seal()
    assert counting.count_listings() == 3
    _post("gift", "c-1", 100_00, "2")
    make.seal()
    assert counting.count_listings() == 1


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("query", "queries"),
    [
        ("", 4),
        ("?theme=Музыка&sort=supported", 4),
        ("?q=хороводы", 5),
        ("?q=хоров", 6),
        ("?q=хоробод", 7),
        ("?q=трамвай", 4),
        ("?page=999", 5),
    ],
)
def test_a_list_costs_the_same_however_long(
    db: None, client: Client, django_assert_num_queries: DjangoAssertNumQueries, query: str, queries: int, count: int
) -> None:
    for number in range(count * 5):
        make.campaign(f"hor-{number}", title="Хоровод", theme="Музыка", by=make.organiser())
    cache.clear()

    with django_assert_num_queries(queries):
        assert client.get(f"/projects/{query}").status_code == 200
    with django_assert_num_queries(1):
        client.get("/projects/map/?theme=Музыка")


def test_the_list_comes_in_pages_that_keep_what_is_wanted(db: None, client: Client) -> None:
    for number in range(PAGE_SIZE + 1):
        make.campaign(f"hor-{number}", theme="Музыка")
    first = client.get("/projects/?theme=Музыка&sort=ending")
    text = first.content.decode()
    following = re.search(r'href="([^"]+)" rel="next"', text)
    assert following
    second = client.get(following[1].replace("&amp;", "&"))

    assert len(first.context["found"].cards) == PAGE_SIZE
    assert len(second.context["found"].cards) == 1
    for wrong in ("3", "999999999999", "x", "-1", "0", "²"):
        assert client.get("/projects/", {"page": wrong}).status_code == 200
    assert found_page(wanted=Wanted(), number="9", now=make.NOW).page == 2


@pytest.mark.parametrize(
    ("query", "robots", "canonical"),
    [
        ("", "index", ""),
        ("?theme=Музыка", "index", "?theme=%D0%9C%D1%83%D0%B7%D1%8B%D0%BA%D0%B0"),
        ("?utm_source=x&state=live", "index", "?state=live"),
        ("?theme=Музыка&state=live", "noindex, follow", "?theme=%D0%9C%D1%83%D0%B7%D1%8B%D0%BA%D0%B0&amp;state=live"),
        ("?q=хор", "noindex, follow", ""),
        ("?sort=ending", "noindex, follow", ""),
        ("?theme=Шум", "noindex, follow", "?theme=%D0%A8%D1%83%D0%BC"),
    ],
)
def test_search_engines_keep_whole_lists_and_no_combinations(
    db: None, client: Client, query: str, robots: str, canonical: str
) -> None:
    make.campaign(theme="Музыка")
    page = client.get(f"/projects/{query}").content.decode()

    assert f'<meta name="robots" content="{robots}">' in page
    told = re.search(r'<link rel="canonical" href="[^"]*/projects/([^"]*)">', page)
    assert told
    assert told[1] == canonical


def test_htmx_gets_the_part_and_nobody_else_keeps_it(garden: None, client: Client) -> None:
    part = client.get("/projects/?q=хор", headers={"HX-Request": "true"})
    restored = client.get("/projects/", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})

    assert part.content.decode().lstrip().startswith('<div class="finder" id="found"')
    assert "no-store" in part.headers["Cache-Control"]
    assert "<!doctype html>" in restored.content.decode()


def test_what_is_found_is_marked_in_the_words_as_they_are_written(garden: None, client: Client) -> None:
    make.campaign("tag", title="<b>Ёлка</b> & <script>", summary="Тег ёлка", story="Ничего.")
    page = client.get("/projects/?q=елка").content.decode()

    assert "&lt;b&gt;<mark>Ёлка</mark>&lt;/b&gt; &amp; &lt;script&gt;" in page
    assert "под <mark>ёлку</mark>" in page, "a piece of the story where nothing else holds it"
    assert "<script>" not in page.replace("<script ", "")


def test_a_mark_is_a_place_and_never_words_of_the_database(db: None) -> None:
    made = make.campaign(title="Сад \ue000и\ue001 огород", summary="Грядки", story="x " * 9000)
    found = mark(question=questions("огород")[0], texts={made.pk: (made.title, made.summary, made.story)})

    assert [piece.text for piece in found[made.pk].title if piece.is_marked] == ["огород"]
    assert "".join(piece.text for piece in found[made.pk].title) == made.title
    assert [piece.text for piece in pieces("Сад", "something else")] == ["Сад"]


def test_nothing_found_helps_on(garden: None, client: Client) -> None:
    page = client.get("/projects/?q=трамвай&state=live").content.decode()
    near = client.get("/projects/?q=библеотека").content.decode()

    assert "Ничего не нашлось" in page
    assert 'href="/projects/?q=%D1%82%D1%80%D0%B0%D0%BC%D0%B2%D0%B0%D0%B9"' in page
    assert "Посмотрите, нет ли опечатки" in near


def test_the_map_counts_each_district_and_keeps_what_else_is_wanted(db: None, client: Client) -> None:
    make.campaign("a", district="leninsky", theme="Музыка")
    make.campaign("b", district="leninsky")
    make.campaign("c", theme="Музыка")
    page = client.get("/projects/map/?theme=Музыка&sort=ending")
    counts = {row.name: row.count for row in page.context["districts"]}

    assert counts == {"leninsky": 1, "oktyabrsky": 0, "pervomaysky": 0, "zheleznodorozhny": 0, "city": 1}
    text = page.content.decode()
    assert text.count("?theme=%D0%9C%D1%83%D0%B7%D1%8B%D0%BA%D0%B0&amp;district=leninsky") == 2, "map and list"
    assert 'aria-label="Ленинский район: 1 проект"' in text
    assert {row.name for row in page.context["districts"] if row.outline} == set(Campaign.District.values)


def test_a_map_of_noughts_says_where_the_projects_are(db: None, client: Client) -> None:
    empty = client.get("/projects/map/").content.decode()
    make.campaign("a")
    citywide = client.get("/projects/map/").content.decode()
    make.campaign("b", district="leninsky")
    mixed = client.get("/projects/map/").content.decode()

    assert ["на дела всего города" in page for page in (empty, citywide, mixed)] == [False, True, False]


def test_no_campaign_takes_the_maps_address(db: None) -> None:
    with pytest.raises(IntegrityError, match="campaign_slug_not_a_page"), transaction.atomic():
        make.draft("map")


def test_the_address_says_a_search_in_one_way() -> None:
    wanted = Wanted.read(
        {"sort": "ending", "q": "  хор\x00 ёлка\n", "district": "moscow", "state": "draft", "theme": "Т" * 99}
    )

    assert (wanted.q, wanted.district, wanted.state, len(wanted.theme)) == ("хор ёлка", "", "", 60)
    assert wanted.query(page=2).endswith("&sort=ending&page=2")
    assert (Wanted().query(), Wanted(sort="fitting").order, Wanted(q="x").order) == ("", Sort.NEWEST, Sort.FITTING)
    assert "draft" not in STATES
