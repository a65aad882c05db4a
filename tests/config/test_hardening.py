"""What every answer carries, what no page holds, what is refused before anybody reads it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from config.embedded.copy import FOREIGN
from people.models import Letter
from tests import make
from tests.config.test_run import LIVE

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
STAFF = ("desk/",)
KNOWN: dict[str, str] = {"slug": "sad", "kind": "offer", "number": "1", "token": "paid" + "0" * 38 + "1"}
FOREIGN_PAGES = {"api:docs"}  # Swagger's own page, which writes styles into its elements
FRAMED = {"campaigns:widget"}  # by others; tests/campaigns/test_spreading.py holds its policy
DATA_SCRIPTS = {"application/ld+json", "application/json"}


def routes() -> Iterator[tuple[str, str, URLPattern]]:
    """Return every route with its name and its path."""

    def walk(resolver: URLResolver, path: str, spaces: str) -> Iterator[tuple[str, str, URLPattern]]:
        for found in resolver.url_patterns:
            here = path + str(found.pattern).replace("^", "").removesuffix("$")
            if isinstance(found, URLResolver):
                yield from walk(found, here, spaces + (f"{found.namespace}:" if found.namespace else ""))
            else:
                yield f"{spaces}{found.name}", here, found

    yield from walk(get_resolver(), "", "")


def sample(path: str, known: dict[str, str]) -> str | None:
    """Return an address of a route; None where something in it is not known."""
    names = re.findall(r"<(?:\w+:)?(\w+)>", path)
    if "(" in path or not set(names) <= known.keys():
        return None
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: known[part[1]], path)


class Inline(HTMLParser):
    """Collects what the policy would forbid, or what only an unsafe one would allow."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in told and told.get("type") not in DATA_SCRIPTS):
            self.found.append(f"<{tag}>")
        self.found += [f"{tag} {name}" for name in told if name == "style" or name.startswith("on")]
        self.found += [f"{tag} {name}" for name, value in told.items() if (value or "").startswith("javascript:")]


def test_inline_code_is_found_where_there_is_some() -> None:
    page = '<style>x</style><script>x</script><p style="x" onclick="x"><a href="javascript:x"><script src="x"></script>'

    assert Inline(page).found == ["<style>", "<script>", "p style", "p onclick", "a href"]


@pytest.mark.django_db
def test_no_page_holds_inline_code_and_every_answer_carries_the_strict_headers(client: Client) -> None:
    gift = make.paid_donation(make.campaign(), number=1, name="Мария")
    assert gift.payment.operation is not None
    known = KNOWN | {"number": str(gift.payment.operation.number), "reference": str(gift.payment.reference)}
    seen = 0
    for name, path, _route in routes():
        address = sample(path, known)
        if address is None or path.startswith(STAFF) or name in FRAMED:
            continue
        answer = client.get(address)
        headers = answer.headers
        assert answer.status_code < 500 or name == "machines:healthz", address
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["Referrer-Policy"] == "same-origin", address
        assert headers.get("X-Frame-Options") == "DENY", (address, answer.status_code)
        assert headers["X-Demonstration"] == "no money is taken", address
        policy = headers["Content-Security-Policy"]
        assert {"default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(
            policy.split("; ")
        ), address
        if name in FOREIGN_PAGES:
            continue
        assert "unsafe" not in policy, address
        assert "*" not in policy, address
        is_file = headers.get("Content-Disposition", "").startswith("attachment")  # saved, not shown
        if headers["Content-Type"].startswith("text/html") and not answer.streaming and not is_file:
            assert Inline(answer.content.decode()).found == [], address
            seen += 1
    assert seen >= 15


def test_only_machines_call_without_a_forms_token() -> None:
    exempt = {name for name, _path, route in routes() if getattr(route.callback, "csrf_exempt", False)}

    assert {name for name in exempt if not name.startswith("api:")} == {
        "payments:notifications",
        "shop:stop",  # so is this
        "letters:stop",  # RFC 8058: mail programs send it; a token for this one thing is all that it believes
        "monthly:stop",  # a mail program's one click (RFC 8058): the secret in the address is all that counts
    }
    assert settings.REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"] == [], "the API knows nobody by a cookie"


@pytest.mark.django_db
def test_a_form_that_is_not_ours_is_refused_everywhere() -> None:
    make.campaign()
    asked = 0
    for name, path, _route in routes():
        address = sample(path, KNOWN)
        if address is None or name.startswith("api:") or name in {"payments:notifications", "letters:stop"}:
            continue
        answer = Client(enforce_csrf_checks=True).post(address, {"x": "y"})
        assert answer.status_code in {302, 403, 404, 405}, address
        if answer.status_code == 302:
            assert "login" in answer.headers["Location"], address
        asked += 1
    assert asked >= 15


@pytest.mark.django_db
def test_a_name_that_is_a_script_is_shown_as_words(client: Client) -> None:
    script = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    gift = make.paid_donation(make.campaign(title=script), number=1, name=script)
    for path in ("/", "/projects/", "/projects/sad/", "/projects/sad/give/", "/ledger/", gift.get_absolute_url()):
        page = client.get(path).content.decode()
        assert Inline(page).found == [], path
        assert ("<script>alert" in page, "<img src=x" in page) == (False, False), path
    assert "&lt;script&gt;alert(1)" in client.get("/projects/sad/").content.decode()


@pytest.mark.parametrize("header", ["x-forwarded-host", "x-host", "forwarded"])
@pytest.mark.django_db
def test_a_forwarded_host_is_not_believed(client: Client, header: str) -> None:
    make.campaign()
    page = client.get(
        "/projects/sad/", headers={header: "host=evil.example" if header == "forwarded" else "evil.example"}
    )

    assert (page.status_code, b"evil.example" in page.content) == (200, False)


# What anybody may send without being known → the test that shows its limit.
LIMITED = {
    "campaigns:give": "tests/campaigns/test_giving.py::test_the_form_and_the_api_answer_429",
    "api:donations": "tests/campaigns/test_giving.py::test_the_form_and_the_api_answer_429",
    "payments:notifications": "tests/fund/payments/test_notifications.py::test_a_foreign_address_is_refused",
    "account_login": "tests/people/test_sign_in.py::test_passwords_cant_be_guessed_even_from_many_addresses",
    "account_signup": "tests/people/test_sign_in.py::test_too_many_requests_get_a_page_of_ours",
    "my:ask": "tests/campaigns/test_my.py::test_links_are_not_asked_for_without_end",
    "telling:follow": "tests/campaigns/test_following.py::test_an_address_can_not_flood_mailboxes",
    "telling:ask": "tests/campaigns/test_talking.py::test_questions_and_comments_have_their_limit",
    "telling:comment": "tests/campaigns/test_talking.py::test_who_is_not_signed_in_can_not_comment",
    "api:orders": "tests/api/test_shop.py::test_too_many_unpaid_orders_are_429",
    "cart:checkout": "tests/merch/test_checkout.py::test_one_buyer_holds_few_unpaid_orders",
    "cart:code": "tests/merch/test_carts.py::test_a_code_takes_its_share_off_and_guessing_it_ends",
    "reports:list": "tests/fund/reports/test_pages.py::test_reports_are_not_asked_for_without_end",
    "account_request_login_code": "tests/config/test_hardening.py::test_nobody_is_flooded_with_letters",
    "account_reset_password": "tests/config/test_hardening.py::test_nobody_is_flooded_with_letters",
}
# What leads on, or refuses, whoever is not signed in and has no link of their own.
HARMLESS = {
    "account_logout", "account_complete_password_reset", "None",
    "cart:add", "cart:change", "cart:total",  # a stranger's cart is a cookie
    "my:ask_for_statement", "my:erase", "my:gifts", "my:hide_name", "my:leave", "my:open",
}  # fmt: skip


@pytest.mark.parametrize("path", ["/me/login/code/", "/me/password/reset/"])
@pytest.mark.django_db
def test_nobody_is_flooded_with_letters(path: str) -> None:
    person = make.user("a@example.org", password=make.PASSWORD)
    statuses = [Client().post(path, {"email": person.email}).status_code for _ in range(8)]

    assert statuses[0] == 302
    assert statuses[-1] in {200, 429}, "a page that says so, not another step"
    assert 1 <= Letter.objects.count() <= 3


@pytest.mark.django_db
def test_whatever_a_stranger_may_send_has_its_limit() -> None:
    make.campaign()
    taken = set()
    for name, path, _route in routes():
        address = sample(path, KNOWN)
        if address is None or path.startswith(STAFF):
            continue
        answer = Client().post(address, {})
        is_led_away = answer.status_code in {301, 302} and "login" in answer.headers["Location"]
        if answer.status_code not in {401, 404, 405} and not is_led_away and name not in HARMLESS:
            taken.add(name)

    assert {"more": taken - LIMITED.keys(), "less": LIMITED.keys() - taken} == {"more": set(), "less": set()}
    for named in LIMITED.values():
        path, _, test = named.partition("::")
        assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), named


@pytest.mark.parametrize("path", ["/projects/sad/give/", "/api/v1/donations", "/payments/yookassa/notifications/"])
@pytest.mark.parametrize("zeros", ["", "0" * 20])
@pytest.mark.django_db
def test_a_body_too_large_is_refused_before_it_is_read(path: str, zeros: str) -> None:
    make.campaign()

    class Unread:
        def read(self, *_size: int) -> bytes:
            raise AssertionError("it was read")

        readline = read

    headers = {
        "CONTENT_LENGTH": f"{zeros}{settings.LARGEST_BODY_BYTES + 1}",
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
    }
    sender: Any = Client()
    answer = sender.generic("POST", path, **headers | {"wsgi.input": Unread()})

    assert answer.status_code == 413


@pytest.mark.parametrize("length", ["-1", "1e9", "x"])
def test_a_length_that_is_none_is_refused(length: str, db: None) -> None:
    assert Client().generic("POST", "/projects/", CONTENT_LENGTH=length).status_code == 413


def multipart(*parts: str) -> str:
    return "".join(f"--x\r\nContent-Disposition: form-data; {part}\r\n" for part in parts) + "--x--\r\n"


@pytest.mark.parametrize(
    "body",
    [
        multipart(*(f'name="f"; filename="{number}"\r\n\r\nx' for number in range(6))),
        multipart(*(f'name="f{number}"\r\n\r\nx' for number in range(1001))),
        multipart('name="message"\r\n\r\n' + "x" * 300_000),
    ],
    ids=["files", "fields", "words"],
)
@pytest.mark.django_db
def test_a_form_that_is_a_bomb_is_refused(body: str) -> None:
    make.campaign()
    answer = Client().generic("POST", "/projects/sad/give/", body, "multipart/form-data; boundary=x")

    assert answer.status_code in {400, 413}
    assert "Запрос не читается" in answer.content.decode()


@pytest.mark.django_db
def test_a_file_where_none_is_asked_for_is_kept_nowhere(tmp_path: Path, settings: Any) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    make.campaign()
    body = multipart('name="message"; filename="a.exe"\r\n\r\n' + "x" * 500_000)
    answer = Client().generic("POST", "/projects/sad/give/", body, "multipart/form-data; boundary=x")

    assert answer.status_code == 422, "the form lacks its words, the file is nobody's"
    assert list(tmp_path.iterdir()) == []


PROBE = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
plain, safe = Client().get("/healthz2", HTTP_HOST="fond.example"), Client().get(
    "/api/nowhere", HTTP_HOST="fond.example", HTTP_X_FORWARDED_PROTO="https", HTTP_X_FORWARDED_FOR="10.0.0.1")
names = ("SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SECURE",
         "CSRF_COOKIE_SAMESITE", "DEBUG", "DEMO_MODE", "USE_X_FORWARDED_HOST", "ALLOWED_HOSTS")
print(json.dumps({"settings": {name: getattr(settings, name) for name in names},
    "plain": [plain.status_code, plain.headers["Location"]], "safe": dict(safe.headers)}))
"""


def test_production_speaks_only_over_tls_with_cookies_that_stay_there(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    environ = kept | LIVE | {"DJANGO_SETTINGS_MODULE": "config.settings.prod", "VAR": str(tmp_path), "DEMO": ""}
    done = subprocess.run(
        [sys.executable, "-c", PROBE], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)

    assert told["settings"] == {
        "SESSION_COOKIE_SECURE": True, "SESSION_COOKIE_HTTPONLY": True, "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": True, "CSRF_COOKIE_SAMESITE": "Lax", "DEBUG": False, "DEMO_MODE": False,
        "USE_X_FORWARDED_HOST": False, "ALLOWED_HOSTS": ["fond.example", "127.0.0.1"],
    }  # fmt: skip
    assert told["plain"] == [301, "https://fond.example/healthz2"]
    assert told["safe"]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert told["safe"]["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "X-Demonstration" not in told["safe"]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_package_is_one_version_with_its_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    packages = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]

    assert len(packages) > 50
    assert [
        line
        for line in packages
        if not re.match(r"[A-Za-z0-9_.-]+(\[[a-z, -]+\])?==[^ ]+ .*--hash=sha256:[0-9a-f]{64}", line)
    ] == []
    for script in ("scripts/prepare.sh", "Dockerfile"):
        told = (ROOT / script).read_text(encoding="utf-8") if (ROOT / script).exists() else "--require-hashes"
        assert "--require-hashes" in told, script


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()
