"""Legal texts, the state of services, and pages for what went wrong."""

from __future__ import annotations

from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pages import health
from pages.refusals import problem, refusal
from people.models import LegalText
from people.selectors import TextState, text_versions, texts_in_force


@require_safe
def legal_index(request: HttpRequest) -> HttpResponse:
    """List the texts in force."""
    found = texts_in_force(now=timezone.now())
    return render(
        request, "pages/legal_index.html", {"texts": [found[kind] for kind in LegalText.Kind if kind in found]}
    )


@require_safe
def legal(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the text in force, with its version, hash and date, and every other version."""
    return _legal(request, kind, "")


@require_safe
def legal_version(request: HttpRequest, kind: str, version: str) -> HttpResponse:
    """Show one version of a text, and say so where it is not the one in force."""
    return _legal(request, kind, version)


def _legal(request: HttpRequest, kind: str, version: str) -> HttpResponse:
    rows = text_versions(kind=kind, now=timezone.now())
    wanted = (row for row in rows if (row.text.version == version if version else row.state == TextState.IN_FORCE))
    row = next(wanted, None)
    if row is None:
        raise Http404
    return render(request, "pages/legal.html", {"row": row, "text": row.text, "versions": rows})


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django's signature
    """Say which services are up; 503 where one is down."""
    found = health.states()
    down = [name for name, state in found.items() if state != "ok"]
    status = HTTPStatus.SERVICE_UNAVAILABLE if down else HTTPStatus.OK
    return JsonResponse({"status": "down" if down else "ok", "down": down, "services": found}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Refuse what can't be read, or is too large."""
    status = HTTPStatus.BAD_REQUEST
    if isinstance(exception, RequestDataTooBig):
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if request.path.startswith("/api/"):
        return problem(request, status, _("Something in the request is missing or wrong."))
    return refusal(request, status)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's
    """Refuse."""
    return refusal(request, HTTPStatus.FORBIDDEN)


def too_many(request: HttpRequest) -> HttpResponse:
    """Ask for patience."""
    return refusal(request, HTTPStatus.TOO_MANY_REQUESTS)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Refuse a form that did not come from our page, and say how to go on."""
    words = (
        gettext_lazy("The form is too old"),
        gettext_lazy("Open the page anew and fill it in once more: nothing was sent and no money was taken."),
    )
    more = _(
        "If this happens again, allow cookies for this site: without them we can't tell our form from a forged one."
    )
    return refusal(request, HTTPStatus.FORBIDDEN, words, more)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Say that there is no such page."""
    if request.path.startswith("/api/"):
        return problem(request, HTTPStatus.NOT_FOUND, _("There is nothing here."))
    return refusal(request, HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that the mistake is ours."""
    if request.path.startswith("/api/"):
        return problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, _("Our mistake"))
    return render(request, "500.html", status=HTTPStatus.INTERNAL_SERVER_ERROR)
