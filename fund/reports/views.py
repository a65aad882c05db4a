"""The public reports: the list with its forms, one report that waits for its file, the file."""

from __future__ import annotations

import logging
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from celery import current_app
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import condition, require_http_methods, require_safe

from fund.ledger import selectors as ledger
from fund.reports import errors, selectors
from fund.reports.files import open_file
from fund.reports.forms import LARGEST_NUMBER, ListForm, MonthForm, ProjectForm
from fund.reports.models import Report
from fund.reports.naming import named
from fund.reports.services import asking
from people.addresses import client_address

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from django.utils.functional import _StrPromise

PAGE_SIZE = 25
YEAR_SECONDS = 31_536_000
TOO_MANY = gettext_lazy("Too many reports in a short time. Wait ten minutes and try again.")
# Refusal → the form's field, the sentence, a code.
REFUSALS: dict[type[errors.ReportError], tuple[str | None, _StrPromise, str]] = {
    errors.TooManyReportsError: (None, TOO_MANY, "too_many"),
    errors.MonthNotOverError: (
        "month", gettext_lazy("Only a month that is over, and that the books know, has a report."), "invalid",
    ),
    errors.UnknownProjectError: ("subject", gettext_lazy("The books know no such project."), "invalid"),
    errors.NotSealedError: (
        None, gettext_lazy("The newest entries are not sealed yet. Try again in a minute."), "not_sealed",
    ),
}  # fmt: skip
log = logging.getLogger("fund.reports")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_list(request: HttpRequest) -> HttpResponse:
    """Show the reports, the newest first, and the forms to ask for one; a valid one leads to its report."""
    by_project = "subject" in request.POST
    sent = request.POST if request.method == "POST" else None
    month_form = MonthForm(None if by_project else sent, months=selectors.months(today=timezone.localdate()))
    project_form = ProjectForm(
        sent if by_project else None,
        projects=ledger.projects(),
        initial={"subject": request.GET.get("subject", "")},
    )
    form: MonthForm | ProjectForm = project_form if by_project else month_form
    if form.is_valid():
        asked = _ask(request, form)
        if asked:
            return redirect(asked)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    if form.has_error(NON_FIELD_ERRORS, "too_many"):
        status = HTTPStatus.TOO_MANY_REQUESTS
    context = {"form": form, "month_form": month_form, "project_form": project_form} | _rows(request)
    return render(request, "reports/list.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, number: int) -> HttpResponse:
    """Show one report: it waits for the file, then offers it. A button tries anew what was not made."""
    found = _find(number)
    if request.method == "POST":
        try:
            asking.retry_for_caller(report_id=found.pk, address=client_address(request), now=timezone.now())
        except errors.TooManyReportsError:
            messages.warning(request, TOO_MANY)
        else:
            _soon()
        return redirect(found)
    return render(request, "reports/report.html", _context(found))


@never_cache
@require_safe
def report_state(request: HttpRequest, number: int) -> HttpResponse:
    """Answer the page's own question how far the report has come."""
    found = _find(number)
    if request.GET.get("seen") == found.mark:  # nothing to tell: what the reader looks at stays in place
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, "reports/_state.html", _context(found))


@require_safe
@condition(etag_func=lambda _request, number: _etag(number))
def report_file(request: HttpRequest, number: int) -> HttpResponseBase:
    """Send the report's PDF; it never changes."""
    found = _find(number)
    if not found.is_published:
        raise Http404
    try:
        stream = open_file(report=found)
    except errors.DamagedFileError:
        log.exception("The file of report %d is not what was published.", found.pk)
        return never_cache(render)(request, "reports/damaged.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
    answer = FileResponse(stream, filename=found.download_name, content_type="application/pdf")
    patch_cache_control(answer, public=True, max_age=YEAR_SECONDS, immutable=True)
    return answer


def _ask(request: HttpRequest, form: MonthForm | ProjectForm) -> Report | None:
    """Have the report made, or say in the form why not."""
    now = timezone.now()
    try:
        asked = asking.ask_for_report(wanted=form.wanted(), address=client_address(request), now=now)
    except errors.ReportError as error:
        field, text, code = REFUSALS[type(error)]
        form.add_error(field, ValidationError(text, code=code))
        return None
    if asked.is_new:
        _soon()
    elif asked.report.is_published:
        messages.info(request, _("This is the newest version: there is nothing to add to it yet."))
    return asked.report


def _soon() -> None:
    """Let the worker make it once its row is committed, with no PDF engine loaded here; a sweep finds lost ones."""
    transaction.on_commit(partial(current_app.send_task, "reports.render_next"), robust=True)


def _rows(request: HttpRequest) -> dict[str, Any]:
    form = ListForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    kind, subject, before = asked.get("kind", ""), asked.get("subject", ""), asked.get("before")
    found = selectors.reports_page(kind=kind, subject=subject, before=before, limit=PAGE_SIZE + 1)
    kept = {name: value for name, value in (("kind", kind), ("subject", subject)) if value}
    older = found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None
    return {
        "rows": named(reports=found[:PAGE_SIZE]),
        "kind": kind,
        "subject": subject,
        "kinds": Report.Kind.choices,
        "previous_url": f"{reverse('reports:list')}?{urlencode(kept)}".rstrip("?") if before else "",
        "next_url": f"?{urlencode(kept | {'before': older})}" if older else "",
    }


def _find(number: int) -> Report:
    found = selectors.find_report(number=number) if number <= LARGEST_NUMBER else None
    if found is None:
        raise Http404
    return found


def _etag(number: int) -> str | None:
    found = selectors.find_report(number=number) if number <= LARGEST_NUMBER else None
    return f'"{found.file_sha256}"' if found and found.is_published else None


def _context(found: Report) -> dict[str, Any]:
    row = named(reports=[found])[0]
    all_versions = selectors.versions(report=found)
    return {
        "report": found,
        "title": row.title,
        "versions": all_versions,
        "newest": all_versions[0],
        "root": bytes(found.checkpoint.root_hash or b"").hex(),
    }
