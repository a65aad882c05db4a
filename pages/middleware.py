"""Answers for what never reaches a page: a lost database, a wrong method, a body without end."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from pages.refusals import problem, refusal
from people.services.api_keys import find_key, secret_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

RETRY_AFTER_SECONDS = "10"


class LargestBodyMiddleware:
    """Refuse a body that is too large before anybody reads it: Django itself would write a file to the disk first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on.

        :raises RequestDataTooBig: which becomes a page or a problem with status 413.
        """
        told = str(request.META.get("CONTENT_LENGTH") or "0")
        size = int(told.lstrip("0")[:20] or 0) if told.isdecimal() else None
        if size is None or (size > settings.LARGEST_BODY_BYTES and size > _largest_here(request)):
            raise RequestDataTooBig
        return self.get_response(request)


def _largest_here(request: HttpRequest) -> int:
    """Return how many bytes the page takes from who is known, where it takes files; nought from anybody else."""
    try:
        name = resolve(request.path_info).view_name
    except Resolver404:
        return 0
    limit: int = settings.LARGER_BODIES.get(name, 0)
    return limit if limit and _is_known(request) else 0


def _is_known(request: HttpRequest) -> bool:
    """Return whether somebody is signed in, or a program's live key came."""
    if SESSION_KEY in request.session:
        return True
    secret = secret_of(header=request.headers.get("Authorization", ""))
    return secret is not None and find_key(secret=secret, now=timezone.now()) is not None


class TellDemonstrationMiddleware:
    """Say with every answer, data too, that the money is only pretended, where it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        response = self.get_response(request)
        if settings.DEMO_MODE:
            response.headers["X-Demonstration"] = "no money is taken"
        return response


class PlainRefusalsMiddleware:
    """Say in words what Django refuses with an empty page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content:
            page = refusal(request, HTTPStatus.METHOD_NOT_ALLOWED)
            page.headers["Allow"] = response.headers.get("Allow", "")
            return page
        return response


class DatabaseDownMiddleware:
    """Turn a lost database or Redis into a 503 that says to come back in a moment.

    Pages and gifts do without Redis; signing in does not (docs/adr/0010).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a lost connection; leave every other error alone."""
        if isinstance(exception, OperationalError | InterfaceError):
            sentence = _("The database does not answer. Nothing is lost: try again in a moment.")
        elif isinstance(exception, RedisError):
            sentence = _("This page can't answer just now. Nothing is lost: try again in a moment.")
        else:
            return None
        if request.path.startswith("/api/"):
            response: HttpResponse = problem(request, HTTPStatus.SERVICE_UNAVAILABLE, sentence)
        else:
            response = render(request, "503.html", {"sentence": sentence}, status=HTTPStatus.SERVICE_UNAVAILABLE)
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
        return response
