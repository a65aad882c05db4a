"""Documents at the staff desk: one person edits the draft, another publishes it; nobody changes what is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people import publishing, selectors
from people.access import person
from people.desk_pages import desk_page, render_desk
from people.models import LegalDraft, LegalText
from people.texts_forms import DraftForm, PublishForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@desk_page("people.view_legaltext")
def text_list(request: HttpRequest) -> HttpResponse:
    """Show every document with its state."""
    rows = selectors.text_states(now=timezone.now())
    return render_desk(request, "desk/texts.html", title=_("Documents"), rows=rows)


@require_safe
@desk_page("people.view_legaltext")
def text(request: HttpRequest, kind: str) -> HttpResponse:
    """Show a document's versions, its draft, and what the draft changes."""
    return _text(request, _kind(kind), PublishForm())


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("people.edit_legal_text")
def edit(request: HttpRequest, kind: str) -> HttpResponse:
    """Edit the draft, which begins as the version in force."""
    wanted = _kind(kind)
    form = DraftForm(request.POST if request.method == "POST" else None, initial=_first_words(wanted))
    if form.is_valid():
        publishing.save_draft(kind=wanted, by=person(request), now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The draft is kept. Look at what it changes; another person publishes it."))
        return redirect("texts:text", kind=wanted)
    return render_desk(
        request,
        "desk/form.html",
        title=str(wanted.label),
        is_refused=bool(form.errors),
        form=form,
        submit=_("Keep the draft"),
        lead="",
        back=reverse("texts:text", args=[wanted]),
    )


@require_POST
@desk_page("people.edit_legal_text")
def drop(request: HttpRequest, kind: str) -> HttpResponse:
    """Throw the draft away."""
    if publishing.drop_draft(kind=_kind(kind), by=person(request), now=timezone.now()):
        messages.success(request, _("The draft is thrown away."))
    return redirect("texts:text", kind=kind)


@require_POST
@desk_page("people.publish_legal_text", fresh=True)
def publish(request: HttpRequest, kind: str) -> HttpResponse:
    """Publish the draft that the publisher looked at."""
    wanted, now = _kind(kind), timezone.now()
    get_object_or_404(LegalDraft, kind=wanted)
    form = PublishForm(request.POST)
    if form.is_valid():
        try:
            made = publishing.publish(
                kind=wanted,
                seen_sha256=form.cleaned_data["seen"],
                in_force_at=form.cleaned_data["in_force_at"] or now,
                by=person(request),
                now=now,
            )
        except publishing.PublishingError as error:
            form.add_error(None, _sentence(error))
        else:
            messages.success(request, _("Version %(version)s is published.") % {"version": made.version})
            return redirect("texts:text", kind=wanted)
    return _text(request, wanted, form)


def _text(request: HttpRequest, kind: LegalText.Kind, form: PublishForm) -> HttpResponse:
    draft = LegalDraft.objects.select_related("edited_by").filter(kind=kind).first()
    versions = selectors.text_versions(kind=kind, now=timezone.now())
    before = next((row.text.body for row in versions if row.state == selectors.TextState.IN_FORCE), "")
    return render_desk(
        request,
        "desk/text.html",
        title=str(kind.label),
        is_refused=bool(form.errors),
        kind=kind,
        versions=versions,
        draft=draft,
        digest=publishing.digest_of(draft.body) if draft else "",
        changes=publishing.changes(before, draft.body) if draft else [],
        form=form,
        may_edit=request.user.has_perm("people.edit_legal_text"),
        may_publish=request.user.has_perm("people.publish_legal_text"),
    )


def _kind(name: str) -> LegalText.Kind:
    try:
        return LegalText.Kind(name)
    except ValueError:
        raise Http404 from None


def _first_words(kind: LegalText.Kind) -> dict[str, str]:
    draft = LegalDraft.objects.filter(kind=kind).first()
    if draft:
        return {"body": draft.body, "note": draft.note}
    in_force = selectors.texts_in_force(now=timezone.now()).get(kind)
    return {"body": in_force.body if in_force else ""}


def _sentence(error: publishing.PublishingError) -> str:
    sentences = {
        publishing.EmptyTextError: _("There are no words in the draft."),
        publishing.SameTextError: _("The draft says what the last version says already."),
        publishing.DateError: _("A text comes into force now or later, and after the version before it."),
        publishing.OwnDraftError: _("You edited this draft yourself: another person publishes it."),
        publishing.DraftChangedError: _("Somebody changed the draft since you looked at it. Look at it once more."),
    }
    return sentences[type(error)]
