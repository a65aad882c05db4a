"""An organiser's own campaigns: the list, the form that saves itself, the preview."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.drafting import previewing, selectors, services
from campaigns.drafting.access import own_campaign, readable_campaign
from campaigns.drafting.forms import CampaignForms, StartForm, typed_words
from campaigns.drafting.services import OvertakenError
from campaigns.life.moves import WrongStateError
from campaigns.organisers.services import verified_organiser
from people.access import person

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from campaigns.drafting.terms import Words
    from campaigns.models import Campaign, Draft

BLANK_LINES = 2


@never_cache
@login_required
@require_safe
def own_list(request: HttpRequest) -> HttpResponse:
    """Show the campaigns that one runs, each with its state and what is next."""
    user = person(request)
    context = {"rows": selectors.own_campaigns(user=user), "organiser": verified_organiser(user=user)}
    return render(request, "drafting/list.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a campaign with its title; who is not verified reads what comes first."""
    organiser = verified_organiser(user=person(request))
    if organiser is None:
        status = HTTPStatus.FORBIDDEN if request.method == "POST" else HTTPStatus.OK
        return render(request, "drafting/not_yet.html", status=status)
    form = StartForm(request.POST if request.method == "POST" else None, initial={"key": uuid4()})
    if form.is_valid():
        try:
            campaign = services.start_campaign(organiser=organiser, now=timezone.now(), **form.cleaned_data)
        except services.TooManyDraftsError:
            form.add_error(None, _("You have ten drafts already: hand one in, or give one up."))
        else:
            return redirect("own:edit", slug=campaign.slug)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "drafting/new.html", {"form": form}, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a draft's form; keep what is sent, whole or not. ``?check`` says beside each field what is missing."""
    campaign, now = own_campaign(request, slug), timezone.now()
    if campaign.status not in selectors.WRITABLE:
        return _closed(request)
    if request.method == "POST":
        return _save(request, campaign)
    draft = services.ensure_draft(campaign=campaign, now=now)
    words = draft.overtaken if "before" in request.GET and draft.overtaken else draft.words
    forms = CampaignForms(words, now=now, is_checked="check" in request.GET, blank_lines=BLANK_LINES)
    return _form_page(request, campaign, draft, forms, words)


def _save(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    now, words = timezone.now(), typed_words(request.POST)
    forms = CampaignForms(words, now=now, blank_lines=BLANK_LINES)
    version = request.POST.get("over") or request.POST.get("version", "")
    try:
        draft = services.save_draft(
            campaign_id=campaign.pk,
            words=words,
            version=int(version) if version.isdecimal() and len(version) < 10 else -1,  # noqa: PLR2004 - digits of an int
            tab=request.POST.get("tab", "")[:36],
            terms=forms.terms(),
            heading=forms.heading(),
            now=now,
        )
    except WrongStateError:
        return _closed(request)
    except OvertakenError as error:
        return _overtaken(request, campaign, error.draft, words)
    if request.htmx:  # type: ignore[attr-defined]  # django-htmx adds it
        return render(request, "drafting/_saved.html", _saved(draft, words) | {"is_alone": True})
    messages.success(request, _("Saved."))
    return redirect("own:edit", slug=campaign.slug)


def _overtaken(request: HttpRequest, campaign: Campaign, draft: Draft, words: Words) -> HttpResponse:
    """Say that another tab was later. What was typed here stays on the page; what was saved there stays saved."""
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "drafting/_overtaken.html", {"draft": draft})
    forms = CampaignForms(words, now=timezone.now(), is_checked=False, blank_lines=BLANK_LINES)
    return _form_page(request, campaign, draft, forms, words, is_overtaken=True)


def _form_page(
    request: HttpRequest,
    campaign: Campaign,
    draft: Draft,
    forms: CampaignForms,
    words: Words,
    *,
    is_overtaken: bool = False,
) -> HttpResponse:
    context = _saved(draft, words) | {
        "campaign": campaign,
        "form": forms.main,
        "lines": forms.lines,
        "tab": request.POST.get("tab") or str(uuid4()),
        "version": request.POST.get("version", draft.version),
        "is_overtaken": is_overtaken,
        "is_alone": False,
        "reasons": selectors.reasons(campaign=campaign),
    }
    status = HTTPStatus.CONFLICT if is_overtaken else HTTPStatus.OK
    return render(request, "drafting/edit.html", context, status=status)


def _saved(draft: Draft, words: Words) -> dict[str, object]:
    forms = CampaignForms(words, now=timezone.now())
    lines = forms.lines.lines()
    return {
        "draft": draft,
        "missing": forms.missing(),
        "goal_kopecks": sum(line.amount_kopecks for line in lines),
        "essential_kopecks": sum(line.amount_kopecks for line in lines if line.is_essential),
    }


def _closed(request: HttpRequest) -> HttpResponse:
    """Lead away from a form that can't be saved any more; a page that saves itself is led there too."""
    messages.warning(request, _("This project is handed in: its form is closed. Take it back to change something."))
    answer = redirect("own:list")
    if request.htmx:  # type: ignore[attr-defined]
        answer.status_code = HTTPStatus.OK
        answer.headers["HX-Redirect"] = answer.headers["Location"]
        del answer.headers["Location"]
    return answer


@never_cache
@login_required
@require_safe
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the public page as it will be, to who runs the campaign and who reviews it."""
    campaign = readable_campaign(request, slug)
    context = previewing.preview(campaign=campaign, now=timezone.now())
    return render(request, "drafting/preview.html", context)
