"""The organiser's own pages: updates of an own project, and answers to its questions."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.models import Update
from campaigns.telling import questions, selectors, updates
from campaigns.telling.forms import AnswerForm, UpdateForm
from campaigns.telling.views import paged
from people.access import person
from people.tasks import send_soon

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from campaigns.models import Campaign

P = ParamSpec("P")
FORM = ["GET", "HEAD", "POST"]
UPDATES, QUESTIONS = 20, 20


def for_owner(
    view: Callable[Concatenate[HttpRequest, Campaign, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, str, P], HttpResponse]:
    """Let a view see a launched campaign of whoever asks, while the fund vouches for them; others find nothing."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, /, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        campaign = selectors.own_campaign(user=person(request), slug=slug)
        if campaign is None:
            raise Http404
        return view(request, campaign, *args, **kwargs)

    return guarded  # type: ignore[return-value]  # wraps() keeps the other arguments


@for_owner
@require_safe
def update_list(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Show drafts and what is published."""
    found = paged(request, selectors.own_updates(campaign=campaign), UPDATES)
    awaited = selectors.awaited_count(campaign=campaign)
    return render(request, "telling/own_updates.html", {"campaign": campaign, "awaited_count": awaited, **found})


@for_owner
@require_http_methods(FORM)
def new_update(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Write an update: look at it first, or keep it as a draft."""
    form = UpdateForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and "preview" not in request.POST:
        words = form.cleaned_data
        try:
            update = updates.write_update(
                campaign=campaign, title=words["title"], body=words["body"], key=form.request_key(), now=timezone.now()
            )
        except updates.TooManyUpdatesError:
            form.add_error(None, _("Many drafts lie here already: publish one, or throw one away."))
        except updates.KeyReusedError:
            raise Http404 from None
        else:
            messages.success(request, _("The draft is kept. Nobody sees it until you publish it."))
            return redirect("own_updates:edit", slug=campaign.slug, update_id=update.pk)
    return _write(request, campaign, form, None)


@for_owner
@require_http_methods(FORM)
def edit_update(request: HttpRequest, campaign: Campaign, update_id: int) -> HttpResponse:
    """Change a draft, or correct what is published."""
    update = _own(campaign, update_id)
    first = {"title": update.title, "body": update.body}
    form = UpdateForm(request.POST if request.method == "POST" else None, initial=first)
    if form.is_valid() and "preview" not in request.POST:
        words = form.cleaned_data
        update = updates.change_update(
            update_id=update.pk, title=words["title"], body=words["body"], now=timezone.now()
        )
        if update.published_at is not None:
            messages.success(request, _("Corrected. Readers see the new words, and may look at the earlier ones."))
            return redirect(update)
        messages.success(request, _("The draft is kept. Nobody sees it until you publish it."))
        return redirect("own_updates:edit", slug=campaign.slug, update_id=update.pk)
    return _write(request, campaign, form, update)


@for_owner
@require_POST
def publish_update(request: HttpRequest, campaign: Campaign, update_id: int) -> HttpResponse:
    """Publish a draft: it is shown, and goes to those who follow."""
    update = _own(campaign, update_id)
    try:
        update = updates.publish_update(update_id=update.pk, now=timezone.now())
    except updates.TooManyUpdatesError:
        messages.warning(request, _("Five updates a day are enough: publish this one tomorrow."))
        return redirect("own_updates:edit", slug=campaign.slug, update_id=update.pk)
    messages.success(request, _("Published. Letters to those who follow the project are on their way."))
    return redirect(update)


@for_owner
@require_POST
def drop_update(request: HttpRequest, campaign: Campaign, update_id: int) -> HttpResponse:
    """Throw a draft away."""
    update = _own(campaign, update_id)
    try:
        updates.drop_draft(update_id=update.pk)
    except updates.PublishedError:
        messages.warning(request, _("It is published: it can be corrected, not thrown away."))
    else:
        messages.success(request, _("The draft is thrown away."))
    return redirect("own_updates:list", slug=campaign.slug)


@for_owner
@require_safe
def question_list(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Show questions that wait for an answer, the oldest first, then a way to those answered."""
    found = paged(request, selectors.awaited_questions(campaign=campaign), QUESTIONS)
    return render(request, "telling/own_questions.html", {"campaign": campaign, **found})


@for_owner
@require_http_methods(FORM)
def answer(request: HttpRequest, campaign: Campaign, question_id: int) -> HttpResponse:
    """Answer a question in public, or put the answer better."""
    question = get_object_or_404(selectors.answerable_questions(campaign=campaign), pk=question_id)
    form = AnswerForm(request.POST if request.method == "POST" else None, initial={"answer": question.answer})
    if form.is_valid():
        try:
            letter = questions.answer_question(
                question_id=question.pk, answer=form.cleaned_data["answer"], now=timezone.now()
            )
        except questions.NothingToAnswerError:
            raise Http404 from None
        if letter is not None:
            send_soon(letter=letter)
        messages.success(request, _("Your answer is shown, and goes to who asked."))
        return redirect("own_updates:questions", slug=campaign.slug)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"campaign": campaign, "question": question, "form": form}
    return render(request, "telling/own_answer.html", context, status=status)


def _write(request: HttpRequest, campaign: Campaign, form: UpdateForm, update: Update | None) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    preview = form.cleaned_data if form.is_bound and form.is_valid() else None
    context = {"campaign": campaign, "form": form, "update": update, "preview": preview}
    return render(request, "telling/own_update.html", context, status=status)


def _own(campaign: Campaign, update_id: int) -> Update:
    return get_object_or_404(Update.objects.select_related("campaign"), pk=update_id, campaign=campaign)
