"""What surrounds every request: its name, its line in the log, its measure; and what browsers may not do here."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.middleware.gzip import GZipMiddleware

from config import metrics, request_ids

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

access = logging.getLogger("fund.access")
UNROUTED = "none"
STATIC = "static"
POLICY = ", ".join(f"{name}=()" for name in ("browsing-topics", "camera", "geolocation", "microphone", "usb"))


class QueryCount:
    """Counts what the database is asked."""

    count = 0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        """Ask."""
        self.count += 1
        return execute(*arguments)


class TellRequestsMiddleware:
    """Give each request a name that is sent back, and tell in one line what became of it.

    The line names the route and not the path: a path may hold a gift's secret.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        told = request.META.get("HTTP_X_REQUEST_ID", "") if settings.TRUSTED_PROXIES else ""
        name = request.META["HTTP_X_REQUEST_ID"] = request_ids.chosen(told)
        mark = request_ids.current.set(name)
        began = time.perf_counter()
        queries = QueryCount()
        try:
            with connection.execute_wrapper(queries):
                response = self.get_response(request)
            response.headers[request_ids.HEADER] = name
            response.headers.setdefault("Permissions-Policy", POLICY)
            _tell(request, response, time.perf_counter() - began, queries.count)
        finally:
            request_ids.current.reset(mark)
        return response


class PackWholeMiddleware(GZipMiddleware):
    """Compress what is whole. What streams is long: packing it is the proxy's work, not a web process's."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Pack the answer."""
        return response if response.streaming else super().process_response(request, response)


def _tell(request: HttpRequest, response: HttpResponse, seconds: float, queries: int) -> None:
    route, method = route_name(request), _method(request)
    metrics.note_request(method=method, route=route, status=response.status_code, seconds=seconds)
    milliseconds = round(seconds * 1000)
    access.info(
        "%s %s %d in %d ms, %d queries",
        method,
        route,
        response.status_code,
        milliseconds,
        queries,
        extra={
            "fields": {
                "method": method,
                "route": route,
                "status": response.status_code,
                "ms": milliseconds,
                "queries": queries,
            }
        },
    )


def route_name(request: HttpRequest) -> str:
    """Return the route's name; ``static`` for a file, ``none`` where no route fits. One of few, whatever is asked."""
    match = request.resolver_match
    if match is not None:
        return match.view_name or match.route
    return STATIC if request.path.startswith(settings.STATIC_URL) else UNROUTED


def _method(request: HttpRequest) -> str:
    """Return the method, any that nobody knows as one."""
    known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    return request.method if request.method in known else "OTHER"
