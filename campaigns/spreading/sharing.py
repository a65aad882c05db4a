"""Ways to tell of a campaign: plain links, with nobody's script, picture or counter on our page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.html import escape
from django.utils.http import urlencode
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from campaigns.models import Campaign

WIDGET_WIDTH, WIDGET_HEIGHT = 360, 340


@dataclass(frozen=True)
class ShareLink:
    """One way to tell: what it is called, and where it leads."""

    name: str
    url: str


@dataclass(frozen=True)
class Sharing:
    """All that a campaign's page offers to who wants to tell of it."""

    address: str
    short_address: str
    links: tuple[ShareLink, ...]
    widget_code: str
    oembed_json: str
    oembed_xml: str


def address_of(campaign: Campaign) -> str:
    """Return the whole address of a campaign's page, in the language at hand."""
    return settings.SITE_URL + campaign.get_absolute_url()


def short_address_of(campaign: Campaign) -> str:
    """Return the address that is short enough for a code on paper, the same in every language."""
    return settings.SITE_URL + reverse("spreading:short", args=[campaign.pk])


def widget_code(campaign: Campaign, *, width: int = WIDGET_WIDTH, height: int = WIDGET_HEIGHT) -> str:
    """Return the HTML that shows a campaign on another site; a text to our own templates, which escape it."""
    source = settings.SITE_URL + reverse("campaigns:widget", args=[campaign.slug])
    return (
        f'<iframe src="{escape(source)}" width="{width}" height="{height}" title="{escape(campaign.title)}"'
        ' frameborder="0" loading="lazy"></iframe>'
    )


def sharing(*, campaign: Campaign) -> Sharing:
    """Return the ways to tell of a campaign. No query."""
    address, title = address_of(campaign), campaign.title
    both = f"{title} — {address}"
    links = (
        ShareLink(_("VKontakte"), f"https://vk.com/share.php?{urlencode({'url': address, 'title': title})}"),
        ShareLink(_("Telegram"), f"https://t.me/share/url?{urlencode({'url': address, 'text': title})}"),
        ShareLink(_("Odnoklassniki"), f"https://connect.ok.ru/offer?{urlencode({'url': address, 'title': title})}"),
        ShareLink("WhatsApp", f"https://wa.me/?{urlencode({'text': both})}"),
        ShareLink(_("E-mail"), f"mailto:?{urlencode({'subject': title, 'body': both}).replace('+', '%20')}"),
    )
    oembed = settings.SITE_URL + reverse("spreading:oembed")
    return Sharing(
        address=address,
        short_address=short_address_of(campaign),
        links=links,
        widget_code=widget_code(campaign),
        oembed_json=f"{oembed}?{urlencode({'url': address, 'format': 'json'})}",
        oembed_xml=f"{oembed}?{urlencode({'url': address, 'format': 'xml'})}",
    )
