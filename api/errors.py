"""One shape for every error of the API: problem+json (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, serializers
from rest_framework.views import exception_handler

if TYPE_CHECKING:
    from rest_framework.response import Response

MEDIA_TYPE = "application/problem+json"


class TooLargeError(exceptions.APIException):
    """413: the body is larger than any request of ours."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = _("The body is too large.")


class BusyError(exceptions.APIException):
    """503: what is asked for is there, but not just now."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = _("Too many ask for this at once. Try again in a minute.")
    wait = 30  # what the header Retry-After says, in seconds


class ProblemSerializer(serializers.Serializer[dict[str, Any]]):
    """What went wrong: ``detail`` in a sentence, ``errors`` by field."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    request_id = serializers.CharField(help_text="Finds the request in our logs; also the header X-Request-ID.")
    errors = serializers.DictField(required=False)  # type: ignore[assignment]  # DRF takes fields out of the class


def problems(*statuses: int) -> dict[tuple[int, str], type[ProblemSerializer]]:
    """Return how the schema tells of these statuses."""
    return {(status, MEDIA_TYPE): ProblemSerializer for status in statuses}


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what DRF understands into problem+json; anything else is a plain 500."""
    if isinstance(error, RequestDataTooBig):
        error = TooLargeError()
    elif isinstance(error, exceptions.Throttled):
        error.detail = exceptions.ErrorDetail(str(_("Too many requests in a short time. Wait a little and try again.")))
    response = exception_handler(error, context)
    if response is None:
        return None
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(response.status_code).phrase,
        "status": response.status_code,
    }
    if isinstance(error, exceptions.ValidationError):
        body |= {"detail": str(_("Something in the request is missing or wrong.")), "errors": response.data}
    else:
        body["detail"] = response.data["detail"] if isinstance(response.data, dict) else response.data
    body["request_id"] = context["request"].headers.get("X-Request-ID", "")
    response.data = body
    response.content_type = MEDIA_TYPE
    return response
