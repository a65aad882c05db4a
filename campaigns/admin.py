"""Campaigns on the desk: read by whoever may, approved by two of the council. Organisers write on the site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import selectors
from campaigns.life.reviewing import NEEDED
from campaigns.life.steps import with_steps
from campaigns.life.versions import budget_words
from campaigns.markdown import render_markdown
from campaigns.models import Campaign
from fund.money import format_roubles
from people import desk

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

BREAK = mark_safe("<br>")


@admin.register(Campaign)
@with_steps
class CampaignAdmin(desk.DeskAdmin):
    """Campaigns, the newest first; drafts are their organisers' own until they are handed in."""

    desk_group, desk_icon = desk.PROJECTS, "volunteer_activism"
    desk_rows_have_names = True
    list_display = ("title", "status", "organiser", "wanted", "opens_at", "closes_at")
    list_filter = ("status",)
    list_select_related = ("organiser",)
    search_fields = ("title", "=slug")
    ordering = ("-opens_at", "-pk")
    fields = (
        "title", "slug", "summary", "told", "theme", "district", "funding", "wanted", "least", "lines", "closes_at",
        "delivery_due_date", "status", "organiser", "happened",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=gettext_lazy("Goal"), ordering="goal_kopecks")
    def wanted(self, campaign: Campaign) -> str:
        """Return the goal in roubles."""
        return format_roubles(campaign.goal_kopecks)

    @admin.display(description=gettext_lazy("Minimum"))
    def least(self, campaign: Campaign) -> str:
        """Return the minimum in roubles."""
        return format_roubles(campaign.minimum_kopecks) if campaign.minimum_kopecks else ""

    @admin.display(description=gettext_lazy("Story"))
    def told(self, campaign: Campaign) -> SafeString:
        """Return the story as everybody reads it."""
        return format_html('<div class="desk-story">{}</div>', render_markdown(campaign.story))

    @admin.display(description=gettext_lazy("what the money is for"))
    def lines(self, campaign: Campaign) -> SafeString:
        """Return the budget, a line each."""
        return _lines(budget_words(campaign.budget_lines.order_by("position")).splitlines())

    @admin.display(description=gettext_lazy("What happened to the project"))
    def happened(self, campaign: Campaign) -> SafeString:
        """Return its steps with their reasons, the newest first, and the approvals of what is handed in."""
        rows = ((row.title, row.at, row.role_title, row.reason) for row in selectors.timeline(campaign=campaign))
        approved = campaign.approvals.filter(review_round=campaign.review_round).count()
        given = _("Approvals: %(count)s of %(needed)s") % {"count": approved, "needed": NEEDED}
        words = [f"{title}, {date_format(timezone.localtime(at))}, {role}. {why}" for title, at, role, why in rows]
        return _lines([*words, given])

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave out what its organiser is still writing and never handed in."""
        return super().get_queryset(request).exclude(status=Campaign.Status.DRAFT, review_round=0)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Refuse: campaigns are written on the site."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Refuse: the desk reads, and takes steps by their buttons."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Refuse: what was once shown is closed, not deleted."""
        return False


def _lines(words: list[str]) -> SafeString:
    return format_html_join(BREAK, "{}", ([line] for line in words))
