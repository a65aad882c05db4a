"""An organiser's acts with the own campaign: each asked once, the weighty ones of who has just proved who it is."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns.drafting import selectors
from campaigns.drafting.access import own_campaign
from campaigns.drafting.services import OvertakenError, PictureWaitingError
from campaigns.drafting.steps import WEIGHTY, IncompleteError, take_step
from campaigns.life.acts import ACTS, REFUSALS
from campaigns.life.moves import MoveError, NoReasonError
from campaigns.life.reasons import WhyForm
from people.access import person

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from campaigns.models import Campaign

BACK_TO_THE_DRAFT = {
    IncompleteError: gettext_lazy("Something is missing: look at the fields marked below."),
    OvertakenError: gettext_lazy("Another tab has just saved something: look it over first."),
}


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
    data = request.POST if request.method == "POST" else None
    form = WhyForm(data, act=act) if ACTS[act].asks_why else Form(data)
    answer = _take(request, campaign, act, form) if form.is_valid() else None
    if answer is not None:
        return answer
    context = {"campaign": campaign, "act": act, "words": ACTS[act], "form": form}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "drafting/step.html", context, status=status)


@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def _weighty(request: HttpRequest, campaign: Campaign, act: str) -> HttpResponse:
    return _plain(request, campaign, act)


def _take(request: HttpRequest, campaign: Campaign, act: str, form: Form) -> HttpResponse | None:
    """Take the step and say what came of it; where something is missing in a draft, lead back to it.

    None where a reason is missing: the form says so.
    """
    edit = f"{reverse('own:edit', kwargs={'slug': campaign.slug})}?check=1"
    try:
        reason = form.cleaned_data.get("reason", "")
        take_step(campaign=campaign, act=act, user=person(request), now=timezone.now(), reason=reason)
    except NoReasonError:
        form.add_error("reason", REFUSALS[NoReasonError])
        return None
    except (IncompleteError, OvertakenError) as error:
        messages.warning(request, BACK_TO_THE_DRAFT[type(error)])
        return redirect(edit)
    except PictureWaitingError:
        messages.warning(request, _("A picture is still being prepared: try again in a few seconds."))
    except MoveError as error:
        messages.warning(request, REFUSALS.get(type(error), _("Somebody did it before.")))
    else:
        done = _("It is handed in. The council looks at it.") if act == "submit" else _("Done.")
        messages.success(request, done)
    return redirect("own:list")
