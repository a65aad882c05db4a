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
from campaigns.models import Campaign
from campaigns.repurposing.selectors import questions_of

if TYPE_CHECKING:
    from rest_framework.request import Request

    from campaigns.reports import ReportPage


class CampaignOrganiserSerializer(serializers.Serializer[dict[str, Any]]):
    """Who runs it."""

    name = serializers.CharField()
    url = serializers.CharField(help_text="Their page; empty where they have none.")


class BudgetLineSerializer(serializers.Serializer[dict[str, Any]]):
    """What the money is for."""

    title = serializers.CharField()
    note = serializers.CharField()
    amount_kopecks = serializers.IntegerField()
    is_essential = serializers.BooleanField(help_text="Part of the minimum.")


class HappenedSerializer(serializers.Serializer[dict[str, Any]]):
    """A step or an amendment: when, by which role, why."""

    at = serializers.DateTimeField()
    title = serializers.CharField()
    role = serializers.CharField()
    reason = serializers.CharField()


class ReturningSerializer(serializers.Serializer[dict[str, Any]]):
    """How far the money of a campaign that keeps nothing has gone back, in gifts."""

    gifts = serializers.IntegerField()
    returned = serializers.IntegerField()
    kept_by_fund = serializers.IntegerField(help_text="As the donor chose when giving.")
    owed = serializers.IntegerField(help_text="Refused by ЮKassa: to be paid by bank.")
    under_way = serializers.IntegerField()
    waiting = serializers.IntegerField()
    is_short = serializers.BooleanField(help_text="It waits for a top-up at ЮKassa.")


class ProjectReportSerializer(serializers.Serializer[dict[str, Any]]):
    """What the organiser says was done; the books are the campaign's own figures."""

    at = serializers.DateTimeField()
    text = serializers.CharField()
    told_kopecks = serializers.IntegerField(help_text="Spent, as the organiser says.")


class OneCampaignSerializer(CampaignSerializer):
    """One campaign with its story, budget, steps and what became of its money."""

    story = serializers.CharField(help_text="Markdown, a safe subset.")
    url = serializers.CharField()
    closes_at = serializers.DateTimeField(allow_null=True, help_text="Null where it has no deadline.")
    delivery_due_date = serializers.DateField(allow_null=True)
    organiser = CampaignOrganiserSerializer(allow_null=True)
    budget = BudgetLineSerializer(many=True)
    spent_kopecks = serializers.IntegerField(help_text="By the books.")
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
    report = reports.report_of(campaign=found) if found.status == Campaign.Status.REPORTED else None
    returned = returning.progress(campaign=found) if returning.keeps_nothing(found) else None
    return Response(
        show_campaign(row, questions_of(campaigns=[found]).get(found.pk))
        | {
            "story": found.story,
            "url": settings.SITE_URL + found.get_absolute_url(),
            "closes_at": found.closes_at,
            "delivery_due_date": found.delivery_due_date,
            "organiser": _organiser(found),
            "budget": [_all_of(BudgetLineSerializer, line) for line in selectors.budget(campaign=found)],
            "spent_kopecks": row.figures.spent_kopecks,
            "donor_bears_fee": is_fee_kept(campaign=found),
            "timeline": [_all_of(HappenedSerializer, row) for row in selectors.timeline(campaign=found)],
            "returning": _all_of(ReturningSerializer, returned) if returned else None,
            "report": _report(report) if report else None,
        }
    )


def _organiser(found: Campaign) -> dict[str, str] | None:
    runs = found.organiser
    if runs is None:
        return None
    return {"name": runs.name, "url": settings.SITE_URL + runs.get_absolute_url() if runs.slug else ""}


def _all_of(kind: type[serializers.Serializer[dict[str, Any]]], row: object) -> dict[str, object]:
    return {name: getattr(row, name) for name in kind().get_fields()}


def _report(page: ReportPage) -> dict[str, object]:
    return {"at": page.report.at, "text": page.report.text, "told_kopecks": page.spent_kopecks}
