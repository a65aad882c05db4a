"""One campaign through the API, with all that its own page says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from api.errors import problems
from api.v1.campaigns import CampaignSerializer, show_campaign
from campaigns import reports, selectors
from campaigns.funding import returning
from campaigns.funding.fees import is_fee_kept
from campaigns.life.differences import GONE, NEW, SAME
from campaigns.markdown import render_markdown
from campaigns.models import Campaign
from campaigns.repurposing.selectors import questions_of

if TYPE_CHECKING:
    from rest_framework.request import Request

    from campaigns.models import CampaignPicture, Organiser, SpentLine
    from campaigns.reports import ReportPage
    from campaigns.selectors import CampaignRow, StepRow

PIECES = (SAME, GONE, NEW)  # named in the schema


class CampaignOrganiserSerializer(serializers.Serializer[dict[str, Any]]):
    """Who runs it."""

    slug = serializers.CharField(help_text="Empty where they have no page.")
    name = serializers.CharField()
    url = serializers.CharField(help_text="Their page; empty where they have none.")


class PictureSerializer(serializers.Serializer[dict[str, Any]]):
    """A picture at its largest, as JPEG."""

    url = serializers.CharField()
    alt = serializers.CharField(help_text="What is to be seen on it.")
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class BudgetLineSerializer(serializers.Serializer[dict[str, Any]]):
    """What the money is for."""

    position = serializers.IntegerField(help_text="Its place, by which a report names it.")
    title = serializers.CharField()
    note = serializers.CharField()
    amount_kopecks = serializers.IntegerField()
    is_essential = serializers.BooleanField(help_text="Part of the minimum.")


class PieceSerializer(serializers.Serializer[dict[str, Any]]):
    """Some lines that stayed, went or came."""

    kind = serializers.ChoiceField(PIECES)
    text = serializers.CharField()


class HappenedSerializer(serializers.Serializer[dict[str, Any]]):
    """A step or an amendment: when, by which role, why."""

    at = serializers.DateTimeField()
    title = serializers.CharField()
    role = serializers.CharField()
    role_title = serializers.CharField(help_text="What the role is called; never who it was.")
    reason = serializers.CharField()
    changes = PieceSerializer(many=True, help_text="Of an amendment: what is other than before.")


class ReturningSerializer(serializers.Serializer[dict[str, Any]]):
    """How far the money of a campaign that keeps nothing has gone back, in gifts."""

    gifts = serializers.IntegerField()
    returned = serializers.IntegerField()
    kept_by_fund = serializers.IntegerField(help_text="As the donor chose when giving.")
    owed = serializers.IntegerField(help_text="Refused by ЮKassa: to be paid by bank.")
    under_way = serializers.IntegerField()
    waiting = serializers.IntegerField()
    is_short = serializers.BooleanField(help_text="It waits for a top-up at ЮKassa.")


class SpentLineSerializer(serializers.Serializer[dict[str, Any]]):
    """What a line of the budget was planned to cost, and what the organiser says it did."""

    title = serializers.CharField()
    planned_kopecks = serializers.IntegerField()
    told_kopecks = serializers.IntegerField()


class ProjectReportSerializer(serializers.Serializer[dict[str, Any]]):
    """What the organiser says was done; the books are the campaign's own figures."""

    at = serializers.DateTimeField()
    text = serializers.CharField(help_text="Markdown, a safe subset.")
    html = serializers.CharField(help_text="The same, safe to show.")
    told_kopecks = serializers.IntegerField(help_text="Spent, as the organiser says.")
    lines = SpentLineSerializer(many=True)
    pictures = PictureSerializer(many=True)


class OneCampaignSerializer(CampaignSerializer):
    """One campaign with its story, budget, steps and what became of its money."""

    story = serializers.CharField(help_text="Markdown, a safe subset.")
    story_html = serializers.CharField(help_text="The same, safe to show.")
    story_pictures = PictureSerializer(many=True)
    cover = PictureSerializer(allow_null=True)
    url = serializers.CharField()
    closes_at = serializers.DateTimeField(allow_null=True, help_text="Null where it has no deadline.")
    delivery_due_date = serializers.DateField(allow_null=True)
    organiser = CampaignOrganiserSerializer(allow_null=True)
    budget = BudgetLineSerializer(many=True)
    spent_kopecks = serializers.IntegerField(help_text="By the books.")
    held_kopecks = serializers.IntegerField(help_text="Raised and not spent yet.")
    donor_bears_fee = serializers.BooleanField(
        help_text="ЮKassa's fee is kept from a gift made now that goes back because the minimum is missed."
    )
    timeline = HappenedSerializer(many=True)
    returning = ReturningSerializer(allow_null=True)
    report = ProjectReportSerializer(allow_null=True)


@extend_schema(operation_id="campaigns_retrieve", responses={200: OneCampaignSerializer} | problems(404))
@api_view(["GET"])
def campaign(request: Request, slug: str) -> Response:  # noqa: ARG001 - DRF's signature
    """Return one campaign as its page shows it; the queries do not grow with what it has."""
    found = Campaign.objects.published().select_related("organiser").filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such campaign."))
    row = selectors.rows(campaigns=[found], now=timezone.now())[0]
    asked = questions_of(campaigns=[found]).get(found.pk)
    return Response(show_campaign(row, asked) | _told(found) | _money(row) | _life(found))


def _told(found: Campaign) -> dict[str, object]:
    runs = found.organiser
    return {
        "story": found.story,
        "story_html": render_markdown(found.story),
        "story_pictures": [_picture(one) for one in selectors.pictures(campaign=found, kind="story")],
        "cover": _picture(found.cover) if found.cover else None,
        "url": settings.SITE_URL + found.get_absolute_url(),
        "closes_at": found.closes_at,
        "delivery_due_date": found.delivery_due_date,
        "organiser": _organiser(runs) if runs else None,
    }


def _money(row: CampaignRow) -> dict[str, object]:
    found = row.campaign
    returned = returning.progress(campaign=found) if returning.keeps_nothing(found) else None
    return {
        "budget": [_all_of(BudgetLineSerializer, line) for line in selectors.budget(campaign=found)],
        "spent_kopecks": row.figures.spent_kopecks,
        "held_kopecks": row.figures.held_kopecks,
        "donor_bears_fee": is_fee_kept(campaign=found),
        "returning": _all_of(ReturningSerializer, returned) if returned else None,
    }


def _life(found: Campaign) -> dict[str, object]:
    report = reports.report_of(campaign=found) if found.status == Campaign.Status.REPORTED else None
    return {
        "timeline": [_happened(row) for row in selectors.timeline(campaign=found)],
        "report": _report(report) if report else None,
    }


def _organiser(runs: Organiser) -> dict[str, str]:
    if not runs.is_published:
        return {"slug": "", "name": runs.name, "url": ""}
    return {"slug": runs.slug, "name": runs.name, "url": settings.SITE_URL + runs.get_absolute_url()}


def _happened(row: StepRow) -> dict[str, object]:
    names = ("at", "title", "role", "role_title", "reason")
    changes = [{"kind": piece.kind, "text": piece.text} for piece in row.changes]
    return {name: getattr(row, name) for name in names} | {"changes": changes}


def _picture(one: CampaignPicture) -> dict[str, object]:
    return {"url": settings.SITE_URL + one.src, "alt": one.alt, "width": one.width, "height": one.height}


def _all_of(kind: type[serializers.Serializer[dict[str, Any]]], row: object) -> dict[str, object]:
    return {name: getattr(row, name) for name in kind().get_fields()}


def _report(page: ReportPage) -> dict[str, object]:
    return {
        "at": page.report.at,
        "text": page.report.text,
        "html": render_markdown(page.report.text),
        "told_kopecks": page.spent_kopecks,
        "lines": [_spent(line) for line in page.lines],
        "pictures": [_picture(one) for one in page.pictures],
    }


def _spent(line: SpentLine) -> dict[str, object]:
    planned = line.budget_line
    return {
        "title": planned.title,
        "planned_kopecks": planned.amount_kopecks,
        "told_kopecks": line.spent_kopecks,
    }
