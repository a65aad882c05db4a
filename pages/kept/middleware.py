"""Answers strangers with kept pages; renders each anew once something has changed."""

from __future__ import annotations

import time
from contextlib import suppress
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import DatabaseError, InterfaceError, connection
from django.utils.translation import get_language
from redis.exceptions import RedisError

from campaigns.my_views import SESSION as VISIT
from pages.kept import shelf
from pages.kept.body import answer, bodies_of, private, wanted_encoding
from pages.kept.build import fingerprint
from pages.kept.routes import changes_pages, kept_query

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse, QueryDict

    from pages.kept.body import Body

SAFE = {"GET", "HEAD", "OPTIONS"}
READING = {"GET", "HEAD"}
AWAY_SECONDS = 2
OWN = (SESSION_KEY, VISIT)  # in the session of who is signed in, or came by a donor's link
PERSONAL_HEADERS = ("Authorization", "HX-Request")


class KeptPagesMiddleware:
    """Keep whole pages for who is not known here: no session, no message, no form in the page.

    It stands behind the choice of language and before all that costs. Where Redis is away every page is rendered,
    and Redis is not asked again for two seconds.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.away_until = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer from what is kept, or pass the request on."""
        if request.method not in SAFE:
            return self._change(request)
        query = kept_query(request) if request.method in READING else None
        if query is None or connection.in_atomic_block:  # within a transaction one sees what nobody else does yet
            return self.get_response(request)
        if not _is_stranger(request):
            return private(self.get_response(request))
        return self._show(request, query)

    def _change(self, request: HttpRequest) -> HttpResponse:
        was_known = any(name in request.session for name in OWN)  # before it, since an act may end the session
        response = self.get_response(request)
        is_done = response.status_code < HTTPStatus.BAD_REQUEST
        if is_done and (was_known or _is_entitled(request)) and _changes_pages(request):
            with suppress(RedisError):  # nothing is kept where Redis is away
                shelf.forget_all()
        return response

    def _show(self, request: HttpRequest, query: QueryDict) -> HttpResponse:
        # What makes no other page does not reach it either: nobody can slip words into what others are shown.
        request.GET = query  # type: ignore[assignment]  # a QueryDict like the one before
        request.META["QUERY_STRING"] = query.urlencode()
        place, encoding = _place(request), wanted_encoding(request)
        look = self._look(place, encoding)
        if look is None:
            return self.get_response(request)
        body = _body_to_show(place, encoding, look)
        return answer(request, body) if body is not None else self._render(request, place, encoding, look)

    def _look(self, place: str, encoding: str) -> shelf.Look | None:
        """Return what is kept; None where Redis or the database is away, of which the page itself tells."""
        if time.monotonic() < self.away_until:
            return None
        try:
            return shelf.look(place=place, encoding=encoding)
        except RedisError:
            self.away_until = time.monotonic() + AWAY_SECONDS
        except (DatabaseError, InterfaceError):
            connection.close()
        return None

    def _render(self, request: HttpRequest, place: str, encoding: str, look: shelf.Look) -> HttpResponse:
        response = self.get_response(request)
        if not _is_keepable(request, response):
            with suppress(RedisError):
                shelf.end(place=place)
            return response
        bodies = bodies_of(response, epoch=look.epoch, state=look.state)
        with suppress(RedisError):
            shelf.put(place=place, bodies=bodies, looked_at=look.looked_at)
        return answer(request, bodies[encoding])


def _body_to_show(place: str, encoding: str, look: shelf.Look) -> Body | None:
    """Return a page that is right, or the one before while another caller makes the next; None if it is our turn."""
    if look.is_right:
        return look.body
    try:
        if shelf.begin(place=place):
            return None
        return look.body or shelf.await_body(place=place, encoding=encoding, epoch=look.epoch)
    except RedisError:
        return None


def _is_entitled(request: HttpRequest) -> bool:
    """Return whether the request's address bears a secret, or its program a key: a stranger's changes no page."""
    match, user = request.resolver_match, getattr(request, "user", None)
    return (match is not None and "token" in match.kwargs) or (user is not None and user.is_authenticated)


def _changes_pages(request: HttpRequest) -> bool:
    return request.resolver_match is not None and changes_pages(request.resolver_match.view_name)


def _is_stranger(request: HttpRequest) -> bool:
    """Return whether nothing about the request is anybody's own."""
    is_known = any(name in request.COOKIES for name in (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name))
    is_personal = any(name in request.headers for name in PERSONAL_HEADERS)
    return not is_known and not is_personal


def _is_keepable(request: HttpRequest, response: HttpResponse) -> bool:
    if request.method != "GET" or response.status_code != HTTPStatus.OK or response.streaming:
        return False
    is_personal = bool(response.cookies) or request.session.modified or "CSRF_COOKIE_NEEDS_UPDATE" in request.META
    return not is_personal and "Cache-Control" not in response.headers


def _place(request: HttpRequest) -> str:
    parts = (request.scheme or "", request.get_host(), request.path, request.META["QUERY_STRING"], get_language() or "")
    return sha256("\n".join((*parts, fingerprint())).encode()).hexdigest()[:40]
