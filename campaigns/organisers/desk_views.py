"""Applications at the staff desk: what waits, what an applicant showed, and the council's answer."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.models import Acceptance, Organiser
from campaigns.organisers import applying, moves, reviewing, selectors
from campaigns.organisers.desk_forms import ChecksForm, ReasonForm
from campaigns.organisers.sending import send_agreement, send_paper
from people.access import person
from people.desk_pages import desk_page, render_desk
from people.paging import CappedPaginator
from people.services import record_act, subject_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import FileResponse, HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

PERMISSION = "campaigns.verify_organiser"
PAGE_SIZE = 50
TITLES: dict[str, _StrPromise] = {
    "verify": gettext_lazy("Verify"),
    "ask_changes": gettext_lazy("Ask for changes"),
    "refuse": gettext_lazy("Refuse"),
    "suspend": gettext_lazy("Suspend"),
    "restore": gettext_lazy("Lift the suspension"),
}
REFUSALS = {
    moves.OwnApplicationError: gettext_lazy("This is your own application: another member answers it."),
    reviewing.CommunityTakenError: gettext_lazy("Another organiser speaks for this community: ask which one is right."),
    reviewing.UncheckedError: gettext_lazy("Look at everything first."),
}


@require_safe
@desk_page(PERMISSION)
def application_list(request: HttpRequest) -> HttpResponse:
    """Show what waits, the oldest first, then whoever has an answer."""
    waiting = Organiser.objects.waiting().select_related("claimed").order_by("moved_at", "pk")[:PAGE_SIZE]
    others = Organiser.objects.filter(erased_at__isnull=True).exclude(state=Organiser.State.IN_REVIEW)
    page = CappedPaginator(others.order_by("-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render_desk(
        request,
        "desk/organisers.html",
        title=_("Organisers"),
        waiting=list(waiting),
        others=list(page),
        previous_url=f"?page={page.previous_page_number()}" if page.has_previous() else "",
        next_url=f"?page={page.next_page_number()}" if page.has_next() else "",
    )


@require_safe
@desk_page(PERMISSION)
def application(request: HttpRequest, organiser_id: int) -> HttpResponse:
    """Show one application; the account in full only while it is to be looked at, and by somebody else."""
    organiser, user = _find(organiser_id), person(request)
    requisites = applying.newest_requisites(organiser=organiser)
    actions = moves.possible(organiser=organiser, user=user)
    is_shown = requisites is not None and "verify" in actions
    agreements = Acceptance.objects.filter(organiser=organiser).select_related("text").defer("text__body")
    return render_desk(
        request,
        "desk/organiser.html",
        title=organiser.name,
        organiser=organiser,
        requisites=requisites,
        account=asdict(applying.open_account(requisites=requisites)) if requisites and is_shown else {},
        papers=applying.documents(organiser=organiser),
        agreements=list(agreements.order_by("-pk")),
        steps=selectors.own_steps(organiser=organiser),
        is_own=organiser.user_id == user.pk,
        actions=[{"name": name, "title": TITLES[name]} for name in actions],
    )


@require_safe
@desk_page(PERMISSION)
def document(request: HttpRequest, organiser_id: int, reference: UUID) -> FileResponse:
    """Send a paper to who looks at the application; it is written down that they opened it."""
    organiser, user = _find(organiser_id), person(request)
    if organiser.state != Organiser.State.IN_REVIEW or organiser.user_id == user.pk:
        raise Http404
    response = send_paper(organiser=organiser, reference=reference)
    _note(request, organiser, "organisers.open_document")
    return response


@require_safe
@desk_page(PERMISSION)
def agreement(request: HttpRequest, organiser_id: int, reference: UUID) -> FileResponse:
    """Send the agreement's PDF; it holds the account, so it is written down too."""
    organiser = _find(organiser_id)
    response = send_agreement(organiser=organiser, reference=reference)
    _note(request, organiser, "organisers.open_agreement")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(PERMISSION, fresh=True)
def answer(request: HttpRequest, organiser_id: int, action: str) -> HttpResponse:
    """Ask what was looked at, or why; then answer the application."""
    if action not in TITLES:
        raise Http404
    organiser = _find(organiser_id)
    form = _form(request, organiser, action)
    if form.is_valid():
        try:
            _answer(request, organiser, action, form)
        except moves.ApplicationError as error:
            messages.warning(request, REFUSALS.get(type(error), _("Somebody did it before.")))
        else:
            messages.success(request, _("Done. The organiser gets a letter."))
        return redirect("organisers_desk:application", organiser_id=organiser.pk)
    return render_desk(
        request,
        "desk/form.html",
        title=f"{TITLES[action]}: {organiser.name}",
        is_refused=bool(form.errors),
        lead="",
        submit=TITLES[action],
        back=reverse("organisers_desk:application", args=[organiser.pk]),
        form=form,
    )


def _form(request: HttpRequest, organiser: Organiser, action: str) -> Any:
    data = request.POST if request.method == "POST" else None
    return (
        ChecksForm(data, wanted=reviewing.wanted_checks(organiser=organiser))
        if action == "verify"
        else ReasonForm(data)
    )


def _answer(request: HttpRequest, organiser: Organiser, action: str, form: Any) -> None:
    user, now = person(request), timezone.now()
    if action == "verify":
        reviewing.verify(organiser_id=organiser.pk, user=user, checks=form.checks(), now=now)
    else:
        reason = form.cleaned_data["reason"]
        reviewing.answer(organiser_id=organiser.pk, action=action, user=user, reason=reason, now=now)


def _note(request: HttpRequest, organiser: Organiser, action: str) -> None:
    record_act(actor=person(request), action=action, subject=subject_of(organiser), now=timezone.now())


def _find(organiser_id: int) -> Organiser:
    found = Organiser.objects.select_related("claimed", "community", "user")
    return get_object_or_404(found, pk=organiser_id, erased_at__isnull=True)
