"""Answers for what never reaches a page: a lost database, a wrong method."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError
from django.shortcuts import render
from django.utils.translation import gettext as _

from pages.refusals import problem, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

RETRY_AFTER_SECONDS = "10"


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
    """Turn a lost database connection into a 503 that says to come back in a moment."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a lost connection; leave every other error alone."""
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        sentence = _("The database does not answer. Nothing is lost: try again in a moment.")
        if request.path.startswith("/api/"):
            response: HttpResponse = problem(request, HTTPStatus.SERVICE_UNAVAILABLE, sentence)
        else:
            response = render(request, "503.html", {"sentence": sentence}, status=HTTPStatus.SERVICE_UNAVAILABLE)
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
        return response
