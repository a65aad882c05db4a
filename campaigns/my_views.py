"""A donor's own pages: the link by e-mail, all gifts, a year's statement, the name, being forgotten."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import my_selectors
from campaigns.handing import soon
from campaigns.my_forms import EraseForm, LinkForm, NameForm, YearForm
from campaigns.services import erasing, visiting
from campaigns.subscriptions.selectors import of_person
from people.addresses import client_address
from people.erasure import withdraw_consents
from people.models import ErasureRequest, LegalText

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpRequest, HttpResponseBase

    from people.models import Visit

SESSION = "visit"
Parameters = ParamSpec("Parameters")


def for_visitors(
    view: Callable[Concatenate[HttpRequest, Visit, Parameters], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Parameters], HttpResponseBase]:
    """Let a view see whose gifts are shown; who has no session, or an old one, is led to ask for a link."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> HttpResponseBase:
        secret = str(request.session.get(SESSION, ""))
        visit = visiting.find_visit(secret=secret, now=timezone.now()) if secret else None
        if visit is None:
            request.session.pop(SESSION, None)
            return redirect("my:ask")
        return view(request, visit, *args, **kwargs)

    return guarded


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the e-mail; the answer is the same whether anybody of it gave."""
    if request.method != "POST" and request.session.get(SESSION):
        return redirect("my:gifts")
    form = LinkForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            visit = visiting.ask_for_link(
                email=form.cleaned_data["email"], address=client_address(request), now=timezone.now()
            )
        except visiting.TooManyLinksError:
            text = _("Too many links in a short time. Wait ten minutes and try again.")
            form.add_error(None, ValidationError(text, code="too_many"))
        else:
            soon("campaigns.handle_visit", visit_id=visit.pk)
            return redirect("my:sent")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    if form.has_error(NON_FIELD_ERRORS, "too_many"):
        status = HTTPStatus.TOO_MANY_REQUESTS
    return render(request, "my/ask.html", {"form": form}, status=status)


@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Say where to look for the link."""
    return render(request, "my/sent.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button, since mail programs open links by themselves; pressed, it uses the link up and opens the gifts."""
    now = timezone.now()
    if request.method == "POST":
        try:
            secret = visiting.open_link(token=token, now=now)
        except visiting.LinkError:
            return render(request, "my/used.html", status=HTTPStatus.GONE)
        request.session.cycle_key()  # whoever knew this browser's session before does not share what it opens now
        request.session[SESSION] = secret
        return redirect("my:gifts")
    if not visiting.is_link_good(token=token, now=now):
        return render(request, "my/used.html", status=HTTPStatus.GONE)
    return render(request, "my/open.html")


@for_visitors
@require_safe
def gifts(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show every gift, what it became, and what can be asked for."""
    page, rows = my_selectors.gifts_page(email=visit.email, number=request.GET.get("page"))
    context = {
        "visit": visit,
        "rows": rows,
        "years": my_selectors.years(email=visit.email),
        "subscriptions": of_person(email=visit.email),
        "names": len(my_selectors.shown_names(email=visit.email)),
        "erasure": my_selectors.open_erasure(email=visit.email),
        "previous_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(request, "my/gifts.html", context)


@for_visitors
@require_POST
def hide_name(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Take back that the name is shown: of one gift, or of all."""
    form = NameForm(request.POST)
    if not form.is_valid():
        raise Http404
    gift = form.cleaned_data["gift"]
    donor_ids = my_selectors.shown_names(email=visit.email, donation_ids=[gift] if gift else None)
    withdraw_consents(donor_ids=donor_ids, kinds=[LegalText.Kind.PUBLIC_NAME], now=timezone.now())
    messages.success(request, _("The name is shown nowhere any more."))
    return redirect("my:gifts")


@for_visitors
@require_POST
def ask_for_statement(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Have a year's statement made."""
    form = YearForm(request.POST)
    known = {row.year for row in my_selectors.years(email=visit.email)}
    if not form.is_valid() or form.cleaned_data["year"] not in known:
        raise Http404
    try:
        found = visiting.ask_for_statement(visit_id=visit.pk, year=form.cleaned_data["year"], now=timezone.now())
    except visiting.TooManyStatementsError:
        messages.warning(request, _("That is many statements. Ask for another link to make more."))
        return redirect("my:gifts")
    soon("campaigns.make_statement", statement_id=found.pk)
    return redirect(found)


@for_visitors
@require_safe
def statement(request: HttpRequest, visit: Visit, reference: UUID) -> HttpResponse:
    """Wait for the statement, then offer it."""
    found = my_selectors.find_statement(visit=visit, reference=reference)
    if found is None:
        raise Http404
    return render(request, "my/statement.html", {"statement": found})


@for_visitors
@require_safe
def statement_file(request: HttpRequest, visit: Visit, reference: UUID) -> FileResponse:  # noqa: ARG001 - Django's
    """Send the statement's PDF."""
    found = my_selectors.find_statement(visit=visit, reference=reference)
    if found is None or found.made_at is None or not default_storage.exists(found.file_name):
        raise Http404
    stream = default_storage.open(found.file_name)
    return FileResponse(stream, filename=f"spravka-{found.year}.pdf", content_type="application/pdf")


@for_visitors
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say what being forgotten means; asked for and meant, write it down."""
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        asked = erasing.request_erasure(email=visit.email, origin=ErasureRequest.Origin.DONOR, now=timezone.now())
        soon("campaigns.erase", request_id=asked.pk)
        return redirect("my:gifts")
    context = {
        "form": form,
        "owed_kopecks": my_selectors.owed_kopecks(email=visit.email),
        "erasure": my_selectors.open_erasure(email=visit.email),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "my/erase.html", context, status=status)


@for_visitors
@require_POST
def leave(request: HttpRequest, visit: Visit) -> HttpResponse:
    """End the session."""
    visiting.end_visit(visit_id=visit.pk, now=timezone.now())
    request.session.pop(SESSION, None)
    messages.success(request, _("You have left. The link in the letter no longer works."))
    return redirect("my:ask")
