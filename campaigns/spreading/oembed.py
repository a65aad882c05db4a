"""What oEmbed 1.0 (oembed.com) tells of a campaign's address, so that other sites show its widget."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from django.conf import settings
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.translation import gettext as _

from campaigns import selectors
from campaigns.spreading.sharing import WIDGET_HEIGHT, WIDGET_WIDTH, widget_code

if TYPE_CHECKING:
    from campaigns.models import Campaign

CACHE_SECONDS = 3600
LONGEST_ADDRESS = 500
PAGES = {"campaigns:detail": "slug", "campaigns:give": "slug", "campaigns:widget": "slug", "spreading:short": "number"}
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 has no place for


class NoSuchPageError(Exception):
    """The address is none of a published campaign on this site."""


@dataclass(frozen=True)
class Page:
    """A campaign, and the language of the address that was asked about."""

    campaign: Campaign
    language: str


def find_page(*, address: str) -> Page:
    """Return the campaign that an address of ours leads to. One query at most.

    :raises NoSuchPageError: if the address is another site's, no campaign's, or a draft's.
    """
    path = _path_here(address)
    language = translation.get_language_from_path(path) or settings.LANGUAGE_CODE
    try:
        with translation.override(language):
            match = resolve(path)
    except Resolver404:
        raise NoSuchPageError from None
    name = PAGES.get(match.view_name)
    if name is None:
        raise NoSuchPageError
    wanted = {"slug": match.kwargs["slug"]} if name == "slug" else {"pk": match.kwargs["number"]}
    campaign = selectors.published().filter(**wanted).first()
    if campaign is None:
        raise NoSuchPageError
    return Page(campaign, language)


def _path_here(address: str) -> str:
    """Return the path of an address of this very site."""
    if len(address) > LONGEST_ADDRESS or "\x00" in address:
        raise NoSuchPageError
    try:
        found, ours = urlsplit(address), urlsplit(settings.SITE_URL)
        place = (found.hostname, found.port)
    except ValueError:
        raise NoSuchPageError from None
    if found.scheme not in {"http", "https"} or place != (ours.hostname, ours.port) or found.username is not None:
        raise NoSuchPageError
    return found.path


def told_of(page: Page, *, max_width: int | None, max_height: int | None) -> dict[str, Any]:
    """Return what is told, as oEmbed names it; no wider and no higher than was asked for."""
    width = min(WIDGET_WIDTH, max_width or WIDGET_WIDTH)
    height = min(WIDGET_HEIGHT, max_height or WIDGET_HEIGHT)
    with translation.override(page.language):
        told: dict[str, Any] = {
            "version": "1.0",
            "type": "rich",
            "provider_name": _("Social capital"),
            "provider_url": settings.SITE_URL + reverse("pages:home"),
            "title": page.campaign.title,
            "cache_age": CACHE_SECONDS,
            "width": width,
            "height": height,
            "html": widget_code(page.campaign, width=width, height=height),
        }
    if page.campaign.organiser is not None and page.campaign.organiser.name:
        told["author_name"] = page.campaign.organiser.name
    return told


def as_xml(told: dict[str, Any]) -> bytes:
    """Return the same as XML; signs that XML can't hold are left out."""
    root = ET.Element("oembed")
    for name, value in told.items():
        ET.SubElement(root, name).text = NO_XML.sub("", str(value))
    found: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return found
