"""The page where people take the books away; the files themselves come from the API."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from fund.ledger.log import newest_head
from fund.reports.exports.forms import DownloadForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """Show the formats and ask for a period; once both are chosen, lead on to the file."""
    form = DownloadForm(request.GET or None)
    if form.is_valid() and form.cleaned_data["format"]:
        return redirect(_file(form))
    context = {"form": form, "head": newest_head()}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "exports/download.html", context, status=status)


def _file(form: DownloadForm) -> str:
    address = reverse("api:ledger-export", kwargs={"extension": form.cleaned_data["format"]})
    part = {name: form.cleaned_data[name] for name in ("since", "until", "checkpoint") if form.cleaned_data[name]}
    return f"{address}?{urlencode(part)}" if part else address
