"""How anybody checks the books: the page, what can be saved of it, the proof of one operation."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fund.ledger import log, selectors, verifying
from fund.ledger.forms import LARGEST_NUMBER

if TYPE_CHECKING:
    from django.http import HttpRequest

PROOF = "text/plain; charset=utf-8"
FOR_NOW = "public, max-age=60"


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Show how to check a proof, and the whole log."""
    context = {
        "head": log.newest_head(),
        "log_name": verifying.log_name(),
        "page_sha256": verifying.page_sha256(),
        "script_sha256": verifying.script_sha256(),
        "site_url": settings.SITE_URL,
        "verifier_key": settings.LOG_VERIFIER_KEY,
    }
    return render(request, "ledger/verify.html", context)


@require_safe
def saved(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Send the page of verification as one file, to be saved and opened without us."""
    return _file(verifying.saved_page(), "verify.html", "text/html; charset=utf-8")


@require_safe
def script(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Send the script that checks the whole log."""
    return _file(verifying.script(), "verify_books.py", "text/x-python; charset=utf-8")


@require_safe
def proof(request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Send the proof that an operation is in the signed log; say so where it is still to come."""
    found = log.find_proof(number=number) if number <= LARGEST_NUMBER else None
    if found is not None:
        return _file(found.text().encode(), verifying.proof_name(number), PROOF, keep="no-cache")
    if number > LARGEST_NUMBER or selectors.find_operation(number=number) is None:
        raise Http404
    sentence = _("The entry waits for the next signed checkpoint: the proof comes within seconds.")
    headers = {"Cache-Control": "no-store", "Retry-After": str(settings.PACE_SECONDS)}
    return HttpResponse(f"{sentence}\n", content_type=PROOF, status=HTTPStatus.NOT_FOUND, headers=headers)


def _file(content: bytes, name: str, kind: str, keep: str = FOR_NOW) -> HttpResponse:
    headers = {"Cache-Control": keep, "Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)
