"""Monthly gifts at the desk: how they go, without cards and addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns.models import Subscription
from campaigns.subscriptions import selectors
from people.desk_pages import desk_page, render_desk

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE_SIZE = 50


class FilterForm(forms.Form):
    """Which ones, from where on."""

    state = forms.ChoiceField(required=False, choices=[("", ""), *Subscription.State.choices])
    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


@require_safe
@desk_page("campaigns.view_subscription")
def subscriptions(request: HttpRequest) -> HttpResponse:
    """Show monthly gifts, the newest first."""
    form = FilterForm(request.GET)
    state, before = (form.cleaned_data["state"], form.cleaned_data["before"]) if form.is_valid() else ("", None)
    found = selectors.listed(state=state, before=before, limit=PAGE_SIZE + 1)
    rows = found[:PAGE_SIZE]
    older = urlencode({"state": state, "before": rows[-1].pk}) if len(found) > PAGE_SIZE else ""
    return render_desk(
        request,
        "desk/monthly.html",
        title=_("Monthly gifts"),
        rows=rows,
        states=Subscription.State.choices,
        state=state,
        next_url=f"?{older}" if older else "",
    )
