"""Campaigns on the desk: written as drafts, opened and closed with one question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from campaigns import services
from campaigns.models import BudgetLine, Campaign
from fund.ledger.forms import RoublesField
from fund.money import format_roubles
from people import desk
from people.access import person, prove_again, used_second_factor_lately
from people.desk_pages import render_desk

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

TEXTS = ("title", "slug", "summary", "story", "theme", "organiser", "goal", "opens_at", "closes_at")


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
        fields = ("title", "slug", "summary", "story", "theme", "organiser", "opens_at", "closes_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "organiser" in self.fields:
            self.fields["organiser"].required = False  # the fund's own projects have none


class BudgetLineForm(RoublesForm):
    """One thing that the money is for."""

    column, field = "amount_kopecks", "amount"
    amount = RoublesField(label=gettext_lazy("Sum, ₽"), max_length=30, widget=UnfoldAdminTextInputWidget)

    class Meta:
        """What is edited."""

        model = BudgetLine
        fields = ("position", "title", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = str(field.label)  # the table's head names the column to the eye alone


class BudgetLineInline(TabularInline):  # type: ignore[misc]  # unfold has no types
    """What the money is for."""

    model = BudgetLine
    form = BudgetLineForm
    fields = ("position", "title", "note", "amount")
    readonly_fields = ("shown",)
    extra = 0
    ordering = ("position",)

    @admin.display(description=gettext_lazy("Sum, ₽"))
    def shown(self, line: BudgetLine) -> str:
        """Return the sum in roubles, for who may only read."""
        return format_roubles(line.amount_kopecks)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show the sum as a field of the form, or as text to who may only read."""
        return ("position", "title", "note", "amount" if _may_change(request, obj) else "shown")

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
        campaign.status == Campaign.Status.DRAFT and campaign.author_id == request.user.pk
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
    readonly_fields = ("wanted",)
    inlines = (BudgetLineInline,)
    actions_detail = ("launch", "end")

    @admin.display(description=gettext_lazy("Goal"), ordering="goal_kopecks")
    def wanted(self, campaign: Campaign) -> str:
        """Return the goal in roubles."""
        return format_roubles(campaign.goal_kopecks)

    def get_fields(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        """Show the goal as a field of the form, or as text to who may only read."""
        may_write = self.has_change_permission(request, obj) if obj else True
        return TEXTS if may_write else [name if name != "goal" else "wanted" for name in TEXTS]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Show others' drafts to who decides on them, not to other writers."""
        found: Any = super().get_queryset(request)
        return found.read_by(person(request).pk) if request.user.has_perm("campaigns.add_campaign") else found

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """Note who wrote the draft."""
        if not change:
            obj.author = person(request)
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """Return whether the campaign may be changed."""
        return _may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Refuse: what was once shown is closed, not deleted."""
        return False

    def has_launch_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Return whether this draft may be opened."""
        return _is_in(object_id, Campaign.Status.DRAFT) and request.user.has_perm("campaigns.open_campaign")

    def has_end_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Return whether this campaign may be closed."""
        return _is_in(object_id, Campaign.Status.LIVE) and request.user.has_perm("campaigns.close_campaign")

    @action(description=gettext_lazy("Open for gifts"), url_path="launch", permissions=["launch"])
    def launch(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask once, then open the draft."""
        lead = _("The project appears on the site and takes gifts; its accounts are opened in the books.")
        return self._step(request, object_id, services.launch_campaign, (_("Open for gifts"), lead))

    @action(description=gettext_lazy("Close the campaign"), url_path="end", permissions=["end"])
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask once, then close the campaign."""
        lead = _("It takes no more gifts. Money that is paid later goes back by itself, or to the fund's common goals.")
        return self._step(request, object_id, services.end_campaign, (_("Close the campaign"), lead))

    def _step(self, request: HttpRequest, object_id: str, step: Any, words: tuple[str, str]) -> HttpResponse:
        if not used_second_factor_lately(request):
            return prove_again(request)
        campaign, (submit, lead) = get_object_or_404(Campaign, pk=object_id), words
        if request.method == "POST":
            try:
                step(campaign_id=campaign.pk, user=person(request), now=timezone.now())
            except (services.NotADraftError, services.NotLiveError):
                messages.warning(request, _("Somebody did it before."))
            else:
                messages.success(request, _("Done."))
            return redirect("desk:campaigns_campaign_change", campaign.pk)
        back = reverse("desk:campaigns_campaign_change", args=[campaign.pk])
        return render_desk(
            request, "desk/form.html", title=f"{submit}: {campaign.title}", lead=lead, submit=submit, back=back
        )


def _is_in(object_id: str | None, status: Campaign.Status) -> bool:
    return object_id is None or Campaign.objects.filter(pk=object_id, status=status).exists()
