"""Pages where people write about a project, or begin to follow it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.models import Comment
from campaigns.telling import comments, followers, questions
from campaigns.telling.forms import CommentForm, ComplaintForm, EmailForm, QuestionForm
from campaigns.telling.pacing import TooOftenError
from campaigns.telling.readers import confirmed_email
from campaigns.telling.views import find
from people.addresses import client_address, neighbourhood
from people.models import User
from people.tasks import send_soon

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpRequest, HttpResponse

    from campaigns.models import Campaign

FORM = ["GET", "HEAD", "POST"]


@never_cache
@require_http_methods(FORM)
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow at once who is signed in; send anybody else a link that confirms it."""
    campaign, user = find(slug), signed_in(request)
    email = confirmed_email(user=user) if user else ""
    form = EmailForm(request.POST if request.method == "POST" else None, is_known=bool(email))
    if form.is_valid():
        done = _follow(request, campaign, form, user if email else None)
        if done is not None:
            return done
    context = {"campaign": campaign, "form": form, "email": email, "is_open": campaign.status in followers.FOLLOWED}
    return render(request, "telling/follow.html", context, status=status_of(form))


@never_cache
@require_http_methods(FORM)
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the organiser; whose e-mail is not known confirms it by a link."""
    campaign, user = find(slug), signed_in(request)
    email = confirmed_email(user=user) if user else ""
    form = QuestionForm(request.POST if request.method == "POST" else None, is_known=bool(email))
    if form.is_valid():
        done = _ask(request, campaign, form, email)
        if done is not None:
            return done
    context = {"campaign": campaign, "form": form, "email": email, "is_open": campaign.status in questions.TALKED_ABOUT}
    return render(request, "telling/ask.html", context, status=status_of(form))


@never_cache
@require_http_methods(FORM)
def comment(request: HttpRequest, slug: str) -> HttpResponse:
    """Let somebody signed in write; anybody else reads how to."""
    campaign, user = find(slug), signed_in(request)
    if user is None:
        if request.method == "POST":
            return redirect("telling:comment", slug=slug)
        return render(request, "telling/comment.html", {"campaign": campaign, "form": None, "is_open": True})
    return write_comment(request, campaign, comments.Author(user=user))


@never_cache
@require_http_methods(FORM)
def complain(request: HttpRequest, slug: str, comment_id: int) -> HttpResponse:
    """Take a reader's word that a comment breaks the rules."""
    shown = Comment.objects.filter(campaign__slug=slug, shown_at__isnull=False, hidden_at__isnull=True)
    found = get_object_or_404(shown.filter(erased_at__isnull=True).select_related("campaign"), pk=comment_id)
    form = ComplaintForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            _complain(request, form, found)
        except TooOftenError:
            say_too_often(form)
        else:
            messages.success(request, _("Thank you: a moderator will look at the comment."))
            return redirect("telling:comments", slug=slug)
    context = {"campaign": found.campaign, "comment": found, "form": form}
    return render(request, "telling/complain.html", context, status=status_of(form))


@never_cache
@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Say where to look for the link."""
    return render(request, "telling/sent.html", {"campaign": find(slug)})


def write_comment(request: HttpRequest, campaign: Campaign, author: comments.Author) -> HttpResponse:
    """Show the form of a comment; on a valid one write it down and lead to where it is, or will be."""
    form = CommentForm(request.POST if request.method == "POST" else None)
    is_open = campaign.status in questions.TALKED_ABOUT
    if form.is_valid():
        try:
            is_shown = form.is_trapped or _comment(request, form, campaign, author)
        except questions.ClosedError:
            is_open = False
        except TooOftenError:
            say_too_often(form)
        else:
            shown, waits = (
                _("Your comment is shown."),
                _("Thank you: a moderator reads a first comment, then it is shown."),
            )
            messages.success(request, shown if is_shown else waits)
            return redirect("telling:comments", slug=campaign.slug)
    context = {"campaign": campaign, "form": form, "is_open": is_open, "by_gift": author.user is None}
    return render(request, "telling/comment.html", context, status=status_of(form))


def signed_in(request: HttpRequest) -> User | None:
    """Return who is signed in, if anybody is."""
    return request.user if isinstance(request.user, User) else None


def say_too_often(form: Form) -> None:
    """Say in a form that it was sent too often."""
    text = _("Too often in a short time. Wait ten minutes and try again.")
    form.add_error(None, ValidationError(text, code="too_many"))


def status_of(form: Form) -> HTTPStatus:
    """Return how a page with this form answers."""
    if form.has_error(NON_FIELD_ERRORS, "too_many"):
        return HTTPStatus.TOO_MANY_REQUESTS
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _follow(request: HttpRequest, campaign: Campaign, form: EmailForm, user: User | None) -> HttpResponse | None:
    now = timezone.now()
    try:
        if user is not None:
            followers.follow_at_once(campaign=campaign, user=user, now=now)
            messages.success(request, _("You follow this project: its news comes by letter."))
            return redirect(campaign)
        if not form.is_trapped:
            with transaction.atomic():
                letter = followers.ask_to_follow(
                    campaign=campaign, email=form.cleaned_data["email"], address=client_address(request), now=now
                )
                send_soon(letter=letter)
    except followers.NotFollowedError:
        return None
    except TooOftenError:
        say_too_often(form)
        return None
    return redirect("telling:sent", slug=campaign.slug)


def _ask(request: HttpRequest, campaign: Campaign, form: QuestionForm, email: str) -> HttpResponse | None:
    try:
        if not form.is_trapped:
            _send_question(request, campaign, form, email)
    except questions.ClosedError:
        return None
    except TooOftenError:
        say_too_often(form)
        return None
    if not email:
        return redirect("telling:sent", slug=campaign.slug)
    messages.success(request, _("Your question is with the organiser. The answer comes by letter, and is shown here."))
    return redirect("telling:questions", slug=campaign.slug)


def _send_question(request: HttpRequest, campaign: Campaign, form: QuestionForm, email: str) -> None:
    with transaction.atomic():
        _question, letter = questions.ask_question(
            campaign=campaign,
            words=form.words(),
            email=email or form.cleaned_data["email"],
            is_known=bool(email),
            address=client_address(request),
            now=timezone.now(),
        )
        if letter is not None:
            send_soon(letter=letter)


def _comment(request: HttpRequest, form: CommentForm, campaign: Campaign, author: comments.Author) -> bool:
    """Write a comment down; return whether it is shown at once."""
    found = comments.write_comment(
        campaign=campaign, words=form.words(), author=author, address=client_address(request), now=timezone.now()
    )
    return found.shown_at is not None


def _complain(request: HttpRequest, form: ComplaintForm, comment: Comment) -> None:
    if form.is_trapped:
        return
    user, address = signed_in(request), client_address(request)
    comments.complain(
        comment_id=comment.pk,
        reason=form.cleaned_data["reason"],
        reader=f"user:{user.pk}" if user else f"address:{neighbourhood(address)[0]}",
        address=address,
        now=timezone.now(),
    )
