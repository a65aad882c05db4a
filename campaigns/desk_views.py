"""Public names at the desk: the newest first, to hide and to show again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns import selectors, services
from campaigns.models import Donation, HiddenName
from people.access import person
from people.desk_pages import desk_page, render_desk

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE_SIZE = 50


class PageForm(forms.Form):
    """From where on."""

    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class HideForm(forms.Form):
    """Why a name goes."""

    reason = forms.ChoiceField(choices=HiddenName.Reason.choices)


@require_safe
@desk_page("campaigns.moderate_gift_name")
def names(request: HttpRequest) -> HttpResponse:
    """Show gifts that bear a name, the newest first."""
    form = PageForm(request.GET)
    before = form.cleaned_data["before"] if form.is_valid() else None
    found = selectors.named_gifts(before=before, limit=PAGE_SIZE + 1)
    gifts = found[:PAGE_SIZE]
    return render_desk(
        request,
        "desk/names.html",
        title=_("Names on the projects' pages"),
        gifts=gifts,
        reasons=HiddenName.Reason.choices,
        next_url=f"?before={gifts[-1].pk}" if len(found) > PAGE_SIZE else "",
    )


@require_POST
@desk_page("campaigns.moderate_gift_name")
def hide(request: HttpRequest, donation_id: int) -> HttpResponse:
    """Take a name off the page."""
    donation, form = get_object_or_404(Donation, pk=donation_id), HideForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        services.hide_name(donation_id=donation.pk, reason=reason, user=person(request), now=timezone.now())
        messages.success(request, _("The name of gift %(number)s is hidden.") % {"number": donation.number})
    else:
        messages.error(request, _("Choose why the name is hidden."))
    return redirect("moderation:names")


@require_POST
@desk_page("campaigns.moderate_gift_name")
def show(request: HttpRequest, donation_id: int) -> HttpResponse:
    """Put a name back."""
    donation = get_object_or_404(Donation, pk=donation_id)
    services.show_name(donation_id=donation.pk, user=person(request), now=timezone.now())
    messages.success(request, _("The name of gift %(number)s is shown again.") % {"number": donation.number})
    return redirect("moderation:names")
