"""Where links from letters lead: to say that it was oneself, to stop a kind of letters, to choose which come.

Mail programs open links by themselves: looking changes nothing, a button does.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaigns.models import Follow, NewsKind, Question, Reader
from campaigns.telling import followers, questions, readers, selectors, tokens
from campaigns.telling.forms import KindsForm

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

FORM = ["GET", "HEAD", "POST"]


@csrf_exempt  # mail programs send it (RFC 8058): the token in the address is what it is known by, no cookie counts
@never_cache
@require_http_methods(FORM)
def stop(request: HttpRequest, reader: UUID, kind: str, token: str) -> HttpResponse:
    """Stop a kind of letters by one POST; asked by GET, show a button that sends it."""
    if kind not in NewsKind.values or not tokens.is_token(token, tokens.STOP, reader, kind):
        raise Http404
    is_stopped = request.method == "POST"
    if is_stopped:
        readers.stop_kind(reference=reader, kind=kind, now=timezone.now())
    found = Reader.objects.filter(reference=reader).first()
    context = {
        "kind": NewsKind(kind).label,
        "is_stopped": is_stopped,
        "preferences_path": tokens.preferences_path(found) if found else "",
    }
    return render(request, "telling/stop.html", context)


@never_cache
@require_http_methods(FORM)
def preferences(request: HttpRequest, reader: UUID, token: str) -> HttpResponse:
    """Show every kind of letters and every project followed, to choose from."""
    found = Reader.objects.filter(reference=reader).first()
    if found is None or not tokens.is_token(token, tokens.PREFERENCES, reader):
        raise Http404
    follows = selectors.follows(reader=found)
    if "forget" in request.POST:
        readers.forget_words(email=found.email, now=timezone.now())
        messages.success(request, _("We have forgotten your e-mail, your questions and what you follow."))
        return redirect("pages:home")
    if request.method == "POST":
        form = KindsForm(request.POST, follows=[one.pk for one in follows])
        if not form.is_valid():
            raise Http404
        choice = form.cleaned_data
        readers.choose_kinds(reader_id=found.pk, wanted=choice["wanted"], left=choice["left"], now=timezone.now())
        messages.success(request, _("Kept: letters come as you chose."))
        return redirect(tokens.preferences_path(found))
    context = {"kinds": selectors.kinds(reader=found), "follows": follows}
    return render(request, "telling/preferences.html", context)


@never_cache
@require_http_methods(FORM)
def confirm_follow(request: HttpRequest, reference: UUID, token: str) -> HttpResponse:
    """Show a button; pressed, the project is followed."""
    _refuse_forged(token, tokens.FOLLOW, reference)
    if request.method != "POST":
        found = Follow.objects.select_related("campaign").filter(reference=reference).first()
        return _confirm(request, found) if found else _is_too_late(request)
    try:
        follow = followers.confirm_follow(reference=reference, now=timezone.now())
    except followers.LinkError:
        return _is_too_late(request)
    messages.success(request, _("You follow this project: its news comes by letter."))
    return redirect(follow.campaign)


@never_cache
@require_http_methods(FORM)
def confirm_question(request: HttpRequest, reference: UUID, token: str) -> HttpResponse:
    """Show the question and a button; pressed, it is with the organiser."""
    _refuse_forged(token, tokens.QUESTION, reference)
    if request.method != "POST":
        found = Question.objects.select_related("campaign").filter(reference=reference).first()
        return _confirm(request, found) if found else _is_too_late(request)
    try:
        question = questions.confirm_question(reference=reference, now=timezone.now())
    except questions.LinkError:
        return _is_too_late(request)
    messages.success(request, _("Your question is with the organiser. The answer comes by letter, and is shown here."))
    return redirect("telling:questions", slug=question.campaign.slug)


def _confirm(request: HttpRequest, found: Follow | Question) -> HttpResponse:
    question = found if isinstance(found, Question) else None
    return render(request, "telling/confirm.html", {"campaign": found.campaign, "question": question})


def _is_too_late(request: HttpRequest) -> HttpResponse:
    return render(request, "telling/too_late.html", status=HTTPStatus.GONE)


def _refuse_forged(token: str, purpose: str, reference: UUID) -> None:
    if not tokens.is_token(token, purpose, reference):
        raise Http404
