"""Campaigns on the desk: written and handed in by organisers, approved by two of the council, opened and ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from campaigns.life import moves, opening, reviewing
from campaigns.life.moves import Actor
from campaigns.models import BudgetLine, Campaign, Organiser
from campaigns.organisers.services import own_organiser
from fund.ledger.forms import RoublesField
from fund.money import format_roubles
from people import desk
from people.access import person, prove_again, used_second_factor_lately
from people.desk_pages import render_desk

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from people.models import User

    Doing = Callable[[int, User, str, datetime], None]

TEXTS = ("title", "slug", "summary", "story", "theme", "district", "goal", "minimum", "opens_at", "closes_at")
READ = {"goal": "wanted", "minimum": "least"}
DRAFTS = (Campaign.Status.DRAFT, Campaign.Status.CHANGES_ASKED)
SEATS = {moves.ORGANISER: "campaigns.add_campaign", moves.COUNCIL: "campaigns.approve_campaign"}
MORE = ("status", "organiser", "funding")


def _typed(kopecks: int | None) -> str:
    return format_roubles(kopecks).removesuffix("₽").strip() if kopecks else ""


class RoublesForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable where it runs
    """A row whose sum is typed in roubles and kept in kopecks."""

    column = ""
    field = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.field in self.fields:
            self.fields[self.field].initial = _typed(getattr(self.instance, self.column))
        if "minimum" in self.fields:
            self.fields["minimum"].initial = _typed(self.instance.minimum_kopecks)

    def clean(self) -> dict[str, Any]:
        """Put the sum where the row keeps it, so that the row's own rules see it."""
        cleaned = super().clean() or {}
        if self.field in cleaned:
            setattr(self.instance, self.column, cleaned[self.field])
            if cleaned[self.field] < 1:
                self.add_error(self.field, _("The sum must be more than nought."))
        return cleaned


class CampaignForm(RoublesForm):
    """A campaign as the desk edits it."""

    column, field = "goal_kopecks", "goal"
    goal = RoublesField(label=gettext_lazy("Goal, ₽"), max_length=30, widget=UnfoldAdminTextInputWidget)

    class Meta:
        """What is edited."""

        model = Campaign
        fields = ("title", "slug", "summary", "story", "theme", "district", "opens_at", "closes_at")

    minimum = RoublesField(
        label=gettext_lazy("Minimum, ₽: if less comes in, every gift goes back; empty: whatever comes in is used"),
        max_length=30,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    organiser_name = forms.CharField(
        label=gettext_lazy("Organiser's name, as everybody will read it"),
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )

    def clean(self) -> dict[str, Any]:
        """Let the deadline say how the campaign is funded."""
        cleaned = super().clean()
        self._clean_funding(cleaned)
        if "organiser_name" in self.fields and not cleaned.get("organiser_name", "").strip():
            self.add_error("organiser_name", _("Say who runs the campaign."))
        return cleaned

    def _clean_funding(self, cleaned: dict[str, Any]) -> None:
        minimum, has_deadline = cleaned.get("minimum") or None, cleaned.get("closes_at") is not None
        funding = Campaign.Funding.FLEXIBLE if has_deadline else Campaign.Funding.OPEN_ENDED
        if minimum is not None:
            funding = Campaign.Funding.ALL_OR_NOTHING
            if not has_deadline:
                self.add_error("closes_at", _("With a minimum there must be a deadline."))
            if "goal" in cleaned and not 0 < minimum <= cleaned["goal"]:
                self.add_error("minimum", _("The minimum lies between nought and the goal."))
        self.instance.funding, self.instance.minimum_kopecks = funding, minimum


class BudgetLineForm(RoublesForm):
    """One thing that the money is for."""

    column, field = "amount_kopecks", "amount"
    amount = RoublesField(label=gettext_lazy("Sum, ₽"), max_length=30, widget=UnfoldAdminTextInputWidget)

    class Meta:
        """What is edited."""

        model = BudgetLine
        fields = ("position", "title", "note", "is_essential")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = str(field.label)  # the table's head names the column to the eye alone


class BudgetLineInline(TabularInline):  # type: ignore[misc]  # unfold has no types
    """What the money is for."""

    model = BudgetLine
    form = BudgetLineForm
    fields = ("position", "title", "note", "amount", "is_essential")
    readonly_fields = ("shown",)
    extra = 0
    ordering = ("position",)

    @admin.display(description=gettext_lazy("Sum, ₽"))
    def shown(self, line: BudgetLine) -> str:
        """Return the sum in roubles, for who may only read."""
        return format_roubles(line.amount_kopecks)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show the sum as a field of the form, or as text to who may only read."""
        return ("position", "title", "note", "amount" if _may_change(request, obj) else "shown", "is_essential")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Return whether the reader may see campaigns."""
        return request.user.has_perm("campaigns.view_campaign")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the campaign may be changed."""
        return _may_change(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return the same."""
        return _may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return the same."""
        return _may_change(request, obj)


def _may_change(request: HttpRequest, campaign: Campaign | None) -> bool:
    """Return whether a campaign may be changed: a draft, by who wrote it. An open one stays as its donors knew it."""
    is_own_draft = campaign is None or (
        campaign.status in DRAFTS and campaign.organiser is not None and campaign.organiser.user_id == request.user.pk
    )
    return is_own_draft and request.user.has_perm("campaigns.change_campaign")


@admin.register(Campaign)
class CampaignAdmin(desk.DeskAdmin):
    """Campaigns, the newest first."""

    desk_group, desk_icon = desk.PROJECTS, "volunteer_activism"
    desk_rows_have_names = True
    form = CampaignForm
    list_display = ("title", "status", "organiser", "wanted", "opens_at", "closes_at")
    list_filter = ("status",)
    list_select_related = ("organiser",)
    search_fields = ("title", "=slug")
    ordering = ("-opens_at", "-pk")
    fields = TEXTS
    readonly_fields = (*READ.values(), *MORE)
    inlines = (BudgetLineInline,)
    actions_detail = ("submit", "approve", "ask_changes", "reject", "launch", "end", "drop")

    @admin.display(description=gettext_lazy("Goal"), ordering="goal_kopecks")
    def wanted(self, campaign: Campaign) -> str:
        """Return the goal in roubles."""
        return format_roubles(campaign.goal_kopecks)

    @admin.display(description=gettext_lazy("Minimum"))
    def least(self, campaign: Campaign) -> str:
        """Return the minimum in roubles."""
        return format_roubles(campaign.minimum_kopecks) if campaign.minimum_kopecks else ""

    def get_fields(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        """Show the goal as a field of the form, or as text to who may only read; ask a new organiser for the name."""
        may_write = self.has_change_permission(request, obj) if obj else True
        shown = TEXTS if may_write else tuple(READ.get(name, name) for name in TEXTS)
        if obj is not None:
            return (*shown, *MORE)
        is_known = Organiser.objects.filter(user=person(request)).exists()
        return shown if is_known else ("organiser_name", *shown)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Show others' drafts to who decides on them, not to other writers."""
        found: Any = super().get_queryset(request).select_related("organiser")
        if not request.user.has_perm("campaigns.add_campaign"):
            return found
        return found.filter(Q(launched_at__isnull=False) | Q(organiser__user=person(request)))

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """Note who runs it."""
        if not change:
            name = form.cleaned_data.get("organiser_name", "").strip()
            obj.organiser = own_organiser(user=person(request), name=name, now=timezone.now())
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """Return whether the campaign may be changed."""
        return _may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Refuse: what was once shown is closed, not deleted."""
        return False

    def has_submit_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Return whether this step is the reader's to take now."""
        return _may(request, object_id, "submit")

    def has_approve_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Return whether this step is the reader's to take now."""
        return _may(request, object_id, "approve")

    def has_ask_changes_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Return whether this step is the reader's to take now."""
        return _may(request, object_id, "ask_changes")

    def has_reject_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Return whether this step is the reader's to take now."""
        return _may(request, object_id, "reject")

    def has_launch_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Return whether this step is the reader's to take now."""
        return _may(request, object_id, "launch")

    def has_end_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Return whether this step is the reader's to take now."""
        return _may(request, object_id, "fund")

    def has_drop_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Return whether this step is the reader's to take now."""
        return _may(request, object_id, "drop")

    @action(description=gettext_lazy("Hand in for review"), url_path="submit", permissions=["submit"])
    def submit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask once, then do it."""
        lead = _("The council looks at it. Until it answers, nothing can be changed.")
        return self._step(request, object_id, _submit, (_("Hand in for review"), lead), needs_reason=False)

    @action(description=gettext_lazy("Approve"), url_path="approve", permissions=["approve"])
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask once, then do it."""
        lead = _("Two members of the council must approve; then the organiser may open it.")
        return self._step(request, object_id, _approve, (_("Approve"), lead), needs_reason=False)

    @action(description=gettext_lazy("Ask for changes"), url_path="ask-changes", permissions=["ask_changes"])
    def ask_changes(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask once, then do it."""
        lead = _("The organiser reads what is missing, mends it and hands it in again.")
        return self._step(request, object_id, _plain("ask_changes"), (_("Ask for changes"), lead), needs_reason=True)

    @action(description=gettext_lazy("Reject"), url_path="reject", permissions=["reject"])
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask once, then do it."""
        lead = _("The campaign will not be opened. Everybody may read the reason.")
        return self._step(request, object_id, _plain("reject"), (_("Reject"), lead), needs_reason=True)

    @action(description=gettext_lazy("Open for gifts"), url_path="launch", permissions=["launch"])
    def launch(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask once, then do it."""
        lead = _("The project appears on the site and takes gifts; from now on its terms stay as they are.")
        return self._step(request, object_id, _launch, (_("Open for gifts"), lead), needs_reason=False)

    @action(description=gettext_lazy("End the collection"), url_path="end", permissions=["end"])
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask once, then do it."""
        lead = _("It takes no more gifts. Money that is paid later goes back by itself, or to the fund's common goals.")
        return self._step(request, object_id, _end, (_("End the collection"), lead), needs_reason=False)

    @action(description=gettext_lazy("Give the draft up"), url_path="drop", permissions=["drop"])
    def drop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask once, then do it."""
        lead = _("It will not be opened. The record of it stays.")
        return self._step(request, object_id, _plain("drop"), (_("Give the draft up"), lead), needs_reason=False)

    def _step(
        self, request: HttpRequest, object_id: str, step: Doing, words: tuple[str, str], *, needs_reason: bool
    ) -> HttpResponse:
        if not used_second_factor_lately(request):
            return prove_again(request)
        campaign, (submit, lead) = get_object_or_404(Campaign, pk=object_id), words
        form = ReasonForm(request.POST if request.method == "POST" else None) if needs_reason else None
        if request.method == "POST" and (form is None or form.is_valid()):
            reason = form.cleaned_data["reason"] if form else ""
            _tell(request, campaign, step, reason)
            return redirect("desk:campaigns_campaign_change", campaign.pk)
        back = reverse("desk:campaigns_campaign_change", args=[campaign.pk])
        context = {"lead": lead, "submit": submit, "back": back} | ({"form": form} if form else {})
        title = f"{submit}: {campaign.title}"
        is_refused = form is not None and bool(form.errors)
        return render_desk(request, "desk/form.html", title=title, is_refused=is_refused, **context)


REFUSALS = {
    reviewing.BudgetError: gettext_lazy("The budget does not add up to the goal: mend one of them."),
    reviewing.PastDeadlineError: gettext_lazy("The deadline has passed: set another one."),
    reviewing.ApprovedBeforeError: gettext_lazy("You have approved it. Now another member must."),
    moves.NotAllowedError: gettext_lazy("This is not for you to do."),
}


class ReasonForm(forms.Form):
    """Why; everybody may read it."""

    reason = forms.CharField(label=gettext_lazy("Why; everybody may read it"), max_length=1000, widget=forms.Textarea)


def _tell(request: HttpRequest, campaign: Campaign, step: Doing, reason: str) -> None:
    """Take the step and say what came of it."""
    try:
        step(campaign.pk, person(request), reason, timezone.now())
    except moves.MoveError as error:
        messages.warning(request, REFUSALS.get(type(error), _("Somebody did it before.")))
    else:
        messages.success(request, _("Done."))


def _may(request: HttpRequest, object_id: str | None, action_name: str) -> bool:
    if object_id is None:
        return True
    campaign = Campaign.objects.select_related("organiser").filter(pk=object_id).first()
    if campaign is None:
        return False
    return any(
        action_name in moves.possible(campaign=campaign, actor=Actor(role, person(request)))
        for role, permission in SEATS.items()
        if request.user.has_perm(permission)
    )


def _organiser(user: User) -> Actor:
    return Actor(moves.ORGANISER, user)


def _seat(action_name: str, user: User) -> Actor:
    """Return in which role somebody does this: council where the council may, else organiser."""
    roles = moves.MOVES[action_name].roles
    role = moves.COUNCIL if moves.COUNCIL in roles and user.has_perm(SEATS[moves.COUNCIL]) else moves.ORGANISER
    return Actor(role, user)


def _submit(campaign_id: int, user: User, _reason: str, now: datetime) -> None:
    reviewing.submit_campaign(campaign_id=campaign_id, actor=_organiser(user), now=now)


def _approve(campaign_id: int, user: User, _reason: str, now: datetime) -> None:
    reviewing.approve_campaign(campaign_id=campaign_id, actor=Actor(moves.COUNCIL, user), now=now)


def _launch(campaign_id: int, user: User, _reason: str, now: datetime) -> None:
    opening.launch_campaign(campaign_id=campaign_id, actor=_organiser(user), now=now)


def _end(campaign_id: int, user: User, reason: str, now: datetime) -> None:
    opening.end_campaign(campaign_id=campaign_id, actor=_seat("fund", user), now=now, reason=reason)


def _plain(action_name: str) -> Doing:
    def step(campaign_id: int, user: User, reason: str, now: datetime) -> None:
        actor = _seat(action_name, user)
        reviewing.step_campaign(campaign_id=campaign_id, action=action_name, actor=actor, reason=reason, now=now)

    return step
