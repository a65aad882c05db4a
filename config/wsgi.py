"""The WSGI application that the web server runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")


class PlainCharset:
    """Takes no charset that is none: «zlib» and «rot13» are codecs too, and Django reads a request before any page."""

    def __init__(self, inner: WSGIApplication) -> None:
        self.inner = inner

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on."""
        kind, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        if not _is_charset(parameters.get("charset", "utf-8")):
            environ["CONTENT_TYPE"] = kind
        return self.inner(environ, start_response)


def _is_charset(name: str) -> bool:
    try:
        b"a".decode(name)
    except (LookupError, ValueError):
        return False
    return True


application = PlainCharset(get_wsgi_application())
