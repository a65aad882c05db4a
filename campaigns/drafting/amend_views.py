"""After the launch: amendments, the one extension, the report. Each is asked of who runs the campaign alone."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns import selectors
from campaigns.drafting import amend_steps
from campaigns.drafting.access import own_campaign
from campaigns.drafting.amend_forms import BudgetForms, DeliveryForm, ExtensionForm, ReportForm, StoryForm, SummaryForm
from campaigns.life import amending
from campaigns.life.moves import MoveError, Status, is_suspended
from campaigns.models import Amendment
from people.access import person

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from campaigns.models import Campaign


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what may be changed, each part with a form of its own; take one change with its reason."""
    campaign, now = own_campaign(request, slug), timezone.now()
    if campaign.status not in amending.AMENDABLE or is_suspended(campaign):
        return _not_now(request)
    field = request.POST.get("field", "")
    data = request.POST if request.method == "POST" else None
    forms: dict[str, Any] = {
        "summary": SummaryForm(
            data if field == "summary" else None, prefix="summary", initial={"value": campaign.summary}
        ),
        "story": StoryForm(data if field == "story" else None, prefix="story", initial={"value": campaign.story}),
        "delivery_due_date": DeliveryForm(
            data if field == "delivery_due_date" else None, prefix="delivery_due_date", now=now,
            initial={"value": campaign.delivery_due_date},
        ),
        "budget": BudgetForms(data if field == "budget" else None, lines=selectors.budget(campaign=campaign)),
    }  # fmt: skip
    chosen = forms.get(field)
    if chosen is not None and chosen.is_valid() and _amend(request, campaign, field, chosen):
        return redirect("managing:campaign", slug=slug)
    parts = [(name, Amendment.Field(name).label, form) for name, form in forms.items() if name != "budget"]
    context = {"campaign": campaign, "parts": parts, "budget": forms["budget"], "field": field}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "drafting/amend.html", context, status=status)


def _amend(request: HttpRequest, campaign: Campaign, field: str, form: Any) -> bool:
    who: dict[str, Any] = {"campaign": campaign, "user": person(request), "now": timezone.now()}
    if field == "budget":
        return _taken(request, lambda: amend_steps.amend_budget(**who, forms=form))
    return _taken(request, lambda: amend_steps.amend(**who, field=field, form=form))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the rule and move the deadline once."""
    campaign, now = own_campaign(request, slug), timezone.now()
    latest = None if is_suspended(campaign) else amending.latest_deadline(campaign=campaign, now=now)
    if latest is None or campaign.amendments.filter(field=Amendment.Field.CLOSES_AT).exists():
        return _not_now(request)
    form = ExtensionForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _taken(
        request, lambda: amend_steps.extend(campaign=campaign, form=form, user=person(request), now=now)
    ):
        return redirect("managing:campaign", slug=slug)
    context = {"campaign": campaign, "form": form, "latest": latest}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "drafting/extend.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the report of a project that was carried out; what the books say was spent stands beside.

    Sums that are not the books' are published too, once their writer has read that they differ.
    """
    campaign = own_campaign(request, slug)
    if campaign.status != Status.DELIVERING:
        return _not_now(request)
    lines = selectors.budget(campaign=campaign)
    figures = selectors.figures(campaigns=[campaign])[campaign.slug]
    data = request.POST if request.method == "POST" else None
    form = ReportForm(data, lines=lines, booked_kopecks=figures.spent_kopecks)
    if (
        form.is_valid()
        and form.is_settled()
        and _taken(
            request,
            lambda: amend_steps.report(campaign=campaign, form=form, user=person(request), now=timezone.now()),
        )
    ):
        return redirect("managing:campaign", slug=slug)
    context = {
        "campaign": campaign,
        "form": form,
        "lines": [(line, form[f"spent-{line.pk}"]) for line in lines],
        "figures": figures,
        "noted_kopecks": form.noted_kopecks(),
        "noted": form.noted_kopecks(),  # as the form sends it back
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "drafting/report.html", context, status=status)


def _taken(request: HttpRequest, act: Callable[[], object]) -> bool:
    """Take an act and say what came of it."""
    try:
        act()
    except MoveError as error:
        messages.warning(request, amend_steps.REFUSALS.get(type(error), _("Somebody did it before.")))
        return False
    messages.success(request, _("Done."))
    return True


def _not_now(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("This is done already, or not possible now."))
    return redirect("own:list")
