"""What who holds a gift's secret link may do: follow the project, write a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.models import Donation
from campaigns.telling import followers
from campaigns.telling.comments import Author
from campaigns.telling.pacing import TooOftenError
from campaigns.telling.writing_views import FORM, write_comment
from people.addresses import client_address
from people.tasks import send_soon

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse


@never_cache
@require_POST
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Send the donor the letter that confirms it: that somebody gave does not say whose the e-mail is."""
    donation = _of(Donation.objects.paid(), token)
    try:
        with transaction.atomic():
            letter = followers.ask_to_follow(
                campaign=donation.campaign,
                email=(donation.donor and donation.donor.email) or "",
                address=client_address(request),
                now=timezone.now(),
            )
            send_soon(letter=letter)
    except followers.NotFollowedError:
        messages.warning(request, _("Nothing more is to be told of this project."))
    except TooOftenError:
        messages.warning(request, _("Too often in a short time. Wait ten minutes and try again."))
    else:
        messages.success(
            request, _("We have sent you a letter: press the button in it, and news of the project will come.")
        )
    return redirect(donation)


@never_cache
@require_http_methods(FORM)
def comment(request: HttpRequest, token: str) -> HttpResponse:
    """Let a donor write about the project, while it has any of the gift."""
    donation = _of(Donation.objects.kept(), token)
    return write_comment(request, donation.campaign, Author(donation=donation))


def _of(gifts: QuerySet[Any], token: str) -> Donation:
    """Return the gift of a link, if it is among these and its donor is not forgotten.

    :raises Http404: if it is not.
    """
    known = gifts.select_related("campaign", "donor", "payment").filter(donor__email__isnull=False)
    found: Donation = get_object_or_404(known, token=token)
    return found
