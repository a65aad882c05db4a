"""Campaigns on the desk: written and handed in by organisers, approved by two of the council, opened and ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from campaigns import selectors
from campaigns.life.reviewing import NEEDED
from campaigns.life.steps import with_steps
from campaigns.models import BudgetLine, Campaign
from campaigns.organisers.services import require_verified, verified_organiser
from fund.ledger.forms import RoublesField
from fund.money import format_roubles
from people import desk
from people.access import person

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

TEXTS = ("title", "slug", "summary", "story", "theme", "district", "goal", "minimum", "closes_at")
READ = {"goal": "wanted", "minimum": "least"}
DRAFTS = (Campaign.Status.DRAFT, Campaign.Status.CHANGES_ASKED)
MORE = ("status", "organiser", "funding", "happened")
LONGEST_STORY = 20_000
BREAK = mark_safe("<br>")


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
        fields = ("title", "slug", "summary", "story", "theme", "district", "closes_at")

    story = forms.CharField(label=gettext_lazy("Story"), max_length=LONGEST_STORY, widget=UnfoldAdminTextareaWidget)
    minimum = RoublesField(
        label=gettext_lazy("Minimum, ₽"),
        help_text=gettext_lazy(
            "If less comes in by the deadline, every gift goes back. Empty: whatever comes in is used."
        ),
        max_length=30,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.opens_at = timezone.now()  # until it is launched
        if "minimum" in self.fields:
            self.fields["minimum"].initial = _typed(self.instance.minimum_kopecks)

    def clean(self) -> dict[str, Any]:
        """Let minimum and deadline say how the campaign is funded; a deadline lies ahead."""
        cleaned = super().clean()
        if cleaned.get("closes_at") is not None and cleaned["closes_at"] <= self.instance.opens_at:
            self.add_error("closes_at", _("The deadline has passed: set another one."))
        self._clean_funding(cleaned)
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
@with_steps
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

    @admin.display(description=gettext_lazy("Goal"), ordering="goal_kopecks")
    def wanted(self, campaign: Campaign) -> str:
        """Return the goal in roubles."""
        return format_roubles(campaign.goal_kopecks)

    @admin.display(description=gettext_lazy("Minimum"))
    def least(self, campaign: Campaign) -> str:
        """Return the minimum in roubles."""
        return format_roubles(campaign.minimum_kopecks) if campaign.minimum_kopecks else ""

    @admin.display(description=gettext_lazy("What happened to the project"))
    def happened(self, campaign: Campaign) -> str:
        """Return its steps with their reasons, the newest first, and the approvals of what is handed in."""
        rows = ((row.title, row.at, row.role_title, row.reason) for row in selectors.timeline(campaign=campaign))
        approved = campaign.approvals.filter(review_round=campaign.review_round).count()
        given = _("Approvals: %(count)s of %(needed)s") % {"count": approved, "needed": NEEDED}
        words = [f"{title}, {date_format(timezone.localtime(at))}, {role}. {why}" for title, at, role, why in rows]
        return format_html_join(BREAK, "{}", ([line] for line in [*words, given]))

    def get_fields(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        """Show the goal as a field of the form, or as text to who may only read."""
        may_write = self.has_change_permission(request, obj) if obj else True
        shown = TEXTS if may_write else tuple(READ.get(name, name) for name in TEXTS)
        return shown if obj is None else (*shown, *MORE)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Show others' drafts to who decides on them, not to other writers."""
        found: Any = super().get_queryset(request).select_related("organiser")
        if not request.user.has_perm("campaigns.add_campaign"):
            return found
        return found.filter(Q(launched_at__isnull=False) | Q(organiser__user=person(request)))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Lead whom the fund has not verified to their application."""
        if self.has_add_permission(request) and verified_organiser(user=person(request)) is None:
            messages.warning(request, _("First the fund verifies you as an organiser: here is your application."))
            return redirect("organiser_own:home")
        found: HttpResponse = super().add_view(request, form_url, extra_context)
        return found

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """Note who runs it."""
        if not change:
            obj.organiser = require_verified(user=person(request))
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """Return whether the campaign may be changed."""
        return _may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Refuse: what was once shown is closed, not deleted."""
        return False
