"""The widget, oEmbed, the short address, pictures and posters."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from csp.decorators import csp_replace
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from campaigns import selectors
from campaigns.models import Campaign, Sheet
from campaigns.spreading import oembed as telling
from campaigns.spreading.page import PLAIN_PICTURE, address_of_sheet
from campaigns.spreading.sharing import address_of, short_address_of
from campaigns.spreading.sheets import sheets_of

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

WIDGET_SECONDS = 60
YEAR_SECONDS = 31_536_000
LARGEST_SIDE = 10_000


@require_safe
@csp_replace({"frame-ancestors": ["*"], "form-action": ["'none'"]})  # type: ignore[arg-type]  # knows no arguments
@xframe_options_exempt
def widget(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a campaign in somebody else's page: it alone may stand in a frame, knows nobody and sets nothing."""
    campaign = get_object_or_404(selectors.published(), slug=slug)
    row = selectors.rows(campaigns=[campaign], now=timezone.now())[0]
    response = render(request, "campaigns/widget.html", {"row": row, "address": address_of(campaign)})
    response.headers["Cache-Control"] = f"public, max-age={WIDGET_SECONDS}"
    return response


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Tell other sites how to show a campaign: 404 for what is none, 501 for a format that we do not speak."""
    form = request.GET.get("format", "json")
    if form not in {"json", "xml"}:
        return _refused(HTTPStatus.NOT_IMPLEMENTED, _("Only json and xml are spoken here."))
    try:
        page = telling.find_page(address=request.GET.get("url", ""))
    except telling.NoSuchPageError:
        return _refused(HTTPStatus.NOT_FOUND, _("This is no address of a campaign of ours."))
    told = telling.told_of(page, max_width=_side(request, "maxwidth"), max_height=_side(request, "maxheight"))
    response: HttpResponse
    if form == "json":
        response = JsonResponse(told, json_dumps_params={"ensure_ascii": False})
    else:
        response = HttpResponse(telling.as_xml(told), content_type="text/xml; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={telling.CACHE_SECONDS}"
    response.headers["Access-Control-Allow-Origin"] = "*"  # public words, without any cookie
    return response


@require_safe
def short(request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Lead from the short address, as posters have it, to the campaign's page."""
    campaign = get_object_or_404(Campaign.objects.published(), pk=number)
    return HttpResponsePermanentRedirect(campaign.get_absolute_url())


@require_safe
def poster(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a campaign's poster, and offer it for printing; say so where it is still to be drawn."""
    campaign = get_object_or_404(selectors.published(), slug=slug)
    sheets = sheets_of(campaign=campaign)
    is_open = campaign.is_open(timezone.now())
    context = {
        "campaign": campaign,
        "is_open": is_open,
        "poster": sheets.get(Sheet.Kind.POSTER),
        "poster_url": address_of_sheet(sheets.get(Sheet.Kind.POSTER)),
        "look_url": address_of_sheet(sheets.get(Sheet.Kind.LOOK)),
        "short_address": short_address_of(campaign),
    }
    return render(request, "campaigns/poster.html", context)


@require_safe
def picture(request: HttpRequest, number: int, digest: str) -> HttpResponseBase:  # noqa: ARG001 - Django's signature
    """Send a campaign's picture; lead from an old address to the present one, or to the picture of all projects."""
    found = {sheet.digest: sheet for sheet in Sheet.objects.filter(campaign=number).exclude(kind=Sheet.Kind.POSTER)}
    wanted = found.get(digest)
    if wanted is not None and default_storage.exists(wanted.storage_name):
        return _sent(wanted)
    current = next((one for one in found.values() if one.kind == Sheet.Kind.PICTURE and one != wanted), None)
    if current is not None:
        return redirect(address_of_sheet(current))
    get_object_or_404(Campaign.objects.published(), pk=number)
    return redirect(static(PLAIN_PICTURE))


@require_safe
def poster_file(request: HttpRequest, number: int, digest: str) -> HttpResponseBase:  # noqa: ARG001 - Django's signature
    """Send a poster's PDF."""
    sheet = get_object_or_404(Sheet, campaign=number, kind=Sheet.Kind.POSTER, sha256__startswith=digest)
    if digest != sheet.digest or not default_storage.exists(sheet.storage_name):
        raise Http404
    return _sent(sheet)


def _sent(sheet: Sheet) -> FileResponse:
    """Return a file under the hash of its bytes: who has it need never ask again."""
    kind = "application/pdf" if sheet.kind == Sheet.Kind.POSTER else "image/png"
    response = FileResponse(default_storage.open(sheet.storage_name), content_type=kind)
    response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    return response


def _side(request: HttpRequest, name: str) -> int | None:
    """Return a width or height that was asked for; what is no number of pixels asks for nothing."""
    word = request.GET.get(name, "")
    is_number = word.isascii() and word.isdecimal() and len(word) <= len(str(LARGEST_SIDE))
    return min(int(word), LARGEST_SIDE) or None if is_number else None


def _refused(status: HTTPStatus, sentence: str) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
