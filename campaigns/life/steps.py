"""The steps of a campaign as the desk offers them: each asked once, then taken by one service call."""

from __future__ import annotations

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

from campaigns.life import moves, reviewing
from campaigns.life.acts import ACTS, REFUSALS, Act
from campaigns.life.checklist import CHECKLIST
from campaigns.life.moves import Actor
from campaigns.life.reasons import ReasonField, WhyForm
from campaigns.life.versions import changes_since
from campaigns.models import Campaign
from people.access import person, prove_again, used_second_factor_lately
from people.desk_pages import render_desk
from people.fields import LinesField

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LONGEST_NUMBER = 9  # digits
APPROVES = "campaigns.approve_campaign"
COUNCILS = {name: act for name, act in ACTS.items() if moves.COUNCIL in moves.MOVES[name].roles}


class ReasonForm(forms.Form):
    """Why a step is taken."""

    reason = LinesField(
        label=gettext_lazy("Why; once the project is public, so is this"),
        max_length=moves.LONGEST_REASON,
        widget=UnfoldAdminTextareaWidget,
    )


class DeskWhyForm(WhyForm):
    """The same at the desk."""

    reason = ReasonField(widget=UnfoldAdminTextareaWidget)


class ChecklistForm(forms.Form):
    """What a member looks at before saying yes: everything, or it is no yes. The deciding yes may say why."""

    def __init__(self, *args: Any, is_deciding: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in CHECKLIST:
            self.fields[item.key] = forms.BooleanField(
                label=item.text, help_text=item.hint,
                error_messages={"required": gettext_lazy("Look at this first.")},
            )  # fmt: skip
        if is_deciding:
            self.fields["reason"] = ReasonField()

    @property
    def ticks(self) -> list[forms.BoundField]:
        """Return what is to be looked at."""
        return [self[item.key] for item in CHECKLIST]

    @property
    def why(self) -> forms.BoundField | None:
        """Return the field of the reason; None where this yes does not decide."""
        return self["reason"] if "reason" in self.fields else None

    @property
    def is_unread(self) -> bool:
        """Return whether something on the list was not looked at."""
        return any(tick.errors for tick in self.ticks)

    def ticked(self) -> list[str]:
        """Return the keys of what was looked at."""
        return [item.key for item in CHECKLIST if self.cleaned_data[item.key]]


def with_steps(admin_class: type) -> type:
    """Give a desk's page of campaigns a button for each step that its reader may take."""
    for name, step in COUNCILS.items():
        setattr(admin_class, name, _button(name, step))
        setattr(admin_class, f"has_{name}_permission", _guard(name))
    admin_class.actions_detail = tuple(COUNCILS)  # type: ignore[attr-defined]  # the desk's own
    return admin_class


def _button(name: str, step: Act) -> Any:
    def press(_self: object, request: HttpRequest, object_id: str) -> HttpResponse:
        if step.leads_to:
            return redirect(step.leads_to, campaign_id=object_id)
        return _take(request, object_id, name, step)

    press.__name__ = name
    return action(description=step.title, url_path=name.replace("_", "-"), permissions=[name])(press)


def _guard(name: str) -> Any:
    def may(_self: object, request: HttpRequest, object_id: str | None = None) -> bool:
        return object_id is None or _seat(request, object_id, name) is not None

    return may


def _take(request: HttpRequest, object_id: str, name: str, step: Act) -> HttpResponse:
    """Ask once, then take the step and say what came of it."""
    if not used_second_factor_lately(request):
        return prove_again(request)
    campaign = get_object_or_404(Campaign.objects.select_related("organiser"), pk=object_id)
    back = reverse("desk:campaigns_campaign_change", args=[campaign.pk])
    form = _form(request, name, campaign)
    if request.method == "POST" and form.is_valid():
        actor = _seat(request, object_id, name)
        if actor is None or _tell(request, campaign, actor, name, form):
            return redirect(back)
    return render_desk(
        request,
        "desk/review.html" if name == "approve" else "desk/form.html",
        title=f"{step.title}: {campaign.title}",
        is_refused=bool(form.errors),
        lead=step.lead,
        submit=step.title,
        back=back,
        form=form,
        **(_handed_in(campaign) if name == "approve" else {}),
    )


def _handed_in(campaign: Campaign) -> dict[str, Any]:
    """Return what a reviewer reads: the campaign, what changed since the round before, who said yes already."""
    return {
        "campaign": campaign,
        "budget": campaign.budget_lines.order_by("position"),
        "changes": changes_since(campaign=campaign),
        "asked": campaign.steps.filter(to_status=Campaign.Status.CHANGES_ASKED).order_by("-pk"),
        "approvals": campaign.approvals.filter(review_round=campaign.review_round).count(),
        "needed": reviewing.NEEDED,
    }


def _form(request: HttpRequest, name: str, campaign: Campaign) -> forms.Form:
    data = request.POST if request.method == "POST" else None
    if name == "approve":
        given = campaign.approvals.filter(review_round=campaign.review_round).count()
        return ChecklistForm(data, is_deciding=given == reviewing.NEEDED - 1)
    return DeskWhyForm(data, act=name) if COUNCILS[name].asks_why else ReasonForm(data)


def _tell(request: HttpRequest, campaign: Campaign, actor: Actor, name: str, form: forms.Form) -> bool:
    """Take the step and say what came of it; return whether that is all: where a reason is missing, the form asks."""
    step = COUNCILS[name]
    more: dict[str, Any] = {"reason": form.cleaned_data.get("reason", "")}
    if step.service is reviewing.step_campaign:
        more |= {"action": name}
    if isinstance(form, ChecklistForm):
        more |= {"checklist": form.ticked(), "seen_round": _whole(request.POST.get("seen_round", ""))}
    try:
        step.service(campaign_id=campaign.pk, actor=actor, now=timezone.now(), **more)
    except moves.NoReasonError:
        form.add_error("reason", REFUSALS[moves.NoReasonError])
        return False
    except moves.MoveError as error:
        messages.warning(request, REFUSALS.get(type(error), _("Somebody did it before.")))
    else:
        messages.success(request, _("Done."))
    return True


def _whole(words: str) -> int:
    return int(words) if words.isdecimal() and len(words) < LONGEST_NUMBER else 0


def _seat(request: HttpRequest, object_id: str, name: str) -> Actor | None:
    """Return in which role the reader may take this step with this campaign now; None where in none. One query."""
    campaign = Campaign.objects.select_related("organiser").filter(pk=object_id).first()
    if campaign is None:
        return None
    if not request.user.has_perm(APPROVES):
        return None
    seat = Actor(moves.COUNCIL, person(request))
    return seat if name in moves.possible(campaign=campaign, actor=seat) else None
