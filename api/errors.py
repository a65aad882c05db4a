"""One shape for every error of the API: problem+json (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from rest_framework import exceptions
from rest_framework.views import exception_handler

if TYPE_CHECKING:
    from rest_framework.response import Response


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what DRF understands into problem+json; anything else is a plain 500."""
    response = exception_handler(error, context)
    if response is None:
        return None
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(response.status_code).phrase,
        "status": response.status_code,
    }
    if isinstance(error, exceptions.ValidationError):
        body["errors"] = response.data
    else:
        body["detail"] = response.data["detail"] if isinstance(response.data, dict) else response.data
    response.data = body
    response.content_type = "application/problem+json"
    return response
