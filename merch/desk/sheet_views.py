"""The catalogue as a table at the desk: taken away, sent back, looked at before anything changes, applied."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django import forms
from django.db import transaction
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from merch.desk import tasks
from merch.desk.products import PERMISSION
from merch.models import CatalogueSheet
from merch.sheets import applying, writing
from merch.sheets.columns import COLUMNS, ONLY_WRITTEN
from merch.sheets.reading import SheetError
from people.access import person
from people.desk_pages import desk_page, render_desk

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from merch.sheets.planning import Plan

LAST = 10


class SheetForm(forms.Form):
    """A table that is sent."""

    table = forms.FileField(
        label=gettext_lazy("Table (CSV, UTF-8)"),
        help_text=gettext_lazy("Up to 5 MB and 10,000 rows. It is looked at first; nothing changes until you say so."),
        widget=forms.ClearableFileInput({"accept": ".csv,text/csv"}),
        error_messages={"empty": gettext_lazy("The file is empty.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(PERMISSION)
def sheets(request: HttpRequest) -> HttpResponse:
    """Offer the table, take one back, and say of each row what is wrong; one without a fault is kept to be applied."""
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    found: Plan | None = None
    if form.is_valid():
        now = timezone.now()
        try:
            text, rows, found = applying.look_at(content=form.cleaned_data["table"].read(), now=now)
        except SheetError as error:
            form.add_error("table", str(error))
        else:
            if not found.faults:
                kept = applying.keep(text=text, rows=rows, found=found, by=person(request), now=now)
                return redirect("shop_desk:sheet", kept.reference)
    faults = found.faults if found else []
    return render_desk(
        request,
        "shop_desk/sheets.html",
        title=_("The catalogue as a table"),
        is_refused=bool(form.errors or faults),
        form=form,
        faults=faults[: applying.MOST_FAULTS],
        fault_count=len(faults),
        columns=list(COLUMNS.values()),
        only_written=", ".join(ONLY_WRITTEN),
        sheets=list(CatalogueSheet.objects.defer("text").select_related("sent_by").order_by("-pk")[:LAST]),
    )


@require_safe
@desk_page(PERMISSION)
def export(request: HttpRequest) -> HttpResponseBase:  # noqa: ARG001 - the decorator's
    """Send the catalogue as a table."""
    answer = StreamingHttpResponse(writing.table(), content_type="text/csv; charset=utf-8; header=present")
    answer.headers["Content-Disposition"] = f'attachment; filename="catalogue-{timezone.localdate()}.csv"'
    return answer


@require_safe
@desk_page(PERMISSION)
def sheet(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Show what a table would change, or has changed."""
    found = get_object_or_404(CatalogueSheet.objects.defer("text"), reference=reference)
    return render_desk(
        request,
        "shop_desk/sheet.html",
        title=_("A table of %(rows)d rows") % {"rows": found.rows},
        sheet=found,
        changes=sum(found.counts.values()),
    )


@require_POST
@desk_page(PERMISSION)
def apply_sheet(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Let the worker apply a table."""
    get_object_or_404(CatalogueSheet, reference=reference)
    found = applying.ask(reference=reference, by=person(request), now=timezone.now())
    transaction.on_commit(partial(tasks.apply_sheet.delay, sheet_id=found.pk), robust=True)
    return redirect("shop_desk:sheet", reference)
