"""The public reports through the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response

from api.errors import problems
from api.v1.pages import CURSOR, LARGEST, PAGE_SIZE, number_cursor
from fund.reports import selectors
from fund.reports.forms import ListForm
from fund.reports.models import Report
from fund.reports.naming import NamedReport, named

if TYPE_CHECKING:
    from rest_framework.request import Request


class ReportCheckpointSerializer(serializers.Serializer[Any]):
    """The signed checkpoint at which a report was read: how many entries, the root in hex."""

    size = serializers.IntegerField()
    root_sha256 = serializers.CharField()
    sealed_at = serializers.DateTimeField()


class ReportFileSerializer(serializers.Serializer[Any]):
    """A published file; it never changes."""

    address = serializers.URLField()
    sha256 = serializers.CharField()
    bytes = serializers.IntegerField()
    pages = serializers.IntegerField()


class ReportSerializer(serializers.Serializer[Any]):
    """One version of one report; ``file`` is there once it is published."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(Report.Kind.values)
    month = serializers.DateField(allow_null=True)
    subject = serializers.CharField()
    title = serializers.CharField()
    version = serializers.IntegerField()
    state = serializers.ChoiceField(Report.State.values)
    percent = serializers.IntegerField()
    failure = serializers.CharField()
    asked_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    address = serializers.URLField()
    checkpoint = ReportCheckpointSerializer()
    file = ReportFileSerializer(allow_null=True)


class ReportPageSerializer(serializers.Serializer[Any]):
    """One page of reports, newest first."""

    items = ReportSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


FILTERS = [OpenApiParameter("kind", str, enum=Report.Kind.values), OpenApiParameter("subject", str)]


@extend_schema(
    operation_id="reports_list",
    parameters=[CURSOR, *FILTERS],
    responses={200: ReportPageSerializer} | problems(400),
)
@api_view(["GET"])
def reports(request: Request) -> Response:
    """Return reports, newest first, of a kind or a project where asked."""
    form = ListForm(request.query_params)
    if not form.is_valid():
        raise ValidationError({name: [str(text) for text in texts] for name, texts in form.errors.items()})
    kind, subject = form.cleaned_data["kind"], form.cleaned_data["subject"]
    rows = selectors.reports_page(kind=kind, subject=subject, before=number_cursor(request), limit=PAGE_SIZE + 1)
    page = rows[:PAGE_SIZE]
    following = str(page[-1].pk) if len(rows) > PAGE_SIZE else None
    return Response({"items": [_shown(row) for row in named(reports=page)], "next_cursor": following})


@extend_schema(operation_id="reports_retrieve", responses={200: ReportSerializer} | problems(404))
@api_view(["GET"])
def report(request: Request, number: int) -> Response:  # noqa: ARG001 - DRF's signature
    """Return one report."""
    found = selectors.find_report(number=number) if number <= LARGEST else None
    if found is None:
        raise NotFound(_("There is no such report."))
    return Response(_shown(named(reports=[found])[0]))


def _shown(row: NamedReport) -> dict[str, Any]:
    found, sealed = row.report, row.report.checkpoint
    checkpoint = {
        "size": sealed.operations, "root_sha256": bytes(sealed.root_hash or b"").hex(), "sealed_at": sealed.sealed_at
    }  # fmt: skip
    file = {
        "address": settings.SITE_URL + reverse("reports:file", kwargs={"number": found.pk}),
        "sha256": found.file_sha256, "bytes": found.file_bytes, "pages": found.pages,
    }  # fmt: skip
    plain = ("kind", "month", "subject", "version", "state", "percent", "failure", "asked_at", "published_at")
    return {
        "id": found.pk,
        **{name: getattr(found, name) for name in plain},
        "title": row.title,
        "address": settings.SITE_URL + found.get_absolute_url(),
        "checkpoint": checkpoint,
        "file": file if found.is_published else None,
    }
