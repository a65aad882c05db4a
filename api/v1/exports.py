"""The books to take away: the whole log up to a signed checkpoint, or a period of it, in four forms."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view, content_negotiation_class, throttle_classes
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.negotiation import BaseContentNegotiation

from api.errors import BusyError, problems
from api.throttles import ExportThrottle
from fund.reports.exports.cutting import Cut, cut_books
from fund.reports.exports.errors import ExportsBusyError, NothingSealedError, UnknownCheckpointError
from fund.reports.exports.formats import FORMATS
from fund.reports.exports.forms import ExportForm
from fund.reports.exports.streams import Download

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http.response import HttpResponseBase
    from rest_framework.renderers import BaseRenderer
    from rest_framework.request import Request

    from fund.reports.exports.formats import Format


class FormatOfAddress(BaseContentNegotiation):
    """The address names the format; whatever the caller accepts, a refusal is problem+json."""

    def select_renderer(
        self,
        request: Request,  # noqa: ARG002 - DRF's signature
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,  # noqa: ARG002
    ) -> tuple[BaseRenderer, str]:
        """Return the one that the API has."""
        found = next(iter(renderers))
        return found, found.media_type


PARAMETERS = [
    OpenApiParameter(
        "extension", str, OpenApiParameter.PATH, enum=list(FORMATS),
        description="csv for a spreadsheet, jsonl for the log's entries byte for byte.",
    ),
    OpenApiParameter("since", OpenApiTypes.DATE, description="The first business date; from the beginning without."),
    OpenApiParameter("until", OpenApiTypes.DATE, description="The last business date; up to the end without."),
    OpenApiParameter(
        "checkpoint", {"type": "integer", "minimum": 1, "maximum": 2**53 - 1},
        description="How many entries the signed checkpoint counts at which the books are cut; the newest without.",
    ),
]  # fmt: skip
HEADERS = [
    OpenApiParameter(name, kind, OpenApiParameter.HEADER, description=text, response=[200])
    for name, kind, text in (
        ("X-Checkpoint-Size", int, "How many entries the checkpoint counts."),
        ("X-Checkpoint-Root", str, "The root of the log at the checkpoint, base64."),
        ("Link", str, "The signed checkpoint itself, rel=describedby."),
        ("Content-Disposition", str, "The file's name, with the checkpoint's size."),
    )
]


@extend_schema(
    operation_id="ledger_export",
    parameters=[*PARAMETERS, *HEADERS],
    responses={(200, form.media_type.partition(";")[0]): OpenApiTypes.STR for form in FORMATS.values()}
    | problems(400, 404, 503),
)
@api_view(["GET", "HEAD"])
@content_negotiation_class(FormatOfAddress)
@throttle_classes([ExportThrottle])
def export(request: Request, extension: str) -> HttpResponseBase:
    """Return the books as a file, a row a posting or a line an entry, in the order of the log."""
    form = FORMATS.get(extension)
    if form is None:
        raise ValidationError({"extension": [_("There is no such format.")]})
    cut = _cut(request)
    return _answer(request, form, cut)


def _cut(request: Request) -> Cut:
    asked = ExportForm(request.query_params)
    if not asked.is_valid():
        raise ValidationError({name: [str(text) for text in texts] for name, texts in asked.errors.items()})
    try:
        return cut_books(**asked.cleaned_data)
    except UnknownCheckpointError as error:
        raise ValidationError({"checkpoint": [_("There is no signed checkpoint of that many entries.")]}) from error
    except NothingSealedError as error:
        raise NotFound(_("Nothing has been sealed yet: the first checkpoint comes after the first entry.")) from error


def _answer(request: Request, form: Format, cut: Cut) -> HttpResponseBase:
    headers = _headers(form, cut)
    if request.method == "HEAD":
        return HttpResponse(content_type=form.media_type, headers=headers)
    try:
        reader = request.META.get("gunicorn.socket")
        download = Download(form, cut, seconds=settings.EXPORT_SECONDS, reader=reader)
    except ExportsBusyError as error:
        raise BusyError(_("All places for downloads of the books are taken. Try again in a minute.")) from error
    return StreamingHttpResponse(download, content_type=form.media_type, headers=headers)


def _headers(form: Format, cut: Cut) -> dict[str, Any]:
    checkpoint = reverse("log:checkpoint_of", kwargs={"size": cut.head.size})
    return {
        "Content-Disposition": f'attachment; filename="{cut.name}.{form.extension}"',
        "X-Checkpoint-Size": str(cut.head.size),
        "X-Checkpoint-Root": b64encode(cut.head.root).decode(),
        "Link": f'<{checkpoint}>; rel="describedby"',
        "Cache-Control": "no-store",
    }
