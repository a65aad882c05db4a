"""The moderator's pages: comments that wait or are complained of, and whatever else people wrote, to hide or show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns.models import Comment, Complaint, HiddenName, Question, Update
from campaigns.telling import moderating, selectors
from campaigns.telling.forms import ReasonForm
from people.access import person
from people.desk_pages import desk_page, render_desk

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

MODERATE = "campaigns.moderate_words"
PAGE_SIZE = 50


@require_safe
@desk_page(MODERATE)
def queue(request: HttpRequest) -> HttpResponse:
    """Show first what waits, then what readers complain of."""
    complaints = Prefetch("complaints", Complaint.objects.filter(handled_at__isnull=True), to_attr="open_complaints")
    return render_desk(
        request,
        "desk/words_queue.html",
        title=_("Comments to look at"),
        waiting=selectors.waiting_comments()[:PAGE_SIZE],
        reported=selectors.reported_comments().prefetch_related(complaints)[:PAGE_SIZE],
        reasons=HiddenName.Reason.choices,
    )


@require_safe
@desk_page(MODERATE)
def words(request: HttpRequest, kind: str) -> HttpResponse:
    """Show what was written of one kind, the newest first, to hide or to show again."""
    rows = _written(kind)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdecimal():
        rows = rows.filter(pk__lt=min(int(before[:20]), 2**63 - 1))
    found = list(rows.select_related("campaign", "hidden_by").order_by("-pk")[: PAGE_SIZE + 1])
    titles = {"comment": _("Comments"), "question": _("Questions"), "update": _("Updates")}
    return render_desk(
        request,
        "desk/words.html",
        title=titles[kind],
        kind=kind,
        kinds=titles.items(),
        rows=found[:PAGE_SIZE],
        reasons=HiddenName.Reason.choices,
        next_url=f"?before={found[PAGE_SIZE - 1].pk}" if len(found) > PAGE_SIZE else "",
    )


@require_POST
@desk_page(MODERATE)
def approve(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Let a comment be shown, or stay."""
    found = get_object_or_404(Comment, pk=comment_id)
    if moderating.approve_comment(comment_id=found.pk, user=person(request), now=timezone.now()):
        messages.success(request, _("The comment is shown."))
    return redirect("words:queue")


@require_POST
@desk_page(MODERATE)
def hide(request: HttpRequest, kind: str, key: int) -> HttpResponse:
    """Take words off the site for a reason."""
    row, form = get_object_or_404(_written(kind), pk=key), ReasonForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        moderating.hide_words(kind=kind, key=row.pk, reason=reason, user=person(request), now=timezone.now())
        messages.success(request, _("Hidden."))
    else:
        messages.error(request, _("Choose why it is hidden."))
    return _back(request, kind)


@require_POST
@desk_page(MODERATE)
def show(request: HttpRequest, kind: str, key: int) -> HttpResponse:
    """Put words back."""
    row = get_object_or_404(_written(kind), pk=key)
    if moderating.show_words(kind=kind, key=row.pk, user=person(request), now=timezone.now()):
        messages.success(request, _("Put back."))
    return _back(request, kind)


def _back(request: HttpRequest, kind: str) -> HttpResponse:
    return redirect("words:queue") if "queue" in request.POST else redirect("words:list", kind=kind)


def _written(kind: str) -> QuerySet[Any]:
    """Return all rows of a kind that a moderator may look at: drafts and what is not confirmed are nobody's business.

    :raises Http404: if there is no such kind.
    """
    found: dict[str, QuerySet[Any]] = {
        "comment": Comment.objects.filter(erased_at__isnull=True),
        "question": Question.objects.filter(erased_at__isnull=True, confirmed_at__isnull=False),
        "update": Update.objects.filter(published_at__isnull=False),
    }
    if kind not in found:
        raise Http404
    return found[kind]
