"""An applicant's own pages: the application a step at a time, what became of it, what was agreed to."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.models import Acceptance, Organiser, Requisites
from campaigns.organisers import applying, papers, selectors
from campaigns.organisers.forms import AgreementForm, PaperForm, RequisitesForm, WhoForm
from campaigns.organisers.moves import ApplicationError, WrongStateError
from campaigns.organisers.sending import send_agreement, send_paper
from people.access import person
from people.selectors import texts_in_force

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django import forms
    from django.http import FileResponse, HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

Parameters = ParamSpec("Parameters")
STEPS = ("who", "requisites", "document", "agreement")


def for_applicants(
    view: Callable[Concatenate[HttpRequest, Organiser, Parameters], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Parameters], HttpResponseBase]:
    """Let a view see one's own organiser; who has not begun is led to the beginning."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> HttpResponseBase:
        found = _own(request)
        return redirect("organiser_own:home") if found is None else view(request, found, *args, **kwargs)

    return guarded


@never_cache
@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show how far the application has come, and what may be done next."""
    organiser = _own(request)
    progress = applying.progress(organiser=organiser)
    requisites = applying.newest_requisites(organiser=organiser) if organiser else None
    context = {
        "organiser": organiser,
        "progress": progress,
        "next_step": next((step for step in STEPS if not getattr(progress, step)), ""),
        "requisites": requisites,
        "papers": applying.documents(organiser=organiser) if organiser else [],
        "agreements": _agreements(organiser),
        "steps": selectors.own_steps(organiser=organiser) if organiser else [],
    }
    return render(request, "organisers/own.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def who(request: HttpRequest) -> HttpResponse:
    """Ask who applies."""
    own = _own(request)
    if own is not None and not own.may_say_who:
        return _handed_in(request)
    known = {"kind": own.kind, "community": own.claimed_id, "name": own.name, "about": own.about} if own else None
    form = WhoForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_valid():
        try:
            applying.save_who(user=person(request), now=timezone.now(), **form.cleaned_data)
        except WrongStateError:
            return _handed_in(request)
        return redirect("organiser_own:requisites")
    return _page(request, "who", form, own)


@for_applicants
@require_http_methods(["GET", "HEAD", "POST"])
def requisites(request: HttpRequest, organiser: Organiser) -> HttpResponseBase:
    """Ask where money may go; of who is verified, only after they have proved anew who they are."""
    if organiser.is_own_draft:
        return _requisites(request)
    if organiser.state != Organiser.State.VERIFIED:
        return _handed_in(request)
    proven: Any = reauthentication_required(_requisites)
    return proven(request)  # type: ignore[no-any-return]  # allauth has no types


@for_applicants
@require_http_methods(["GET", "HEAD", "POST"])
def document(request: HttpRequest, organiser: Organiser) -> HttpResponse:
    """Ask for a paper that shows who applies."""
    if not organiser.is_own_draft:
        return _handed_in(request)
    form = PaperForm(request.POST, request.FILES) if request.method == "POST" else PaperForm()
    if form.is_valid() and _store(request, form):
        return redirect("organiser_own:document")
    return _page(request, "document", form, organiser, papers=applying.documents(organiser=organiser))


@require_POST
@for_applicants
def remove_document(request: HttpRequest, organiser: Organiser, reference: UUID) -> HttpResponse:  # noqa: ARG001
    """Delete a paper of one's own application."""
    try:
        if papers.remove_paper(user=person(request), reference=reference, now=timezone.now()):
            messages.success(request, _("The file is deleted."))
    except WrongStateError:
        return _handed_in(request)
    return redirect("organiser_own:document")


@for_applicants
@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: HttpRequest, organiser: Organiser) -> HttpResponse:
    """Show what is agreed to; accepted, the application is handed in."""
    if not organiser.is_own_draft:
        return _handed_in(request)
    texts = texts_in_force(now=timezone.now())
    form = AgreementForm(request.POST if request.method == "POST" else None, texts=texts)
    if form.is_valid():
        try:
            applying.hand_in(user=person(request), seen=form.seen(), now=timezone.now())
        except applying.TextChangedError:
            messages.warning(request, _("Another version came into force while you read. Look at it, and accept it."))
            return redirect("organiser_own:agreement")
        except applying.UnfinishedError:
            messages.warning(request, _("First fill in the steps before this one."))
            return redirect("organiser_own:home")
        except WrongStateError:
            return _handed_in(request)
        messages.success(request, _("The application is with us. A letter tells you the answer."))
        return redirect("organiser_own:home")
    text = texts["organiser"]
    is_whole = applying.progress(organiser=organiser).is_whole
    return _page(request, "agreement", form, organiser, text=text, is_whole=is_whole)


@for_applicants
@require_safe
def document_file(request: HttpRequest, organiser: Organiser, reference: UUID) -> FileResponse:  # noqa: ARG001
    """Send a paper back to who showed it."""
    return send_paper(organiser=organiser, reference=reference)


@for_applicants
@require_safe
def agreement_file(request: HttpRequest, organiser: Organiser, reference: UUID) -> FileResponse:  # noqa: ARG001
    """Send the agreement's PDF."""
    return send_agreement(organiser=organiser, reference=reference)


def _requisites(request: HttpRequest) -> HttpResponse:
    organiser = _own(request)
    if organiser is None:
        raise Http404
    holder = _holder(request, organiser)
    form = RequisitesForm(request.POST if request.method == "POST" else None, holder=holder)
    if form.is_valid():
        is_verified = organiser.state == Organiser.State.VERIFIED
        try:
            applying.save_requisites(user=person(request), account=form.account_told(), now=timezone.now())
        except ApplicationError:
            return _handed_in(request)
        if is_verified:
            messages.success(request, _("The new requisites are with us: we look at them and write to you."))
        return redirect("organiser_own:home" if is_verified else "organiser_own:document")
    known = applying.newest_requisites(organiser=organiser)
    is_choice = organiser.kind == Organiser.Kind.COMMUNITY
    return _page(request, "requisites", form, organiser, holder=holder, known=known, is_choice=is_choice)


def _holder(request: HttpRequest, organiser: Organiser) -> str:
    """Return whose account is asked for: a person has their own, a community an organisation's or a person's."""
    wanted = request.GET.get("holder", "")
    if organiser.kind == Organiser.Kind.PERSON or wanted == Requisites.Holder.PERSON:
        return Requisites.Holder.PERSON
    return Requisites.Holder.ORGANISATION


def _store(request: HttpRequest, form: PaperForm) -> bool:
    """Keep the paper, or say in the form why not."""
    try:
        paper = papers.read_paper(form.cleaned_data["paper"])
        papers.store_paper(user=person(request), paper=paper, now=timezone.now())
    except papers.TooLargeError:
        form.add_error("paper", _("The file is too large: 8 MB and 30 million pixels at most."))
    except papers.WrongKindError:
        form.add_error(
            "paper", _("This is no PDF, JPEG or PNG, or it is damaged. Save it anew or take another picture.")
        )
    except papers.TooManyError:
        form.add_error("paper", _("There are enough files. Delete one, or come again tomorrow."))
    except WrongStateError:
        form.add_error("paper", _("The application is handed in: nothing can be added now."))
    else:
        messages.success(request, _("The file is here."))
        return True
    return False


def _page(
    request: HttpRequest, step: str, form: forms.Form, organiser: Organiser | None, **more: object
) -> HttpResponse:
    """Return the page of one step with the way through all of them; 422 where what was sent is refused."""
    progress = applying.progress(organiser=organiser)
    way = [
        {
            "name": name,
            "is_done": getattr(progress, name),
            "is_here": name == step,
            "may_open": organiser is not None and (name != "who" or organiser.may_say_who),
        }
        for name in STEPS
    ]
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"step": step, "way": way, "form": form, "organiser": organiser, **more}
    return render(request, f"organisers/own_{step}.html", context, status=status)


def _handed_in(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("The application stays as it is: it is being looked at, or has its answer."))
    return redirect("organiser_own:home")


def _own(request: HttpRequest) -> Organiser | None:
    return Organiser.objects.filter(user=person(request)).select_related("community", "claimed").first()


def _agreements(organiser: Organiser | None) -> list[Acceptance]:
    """Return the agreements that were accepted, the newest first. One query."""
    if organiser is None:
        return []
    found = Acceptance.objects.filter(organiser=organiser, text__kind="organiser").exclude(sealed="")
    return list(found.select_related("text").defer("text__body").order_by("-pk"))
