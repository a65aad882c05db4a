"""What an organiser's program changes once donors know the campaign: amendments, the one extension, the report."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from api.authentication import KeyAuthentication
from api.errors import problems
from api.v1.drafts import LineSerializer, typed_budget, typed_sum
from api.v1.fields import StrictCharField, StrictIntegerField
from api.v1.own import Conflict, own, require_public, user_of, wrong
from campaigns import reports, selectors
from campaigns.drafting import amend_steps
from campaigns.drafting.amend_forms import BudgetForms, DeliveryForm, ExtensionForm, ReportForm, StoryForm, SummaryForm
from campaigns.drafting.forms import DEAREST_KOPECKS, MOST_LINES
from campaigns.life.moves import LONGEST_REASON, MoveError, Status
from campaigns.markdown import LONGEST_TEXT
from fund.money import format_roubles

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import Form
    from rest_framework.request import Request

    from campaigns.models import Amendment, BudgetLine, Campaign

T = TypeVar("T")
REASON = "Why; everybody reads it."
LATEST_LINE = 2**15 - 1


class AmendedLineSerializer(LineSerializer):
    """One thing that the money is for; goal and minimum must stay the sums that they are."""

    amount_kopecks = StrictIntegerField(min_value=1, max_value=DEAREST_KOPECKS)


class NewAmendmentSerializer(serializers.Serializer[dict[str, Any]]):
    """A change of one thing that donors know, and why. Goal, minimum and the way of collecting never change."""

    summary = StrictCharField(max_length=300, required=False)
    story = StrictCharField(max_length=LONGEST_TEXT, required=False, help_text="Markdown, a safe subset.")
    delivery_due_date = serializers.DateField(required=False, help_text="A day ahead, within three years.")
    budget = AmendedLineSerializer(many=True, required=False, max_length=MOST_LINES)  # type: ignore[call-arg]  # of the list
    reason = StrictCharField(max_length=LONGEST_REASON, help_text=REASON)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a change of nothing, or of several things for one reason."""
        if len(attrs) != 2:  # noqa: PLR2004 - the reason, and what is changed
            raise ValidationError(_("Change one thing at a time, and say why."))
        return attrs


class ExtensionSerializer(serializers.Serializer[dict[str, Any]]):
    """Another last day of the collection: moved once, before it has passed, by 31 days at most."""

    deadline = serializers.DateField(help_text="It counts whole, in Moscow.")
    reason = StrictCharField(max_length=LONGEST_REASON, help_text=REASON)


class AmendmentSerializer(serializers.Serializer[dict[str, Any]]):
    """What was changed, in the words that everybody reads."""

    at = serializers.DateTimeField()
    title = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    reason = serializers.CharField()


class SpentSerializer(serializers.Serializer[dict[str, Any]]):
    """What one line of the budget really cost."""

    position = StrictIntegerField(
        min_value=1, max_value=LATEST_LINE, help_text="The line's place in the campaign's budget."
    )
    spent_kopecks = StrictIntegerField(min_value=0, max_value=DEAREST_KOPECKS)


class NewReportSerializer(serializers.Serializer[dict[str, Any]]):
    """What was done, and what each line of the budget really cost: nought where nothing was spent."""

    text = StrictCharField(max_length=LONGEST_TEXT, help_text="Markdown, a safe subset.")
    spent = SpentSerializer(many=True, max_length=MOST_LINES)  # type: ignore[call-arg]  # of the list
    noted_kopecks = StrictIntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=2**53,
        help_text="Needed where all lines together are not what the books hold: their sum once more, as one who knows.",
    )  # fmt: skip


class ReportedSerializer(serializers.Serializer[dict[str, Any]]):
    """The report that is published now."""

    at = serializers.DateTimeField()
    text = serializers.CharField()
    told_kopecks = serializers.IntegerField(help_text="Spent, as the report says.")
    booked_kopecks = serializers.IntegerField(help_text="Spent, as the books say.")


@extend_schema(
    operation_id="own_campaign_amend", request=NewAmendmentSerializer,
    responses={201: AmendmentSerializer} | problems(400, 401, 403, 404, 409),
)  # fmt: skip
@api_view(["POST"])
@authentication_classes([KeyAuthentication])
@permission_classes([IsAuthenticated])
def amendments(request: Request, slug: str) -> Response:
    """Change one thing that donors know, in public. Sent twice, it changes nothing the second time: 409."""
    campaign = own(request, slug)
    require_public(request)
    sent = NewAmendmentSerializer(data=request.data)
    sent.is_valid(raise_exception=True)
    found = sent.validated_data
    field = next(name for name in found if name != "reason")
    who: dict[str, Any] = {"campaign": campaign, "user": user_of(request), "now": timezone.now()}
    if field == "budget":
        forms = _budget_forms(found)
        made = _taken(lambda: amend_steps.amend_budget(**who, forms=forms))
    else:
        form = _form(field, found)
        made = _taken(lambda: amend_steps.amend(**who, field=field, form=form))
    return Response(_shown(made), status=HTTPStatus.CREATED)


@extend_schema(
    operation_id="own_campaign_extend", request=ExtensionSerializer,
    responses={201: AmendmentSerializer} | problems(400, 401, 403, 404, 409),
)  # fmt: skip
@api_view(["POST"])
@authentication_classes([KeyAuthentication])
@permission_classes([IsAuthenticated])
def extension(request: Request, slug: str) -> Response:
    """Move the deadline, once."""
    campaign = own(request, slug)
    require_public(request)
    sent = ExtensionSerializer(data=request.data)
    sent.is_valid(raise_exception=True)
    form = ExtensionForm({"value": sent.validated_data["deadline"], "reason": sent.validated_data["reason"]})
    if not form.is_valid():
        raise wrong(form, value="deadline")
    now, user = timezone.now(), user_of(request)
    made = _taken(lambda: amend_steps.extend(campaign=campaign, form=form, user=user, now=now))
    return Response(_shown(made), status=HTTPStatus.CREATED)


@extend_schema(
    operation_id="own_campaign_report", request=NewReportSerializer,
    responses={201: ReportedSerializer} | problems(400, 401, 403, 404, 409),
)  # fmt: skip
@api_view(["POST"])
@authentication_classes([KeyAuthentication])
@permission_classes([IsAuthenticated])
def report(request: Request, slug: str) -> Response:
    """Publish the report of a project that was carried out, and end its life well."""
    campaign = own(request, slug)
    require_public(request)
    if campaign.status != Status.DELIVERING:
        raise Conflict
    sent = NewReportSerializer(data=request.data)
    sent.is_valid(raise_exception=True)
    booked = selectors.figures(campaigns=[campaign])[campaign.slug].spent_kopecks
    lines = selectors.budget(campaign=campaign)
    form = ReportForm(_told(sent.validated_data, lines), lines=lines, booked_kopecks=booked)
    if not form.is_valid():
        raise wrong(form, **{f"spent-{line.pk}": "spent" for line in lines})
    if not form.is_settled():
        words = _("The open books say that %(sum)s was spent: send your own sum as noted_kopecks to publish it still.")
        raise ValidationError({"noted_kopecks": [words % {"sum": format_roubles(booked)}]})
    now, user = timezone.now(), user_of(request)
    _taken(lambda: amend_steps.report(campaign=campaign, form=form, user=user, now=now))
    return Response(_reported(campaign, booked), status=HTTPStatus.CREATED)


def _form(field: str, found: dict[str, Any]) -> Form:
    data = {"value": found[field], "reason": found["reason"]}
    kinds: dict[str, Callable[[], Form]] = {
        "summary": lambda: SummaryForm(data),
        "story": lambda: StoryForm(data),
        "delivery_due_date": lambda: DeliveryForm(data, now=timezone.now()),
    }
    form = kinds[field]()
    if not form.is_valid():
        raise wrong(form, value=field)
    return form


def _budget_forms(found: dict[str, Any]) -> BudgetForms:
    data = QueryDict(mutable=True)
    data.update(typed_budget(found["budget"]) | {"budget-reason": found["reason"]})
    forms = BudgetForms(data, lines=[])
    if not forms.is_valid():
        told = {str(text) for errors in forms.lines.errors for texts in errors.values() for text in texts}
        told |= {str(text) for text in forms.lines.non_form_errors()}
        raise wrong(forms.reason) if forms.reason.errors else ValidationError({"budget": sorted(told)})
    return forms


def _told(found: dict[str, Any], lines: list[BudgetLine]) -> dict[str, Any]:
    """Return a report in the words of the site's form.

    :raises ValidationError: if a line is none of the budget's, or comes twice.
    """
    known = {line.position: line.pk for line in lines}
    places = [one["position"] for one in found["spent"]]
    if len(set(places)) != len(places) or not set(places) <= set(known):
        raise ValidationError({"spent": [_("Name each line of the budget once, by its place.")]})
    spent = {f"spent-{known[one['position']]}": typed_sum(one["spent_kopecks"]) for one in found["spent"]}
    return {"text": found["text"], "noted": found["noted_kopecks"], **spent}


def _taken(act: Callable[[], T]) -> T:
    """Take an act, or say in the site's words why not."""
    try:
        return act()
    except MoveError as error:
        raise Conflict(amend_steps.REFUSALS.get(type(error))) from error


def _shown(made: Amendment) -> dict[str, object]:
    return {
        "at": made.at,
        "title": made.get_field_display(),
        "before": made.before,
        "after": made.after,
        "reason": made.reason,
    }


def _reported(campaign: Campaign, booked: int) -> dict[str, object]:
    page = reports.report_of(campaign=campaign)
    assert page is not None  # noqa: S101 - it was written just now
    return {
        "at": page.report.at,
        "text": page.report.text,
        "told_kopecks": page.spent_kopecks,
        "booked_kopecks": booked,
    }
