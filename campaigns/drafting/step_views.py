"""An organiser's acts with the own campaign: each asked once, the weighty ones of who has just proved who it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns.drafting import selectors, services
from campaigns.drafting.access import own_campaign
from campaigns.drafting.forms import CampaignForms
from campaigns.life import reviewing
from campaigns.life.acts import ACTS, REFUSALS
from campaigns.life.moves import ORGANISER, Actor, MoveError
from people.access import person

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from campaigns.models import Campaign

WEIGHTY = ("launch", "fund")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, slug: str, act: str) -> HttpResponseBase:
    """Ask once, then take one step of a campaign.

    :raises Http404: to who does not run it, and for what is no act of an organiser.
    """
    if act not in selectors.OFFERED:
        raise Http404
    campaign = own_campaign(request, slug)
    found: HttpResponseBase = (_weighty if act in WEIGHTY else _plain)(request, campaign, act)
    return found


def _plain(request: HttpRequest, campaign: Campaign, act: str) -> HttpResponse:
    row = selectors.own_row(campaign=campaign, user=person(request))
    if act not in row.acts:
        messages.warning(request, _("This is done already, or not possible now."))
        return redirect("own:list")
    if request.method != "POST":
        return render(request, "drafting/step.html", {"campaign": campaign, "act": act, "words": ACTS[act]})
    return _submit(request, campaign) if act == "submit" else _take(request, campaign, act)


@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def _weighty(request: HttpRequest, campaign: Campaign, act: str) -> HttpResponse:
    return _plain(request, campaign, act)


def _take(request: HttpRequest, campaign: Campaign, act: str) -> HttpResponse:
    wanted = ACTS[act]
    more = {"action": act, "reason": ""} if wanted.service is reviewing.step_campaign else {}
    try:
        wanted.service(campaign_id=campaign.pk, actor=Actor(ORGANISER, person(request)), now=timezone.now(), **more)
    except MoveError as error:
        _refuse(request, error)
    else:
        messages.success(request, _("Done."))
    return redirect("own:list")


def _submit(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Hand in what the draft says; where something is missing, lead back to it."""
    now = timezone.now()
    draft = services.ensure_draft(campaign=campaign, now=now)
    terms = CampaignForms(draft.words, now=now).terms()
    edit = f"{redirect('own:edit', slug=campaign.slug).url}?check=1"
    if terms is None:
        messages.warning(request, _("Something is missing: look at the fields marked below."))
        return redirect(edit)
    try:
        services.hand_in_draft(
            campaign_id=campaign.pk, terms=terms, version=draft.version, now=now,
            actor=Actor(ORGANISER, person(request)),
        )  # fmt: skip
    except services.OvertakenError:
        messages.warning(request, _("Another tab has just saved something: look it over first."))
        return redirect(edit)
    except services.PictureWaitingError:
        messages.warning(request, _("A picture is still being prepared: try again in a few seconds."))
    except MoveError as error:
        _refuse(request, error)
    else:
        messages.success(request, _("It is handed in. The council looks at it."))
    return redirect("own:list")


def _refuse(request: HttpRequest, error: MoveError) -> None:
    messages.warning(request, REFUSALS.get(type(error), _("Somebody did it before.")))
