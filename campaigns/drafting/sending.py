"""A draft's pictures: sent, looked at, removed."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.drafting import selectors, tasks
from campaigns.drafting.access import own_campaign
from campaigns.drafting.picture_forms import PictureForm
from campaigns.drafting.pictures import TooManyPicturesError, add_picture, remove_picture
from campaigns.life.moves import Status, WrongStateError
from campaigns.models import CampaignPicture

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from campaigns.models import Campaign


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pictures(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a draft's pictures and take another one; the worker makes its sizes."""
    campaign = own_campaign(request, slug)
    is_report = campaign.status == Status.DELIVERING
    is_open = is_report or campaign.status in selectors.WRITABLE
    form = PictureForm(*((request.POST, request.FILES) if request.method == "POST" else ()), is_report=is_report)
    if form.is_valid() and _add(campaign, form):
        messages.success(request, _("The picture is here. In a few seconds it is ready."))
        return redirect("own:pictures", slug=slug)
    found = selectors.pictures_of(campaign=campaign)
    context = {
        "campaign": campaign,
        "form": form,
        "pictures": found,
        "is_open": is_open,
        "is_waiting": any(one.state == CampaignPicture.State.WAITING for one in found),
    }
    if request.htmx:  # type: ignore[attr-defined]  # django-htmx adds it
        return render(request, "drafting/_pictures.html", context)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "drafting/pictures.html", context, status=status)


@login_required
@require_POST
def remove(request: HttpRequest, slug: str, picture_id: int) -> HttpResponse:
    """Take a picture away."""
    campaign = own_campaign(request, slug)
    try:
        remove_picture(campaign_id=campaign.pk, picture_id=picture_id)
    except WrongStateError:
        messages.warning(request, _("The pictures stay as they were handed in."))
    return redirect("own:pictures", slug=slug)


def _add(campaign: Campaign, form: PictureForm) -> bool:
    found = form.cleaned_data
    try:
        picture = add_picture(
            campaign_id=campaign.pk, kind=found["kind"], content=found["picture"].file, alt=found["alt"],
            crop=form.crop(), now=timezone.now(),
        )  # fmt: skip
    except TooManyPicturesError:
        form.add_error(None, _("Twelve pictures are enough: remove one first."))
    except WrongStateError:
        form.add_error(None, _("The pictures stay as they were handed in."))
    else:
        tasks.make_picture.delay(picture_id=picture.pk)
        return True
    return False
