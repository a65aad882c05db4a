"""Sends the shop's feed; who has it already is told so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from merch.catalogue.feed import kept_feed

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

ASK_AGAIN_SECONDS = 60


@require_safe
def feed(request: HttpRequest) -> HttpResponseBase:
    """Send all that is on sale, as Yandex Market reads it."""
    found = kept_feed(now=timezone.localtime())
    answer = HttpResponse(found.body, content_type="application/xml; charset=utf-8")
    answer.headers["Cache-Control"] = f"public, max-age={ASK_AGAIN_SECONDS}"
    answer.headers["ETag"] = quote_etag(found.mark)
    return get_conditional_response(request, etag=answer.headers["ETag"], response=answer) or answer
