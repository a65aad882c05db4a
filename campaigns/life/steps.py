"""The steps of a campaign as the desk offers them: each asked once, then taken by one service call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextareaWidget

from campaigns.life import moves, opening, reviewing
from campaigns.life.moves import Actor
from campaigns.models import Campaign
from people.access import person, prove_again, used_second_factor_lately
from people.desk_pages import render_desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

SEATS = {moves.COUNCIL: "campaigns.approve_campaign", moves.ORGANISER: "campaigns.add_campaign"}


@dataclass(frozen=True)
class DeskStep:
    """One button: its words, and the service it calls."""

    title: _StrPromise
    lead: _StrPromise
    service: Callable[..., Campaign] = reviewing.step_campaign


STEPS: dict[str, DeskStep] = {
    "submit": DeskStep(
        gettext_lazy("Hand in for review"),
        gettext_lazy("The council looks at it. Until it answers, nothing can be changed."),
        reviewing.submit_campaign,
    ),
    "withdraw": DeskStep(
        gettext_lazy("Take back"), gettext_lazy("It becomes a draft again; who approved it must look at it anew.")
    ),
    "approve": DeskStep(
        gettext_lazy("Approve"),
        gettext_lazy("Two members of the council must approve; then the organiser may open it."),
        reviewing.approve_campaign,
    ),
    "ask_changes": DeskStep(
        gettext_lazy("Ask for changes"),
        gettext_lazy("The organiser reads what is missing, mends it and hands it in again."),
    ),
    "reject": DeskStep(
        gettext_lazy("Reject"), gettext_lazy("The campaign will not be opened. The organiser reads why.")
    ),
    "revise": DeskStep(
        gettext_lazy("Change it once more"), gettext_lazy("It becomes a draft again, and needs the council's yes anew.")
    ),
    "launch": DeskStep(
        gettext_lazy("Open for gifts"),
        gettext_lazy("The project appears on the site and takes gifts; from now on its terms stay as they are."),
        opening.launch_campaign,
    ),
    "fund": DeskStep(
        gettext_lazy("End the collection"),
        gettext_lazy(
            "It takes no more gifts. Money that is paid later goes back by itself, or to the fund's common goals."
        ),
        opening.end_campaign,
    ),
    "deliver": DeskStep(
        gettext_lazy("Begin the work"), gettext_lazy("Everybody sees that the project is being carried out.")
    ),
    "drop": DeskStep(gettext_lazy("Give the draft up"), gettext_lazy("It will not be opened. The record of it stays.")),
}
REFUSALS = {
    reviewing.BudgetError: gettext_lazy("The budget does not add up to goal and minimum: mend one of them."),
    moves.PastDeadlineError: gettext_lazy("The deadline has passed: set another one."),
    reviewing.ApprovedBeforeError: gettext_lazy("You have approved it. Now another member must."),
    moves.NotAllowedError: gettext_lazy("This is not for you to do."),
}


class ReasonForm(forms.Form):
    """Why a step is taken."""

    reason = forms.CharField(
        label=gettext_lazy("Why; once the project is public, so is this"),
        max_length=moves.LONGEST_REASON,
        widget=UnfoldAdminTextareaWidget,
    )


def with_steps(admin_class: type) -> type:
    """Give a desk's page of campaigns a button for each step that its reader may take."""
    for name, step in STEPS.items():
        setattr(admin_class, name, _button(name, step))
        setattr(admin_class, f"has_{name}_permission", _guard(name))
    admin_class.actions_detail = tuple(STEPS)  # type: ignore[attr-defined]  # the desk's own
    return admin_class


def _button(name: str, step: DeskStep) -> Any:
    def press(_self: object, request: HttpRequest, object_id: str) -> HttpResponse:
        return _take(request, object_id, name, step)

    press.__name__ = name
    return action(description=step.title, url_path=name.replace("_", "-"), permissions=[name])(press)


def _guard(name: str) -> Any:
    def may(_self: object, request: HttpRequest, object_id: str | None = None) -> bool:
        return object_id is None or _seat(request, object_id, name) is not None

    return may


def _take(request: HttpRequest, object_id: str, name: str, step: DeskStep) -> HttpResponse:
    """Ask once, then take the step and say what came of it."""
    if not used_second_factor_lately(request):
        return prove_again(request)
    campaign = get_object_or_404(Campaign, pk=object_id)
    back = reverse("desk:campaigns_campaign_change", args=[campaign.pk])
    form = _form(request, name)
    if request.method == "POST" and form.is_valid():
        actor = _seat(request, object_id, name)
        if actor is not None:
            _tell(request, campaign, actor, name, form)
        return redirect(back)
    return render_desk(
        request,
        "desk/form.html",
        title=f"{step.title}: {campaign.title}",
        is_refused=bool(form.errors),
        lead=step.lead,
        submit=step.title,
        back=back,
        form=form,
    )


def _form(request: HttpRequest, name: str) -> forms.Form:
    kind = ReasonForm if moves.MOVES[name].needs_reason else forms.Form
    return kind(request.POST if request.method == "POST" else None)


def _tell(request: HttpRequest, campaign: Campaign, actor: Actor, name: str, form: forms.Form) -> None:
    step, reason = STEPS[name], form.cleaned_data.get("reason", "")
    more = {"action": name, "reason": reason} if step.service is reviewing.step_campaign else {}
    try:
        step.service(campaign_id=campaign.pk, actor=actor, now=timezone.now(), **more)
    except moves.MoveError as error:
        messages.warning(request, REFUSALS.get(type(error), _("Somebody did it before.")))
    else:
        messages.success(request, _("Done."))


def _seat(request: HttpRequest, object_id: str, name: str) -> Actor | None:
    """Return in which role the reader may take this step with this campaign now; None where in none. One query."""
    campaign = Campaign.objects.select_related("organiser").filter(pk=object_id).first()
    if campaign is None:
        return None
    seats = [Actor(role, person(request)) for role, needed in SEATS.items() if request.user.has_perm(needed)]
    return next((seat for seat in seats if name in moves.possible(campaign=campaign, actor=seat)), None)
