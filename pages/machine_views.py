"""What search engines, readers of news and telephones ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed
from django.http import HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from campaigns import selectors
from campaigns.models import Campaign
from communities import selectors as communities
from merch.models import Product

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from communities.models import Community

    CampaignSitemap = Sitemap[Campaign]
    CommunitySitemap = Sitemap[Community]
    ProductSitemap = Sitemap[Product]
    NameSitemap = Sitemap[str]
    CampaignFeed = Feed[Campaign, None]
else:  # Django's own classes take no arguments at run time
    CampaignSitemap = CommunitySitemap = ProductSitemap = NameSitemap = Sitemap
    CampaignFeed = Feed

SECTION_SIZE = 2000
FEED_SIZE = 20
KEPT_PAGES = ("home", "about", "contacts", "money", "history", "questions")
HIDDEN = (
    "/gifts/", "/en/gifts/", "/letters/", "/en/letters/", "/shop/stop/", "/en/shop/stop/",
    "/orders/", "/en/orders/", "/cart/", "/en/cart/", "/api/v1/", "/payments/",
)  # fmt: skip


class CampaignsSitemap(CampaignSitemap):
    """Every campaign that the public sees; its page itself names the other language's."""

    limit = SECTION_SIZE

    def items(self) -> QuerySet[Campaign]:
        """Return the campaigns, in pages."""
        return selectors.published()


class CommunitiesSitemap(CommunitySitemap):
    """Every community of the directory; its page itself names the other language's."""

    limit = SECTION_SIZE

    def items(self) -> QuerySet[Community]:
        """Return the communities, in pages."""
        return communities.directory().prefetch_related(None)


class ProductsSitemap(ProductSitemap):
    """Every souvenir on sale; its page itself names the other language's."""

    limit = SECTION_SIZE

    def items(self) -> QuerySet[Product]:
        """Return the products, in pages."""
        return Product.objects.filter(state=Product.State.LISTED).order_by("pk")


class PagesSitemap(NameSitemap):
    """The pages that stand alone, and the lists."""

    i18n = alternates = True  # few enough to be read whole, as Django does for two languages

    def items(self) -> list[str]:
        """Return the names of their addresses."""
        books = ["ledger:operations", "ledger:accounts", "ledger:trial_balance", "ledger:errata", "reports:list"]
        lists = ["campaigns:list", "campaigns:map", "organisers:list", "communities:list", "shop:list", *books]
        return [f"pages:{name}" for name in KEPT_PAGES] + lists

    def location(self, item: str) -> str:
        """Return the page's address in the language at hand."""
        return reverse(item)


SITEMAPS: dict[str, type[CampaignSitemap | CommunitySitemap | ProductSitemap | NameSitemap]] = {
    "pages": PagesSitemap,
    "campaigns": CampaignsSitemap,
    "communities": CommunitiesSitemap,
    "products": ProductsSitemap,
}


class NewCampaigns(CampaignFeed):
    """The newest campaigns, for readers of news."""

    feed_type = Atom1Feed
    title = gettext_lazy("Social capital: new projects")
    subtitle = gettext_lazy("New projects of the city of Penza that collect money in the open.")
    link = "/projects/"

    def items(self) -> QuerySet[Campaign]:
        """Return the newest first."""
        return Campaign.objects.published().order_by("-opens_at", "-pk")[:FEED_SIZE]

    def item_title(self, item: Campaign) -> str:
        """Return the campaign's title."""
        return item.title

    def item_description(self, item: Campaign) -> str:
        """Return what it is in one sentence."""
        return item.summary

    def item_pubdate(self, item: Campaign) -> datetime:
        """Return when it opened."""
        return item.opens_at


@require_safe
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Say what search engines need not read."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in HIDDEN),
        "",
        f"Sitemap: {settings.SITE_URL}{reverse('machines:sitemaps')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django's signature
    """Say how the site looks on a telephone's first screen."""
    found = {
        "name": _("Social capital"),
        "short_name": _("Social capital"),
        "lang": settings.LANGUAGE_CODE,
        "start_url": "/",
        "display": "browser",
        "background_color": "#ffffff",
        "theme_color": "#00713d",
        "icons": [
            {"src": static("img/mark.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": static("img/mark-512.png"), "sizes": "512x512", "type": "image/png"},
        ],
    }
    return JsonResponse(found, content_type="application/manifest+json")
