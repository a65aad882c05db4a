"""Sends the shop's feed; who has it already is told so."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from merch.catalogue.feed import Feed, shop_feed

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

PLACE, LIFE_SECONDS = "shop:feed", 60


@require_safe
def feed(request: HttpRequest) -> HttpResponseBase:
    """Send all that is on sale, as Yandex Market reads it."""
    found = _recent()
    answer = HttpResponse(found.body, content_type="application/xml; charset=utf-8")
    answer.headers["Cache-Control"] = f"public, max-age={LIFE_SECONDS}"
    answer.headers["ETag"] = quote_etag(found.mark)
    return get_conditional_response(request, etag=answer.headers["ETag"], response=answer) or answer


def _recent() -> Feed:
    """Return the feed of this minute: thousands of products are not written anew for each who asks."""
    with suppress(RedisError):
        known = cache.get(PLACE)
        if known is not None:
            return Feed(*known)
    found = shop_feed(now=timezone.localtime())
    with suppress(RedisError):
        cache.set(PLACE, (found.body, found.mark), LIFE_SECONDS)
    return found
