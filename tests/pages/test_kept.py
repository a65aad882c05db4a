"""Strangers are shown kept pages, and never one that is no longer right."""

from __future__ import annotations

import gzip
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING, Any

import brotli
import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import Campaign
from config.embedded.copy import wait_until
from fund.ledger import services as ledger
from fund.money import Kopecks, format_roubles
from fund.payments import services as payments
from fund.payments.services.comparing import GRACE
from pages.kept import shelf
from pages.kept.body import bodies_of
from pages.kept.middleware import KeptPagesMiddleware
from pages.kept.routes import KEPT
from people.models import Donor, User
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from config.embedded.postgres import Cluster
    from emulator.control import EmulatorControl

BOUND_SECONDS = 5
PATH = "/projects/sad/"


@pytest.fixture(autouse=True)
def campaign(committed: str) -> Iterator[Campaign]:
    cache.clear()
    yield make.campaign()
    cache.clear()


def post(number: int, roubles: int) -> None:
    ledger.post_event(
        event="gift",
        subject="sad",
        amounts={"gross": Kopecks(roubles * 100)},
        key=f"k{number}",
        business_date=date(2026, 5, 1),
    )


def page(path: str = PATH, **headers: str) -> str:
    return Client().get(path, headers=headers).content.decode()


def queries(path: str = PATH, *, client: Any = None, **headers: str) -> int:
    """Return how many questions about the page's own tables a look asks."""
    with CaptureQueriesContext(connection) as asked:
        assert (client or Client()).get(path, headers=headers).status_code == 200
    return len([one for one in asked.captured_queries if "pg_current_snapshot" not in one["sql"]])


def lapse() -> None:
    """Let the second pass after which the state is looked at again."""
    cache.delete(shelf.LOOKED)


def test_a_page_is_rendered_once_and_kept_while_nothing_changes() -> None:
    first, second = Client().get(PATH), Client().get(PATH)

    assert first.content == second.content
    assert queries() == 0
    assert first.headers["ETag"] == second.headers["ETag"]
    assert set(first.headers["Vary"].split(", ")) == {"Accept-Encoding"}
    assert (first.headers["Cache-Control"], "Set-Cookie" in first.headers) == ("no-cache", False)


@pytest.mark.parametrize(
    "path",
    [
        "/", "/en/", "/money/", "/about/", "/projects/", "/communities/", "/shop/", "/ledger/", "/ledger/accounts/",
        "/ledger/verify/", "/legal/offer/", "/feed.xml", "/sitemap-campaigns.xml",
    ],
)  # fmt: skip
def test_every_listed_page_is_kept(path: str) -> None:
    assert queries(path) > 0
    assert queries(path) == 0


def test_a_real_gift_shows_within_the_bound(control: EmulatorControl, campaign: Campaign) -> None:
    assert "0\xa0₽" in page()
    gift = make.donation(campaign, kopecks=777_00)
    assert gift.payment.yookassa_id is not None
    control.pay(gift.payment.yookassa_id)
    payments.compare_day(date=timezone.localdate(), now=timezone.now() + GRACE)
    booked_at = time.monotonic()

    wait_until(lambda: format_roubles(777_00) in page(), seconds=BOUND_SECONDS)
    assert time.monotonic() - booked_at < BOUND_SECONDS


def test_a_gift_that_commits_late_under_a_lower_number_is_not_missed(cluster: Cluster, committed: str) -> None:
    with cluster.connect(committed) as slow:
        slow.execute("SET ROLE fund_app")
        slow.execute("BEGIN")
        slow.execute(
            "SELECT post_operation('gift', 'sad', '2026-05-01', 'x', 'late', NULL, '{}',"
            " '{57.yookassa}', '{86.sad}', '{100}', '{}')"
        )
        post(2, 5)
        assert format_roubles(5_00) in page()
        lapse()
        assert queries() == 0
        slow.execute("COMMIT")
    lapse()

    assert format_roubles(6_00) in page()


@pytest.mark.parametrize(
    "change",
    [
        lambda: make.amend_story(Campaign.objects.get(), "Растим."),
        lambda: make.end(Campaign.objects.get(), at=make.NOW),
        lambda: post(1, 7),
    ],
)
def test_whatever_is_committed_makes_another_page(change: Callable[[], Any]) -> None:
    before = page()
    assert queries() == 0
    change()
    lapse()

    assert queries() > 0
    assert page() != before


def test_who_has_a_session_neither_gets_nor_fills_what_is_kept() -> None:
    user = User.objects.create_user("staff@example.org", "x")
    staff = Client()
    staff.force_login(user)

    assert queries(client=staff) > 0
    assert queries() > 0, "the first stranger's page is not the one that was made for staff"
    assert queries(client=staff) > 0
    answer = staff.get(PATH)
    assert (answer.headers["Cache-Control"], "ETag" in answer.headers) == ("private, no-cache", False)
    assert "Cookie" in answer.headers["Vary"]


@pytest.mark.parametrize("headers", [{"hx-request": "true"}, {"authorization": "Basic eDp4"}, {"cookie": "messages=x"}])
def test_a_request_of_ones_own_is_rendered_for_itself(headers: dict[str, str]) -> None:
    own = Client(headers=headers)
    assert queries(client=own) > 0
    assert queries() > 0
    assert queries(client=own) > 0


def test_each_language_has_its_page() -> None:
    russian = page()
    english = page(f"/en{PATH}")

    assert ('lang="ru"' in russian, 'lang="en"' in english) == (True, True)
    for client in (Client(headers={"accept-language": "en"}), Client(headers={"cookie": "django_language=en"})):
        assert client.get(PATH).content.decode() == russian
    assert Client(headers={"accept-language": "ru"}).get(f"/en{PATH}").content.decode() == english
    assert queries(f"/en{PATH}") == 0


def test_where_redis_is_away_the_page_is_right_and_the_next_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    page()
    monkeypatch.setattr(shelf, "cache", RedisCache("unix:///nowhere/redis.sock", {}))
    for roubles in (7, 8):
        post(roubles, roubles)

        assert format_roubles(sum(range(7, roubles + 1)) * 100) in page()


@pytest.mark.urls("tests.pages.kept_urls")
def test_a_name_that_is_taken_away_through_the_site_is_gone_with_the_answer(
    control: EmulatorControl, campaign: Campaign
) -> None:
    gift = make.donation(campaign)
    Donor.objects.update(public_name="Иван Приметный")
    assert gift.payment.yookassa_id is not None
    control.pay(gift.payment.yookassa_id)
    payments.compare_day(date=timezone.localdate(), now=timezone.now() + GRACE)
    lapse()
    assert "Иван Приметный" in page()
    assert queries() == 0
    assert Client().post("/hide/x/").status_code == 302

    assert "Иван Приметный" not in page()


def test_gifts_notifications_and_sign_ins_do_not_throw_everything_away() -> None:
    page()
    Client().post("/me/login/", {"login": "a@example.org", "password": "x"})
    Client().post("/me/logout/")
    Client().post("/feed.xml")
    Client().post("/payments/yookassa/notifications/", "{}", content_type="application/json")
    Client().post("/projects/sad/give/", {})

    assert cache.get(shelf.EPOCH) is None


def test_a_browser_that_has_the_page_is_told_so() -> None:
    answer = Client().get(PATH)
    again = Client().get(PATH, headers={"if-none-match": f'"other", W/{answer.headers["ETag"]}'})
    post(1, 7)
    lapse()
    changed = Client().get(PATH, headers={"if-none-match": answer.headers["ETag"]})

    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", answer.headers["ETag"])
    assert again.headers["Vary"] == answer.headers["Vary"]
    assert (changed.status_code, changed.headers["ETag"] == answer.headers["ETag"]) == (200, False)


@pytest.mark.parametrize(
    ("taken", "encoding", "unpack"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ("", None, bytes),
    ],
)
def test_a_page_goes_over_the_wire_small(taken: str, encoding: str | None, unpack: Callable[[bytes], bytes]) -> None:
    plain = Client().get(PATH)
    packed = Client().get(PATH, headers={"accept-encoding": taken})

    assert packed.headers.get("Content-Encoding") == encoding
    assert unpack(packed.content) == plain.content
    assert int(packed.headers["Content-Length"]) == len(packed.content)
    assert (packed.headers["ETag"] == plain.headers["ETag"]) == (encoding is None)


def test_a_head_request_is_answered_from_what_is_kept_and_fills_nothing() -> None:
    assert Client().head(PATH).status_code == 200
    assert queries() > 0
    with CaptureQueriesContext(connection) as asked:
        assert Client().head(PATH).headers["ETag"] == Client().get(PATH).headers["ETag"]
    assert len(asked.captured_queries) <= 1


def test_an_advertisers_mark_makes_no_page_of_its_own_and_is_shown_to_nobody() -> None:
    marked = page("/ledger/?utm_source=%3Cb%3E&yclid=7&subject=")

    assert "utm_source" not in marked
    assert queries("/ledger/?subject=&utm_campaign=other") == 0


@pytest.mark.parametrize("path", [f"{PATH}?x=1", f"{PATH}?page=1", "/ledger/?until=" + "x" * 200, "/communities/?q=a"])
def test_a_word_that_the_page_does_not_know_leads_past_what_is_kept(path: str) -> None:
    page(PATH)
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            Client().get(path)
        assert asked.captured_queries
    assert queries(PATH) == 0


def test_a_strange_host_gets_nothing_from_what_is_kept() -> None:
    page()

    assert Client().get(PATH, headers={"host": "evil.example"}).status_code == 400
    assert queries(host="localhost") > 0, "another host is another page"


def test_a_page_that_is_missing_or_refused_is_not_kept() -> None:
    for path, status in (("/projects/nowhere/", 404), ("/ledger/?until=x", 422)):
        assert [Client().get(path).status_code for _ in range(2)] == [status, status]
        with CaptureQueriesContext(connection) as asked:
            Client().get(path)
        assert asked.captured_queries


class Site:
    """The middleware alone, before a page that counts how often it is made and waits where asked to."""

    def __init__(self, *, cookie: bool = False, control: str = "") -> None:
        self.made = 0
        self.cookie, self.control = cookie, control
        self.gate = threading.Event()
        self.gate.set()
        self.kept = KeptPagesMiddleware(self._make)

    def _make(self, _request: HttpRequest) -> HttpResponse:
        self.made += 1
        number = self.made
        self.gate.wait(10)
        response = HttpResponse(f"page {number}")
        if self.cookie:
            response.set_cookie("own", "1")
        if self.control:
            response.headers["Cache-Control"] = self.control
        return response

    def get(self) -> str:
        request = RequestFactory().get(PATH)
        request.session = SessionStore()
        try:
            return self.kept(request).content.decode()
        finally:
            connections.close_all()


def test_while_one_makes_a_page_the_others_are_shown_the_one_before() -> None:
    site = Site()
    assert site.get() == "page 1"
    post(1, 7)
    lapse()
    site.gate.clear()
    with ThreadPoolExecutor(9) as pool:
        maker = pool.submit(site.get)
        wait_until(lambda: site.made == 2, seconds=5)
        others = [pool.submit(site.get) for _ in range(8)]

        assert [other.result(timeout=5) for other in others] == ["page 1"] * 8
        site.gate.set()
        assert maker.result(timeout=5) == "page 2"
    assert (site.get(), site.made) == ("page 2", 2)


def test_a_crowd_before_an_empty_shelf_makes_the_page_once() -> None:
    site = Site()
    site.gate.clear()
    with ThreadPoolExecutor(8) as pool:
        shown = [pool.submit(site.get) for _ in range(8)]
        wait_until(lambda: site.made == 1, seconds=5)
        time.sleep(0.2)
        site.gate.set()

        assert {one.result(timeout=5) for one in shown} == {"page 1"}
    assert site.made == 1


def test_after_a_change_nobody_is_shown_the_page_before_even_while_the_next_is_made() -> None:
    site = Site()
    site.get()
    shelf.forget_all()
    site.gate.clear()
    with ThreadPoolExecutor(2) as pool:
        shown = [pool.submit(site.get) for _ in range(2)]
        wait_until(lambda: site.made == 2, seconds=5)
        site.gate.set()

        assert {one.result(timeout=5) for one in shown} == {"page 2"}


@pytest.mark.parametrize(("cookie", "control"), [(True, ""), (False, "no-store"), (False, "private")])
def test_what_is_meant_for_one_browser_is_never_kept(*, cookie: bool, control: str) -> None:
    site = Site(cookie=cookie, control=control)

    assert [site.get() for _ in range(3)] == ["page 1", "page 2", "page 3"]


def test_a_page_lives_no_longer_than_the_bound_since_it_was_read() -> None:
    bodies = bodies_of(HttpResponse("x"), epoch="", state="s")
    shelf.put(place="fresh", bodies=bodies, looked_at=time.monotonic())
    shelf.put(place="late", bodies=bodies, looked_at=time.monotonic() - shelf.LIFE_SECONDS)

    assert shelf.look(place="fresh", encoding="br").body is not None
    assert shelf.look(place="late", encoding="br").body is None


def test_the_state_is_looked_at_once_a_second_by_one_of_all() -> None:
    page()
    lapse()
    with CaptureQueriesContext(connection) as asked:
        for _ in range(5):
            page()

    assert ["pg_current_snapshot" in one["sql"] for one in asked.captured_queries] == [True]


def test_the_list_names_routes_that_exist() -> None:
    from django.urls import get_resolver

    names = {
        f"{space}:{name}"
        for space, (_prefix, resolver) in get_resolver().namespace_dict.items()
        for name in resolver.reverse_dict
        if isinstance(name, str)
    }
    assert KEPT.keys() - names == set()
