"""The address says which language a page speaks: Russian, or English under /en/. So every cache may keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import translate_url
from django.utils import translation
from django.utils.cache import patch_vary_headers

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

BY_HEADER = ("/api/", "/desk/")  # what no cache may keep: one address for every language


class LanguageOfAddressMiddleware:
    """Speaks the language of the address; where there is one address for all, that of the request's header."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Speak one language for the length of the request."""
        is_by_header = request.path_info.startswith(BY_HEADER)
        language = translation.get_language_from_request(request) if is_by_header else None
        language = language or translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            if is_by_header:
                patch_vary_headers(response, ["Accept-Language"])
        return response


def addresses(path: str) -> dict[str, str]:
    """Return the page's address by language; only its own where it has no other."""
    here = translation.get_language_from_path(path) or settings.LANGUAGE_CODE
    with translation.override(here):
        found = {code: path if code == here else translate_url(path, code) for code, _name in settings.LANGUAGES}
    return found if len(set(found.values())) > 1 else {here: path}
