"""One page for everything that the site refuses: what happened, and where to go on."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

UNREADABLE = (
    _("The request can't be read"),
    _("Something in it is missing, wrong or too large. Open the page anew and try once more."),
)
WORDS: dict[HTTPStatus, tuple[_StrPromise, _StrPromise]] = {
    HTTPStatus.BAD_REQUEST: UNREADABLE,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: UNREADABLE,
    HTTPStatus.FORBIDDEN: (_("This page is not open to you"), _("If you think that it should be, write to us.")),
    HTTPStatus.NOT_FOUND: (
        _("There is no such page"),
        _("The address may be mistyped, or the page has moved."),
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        _("Too many attempts"),
        _("Wait a few minutes and try again: so we keep others from guessing passwords and codes."),
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        _("That can't be done here"),
        _("The address is right, but not for this. Go back and try another way."),
    ),
}


def problem(request: HttpRequest, status: HTTPStatus, detail: str) -> JsonResponse:
    """Return a refusal as the API's callers read it; ``request_id`` finds it in the logs."""
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "request_id": request.META.get("HTTP_X_REQUEST_ID", ""),
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


def refusal(
    request: HttpRequest,
    status: HTTPStatus,
    words: tuple[_StrPromise, _StrPromise] | None = None,
    more: _StrPromise | str = "",
) -> HttpResponse:
    """Return the page of a refusal, in the status's own words where no others are given."""
    title, lead = words or WORDS[status]
    return render(request, "refusal.html", {"title": title, "lead": lead, "more": more}, status=status)
