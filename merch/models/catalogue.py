"""Products as the city sees them; how many there are and what they cost the fund is the business of fund/sales."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fund.sales.models import StockItem

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
LOWEST_PRICE_KOPECKS = 100  # ЮKassa takes no less than a rouble
HIGHEST_PRICE_KOPECKS = 10_000_000  # 100 000 roubles for one souvenir
MOST_TAGS = 10


class Collection(models.Model):
    """Products that belong together, such as those of one festival."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=100)
    summary = models.CharField(_("in a sentence"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        """The database's own rules."""

        verbose_name = _("collection")
        verbose_name_plural = _("collections")
        constraints = [models.CheckConstraint(condition=Q(slug__regex=SLUG), name="collection_slug_shape")]

    def __str__(self) -> str:
        return self.title


class Product(models.Model):
    """A souvenir with all its variants. Who made it is a community of the directory, or a name.

    ``campaign`` is what its sale feeds; none: the fund. ``tags`` are lower-case words.
    """

    class State(models.TextChoices):
        """Whether the city sees it; what was listed once keeps its page."""

        DRAFT = "draft", _("Draft")
        LISTED = "listed", _("On sale")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=80)
    summary = models.CharField(_("in a sentence"), max_length=300)
    description = models.TextField(_("description"), max_length=20_000, blank=True)
    community = models.ForeignKey(
        "communities.Community", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("community")
    )
    maker_name = models.CharField(_("maker"), max_length=120, blank=True)
    campaign = models.ForeignKey(
        "campaigns.Campaign", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("what it feeds")
    )
    collection = models.ForeignKey(
        Collection, models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("collection")
    )
    tags = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("tags"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    created_at = models.DateTimeField()
    listed_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules."""

        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.CheckConstraint(condition=Q(slug__regex=SLUG), name="product_slug_shape"),
            models.CheckConstraint(condition=Q(state__in=["draft", "listed", "withdrawn"]), name="product_state_known"),
            models.CheckConstraint(
                condition=Q(community=None, maker_name__gt="") | Q(community__isnull=False, maker_name=""),
                name="product_has_one_maker",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(listed_at__isnull=False), name="product_listed_at_some_time"
            ),
            models.CheckConstraint(condition=Q(tags__len__lte=MOST_TAGS), name="product_few_tags"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the product's page."""
        return reverse("shop:product", kwargs={"slug": self.slug})

    @property
    def subject(self) -> str:
        """Return whom its sale feeds, as the books call it; ask for it with ``campaign`` selected."""
        return self.campaign.slug if self.campaign else "fund"

    @property
    def maker(self) -> str:
        """Return who made it; ask for it with ``community`` selected."""
        return self.community.name if self.community else self.maker_name


class Variant(models.Model):
    """One size and colour of a product, at its price; its pieces are counted by its item.

    ``cost_kopecks`` is what a piece is thought to cost the fund, ``maker_kopecks`` of it what its maker gets: the
    estimate that the price's anatomy shows until the books know better.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="variants")
    item = models.OneToOneField(StockItem, models.PROTECT, related_name="variant")
    position = models.PositiveSmallIntegerField(_("place"), default=0)
    size = models.CharField(_("size"), max_length=30, blank=True)
    colour = models.CharField(_("colour"), max_length=30, blank=True)
    price_kopecks = models.BigIntegerField(_("price, kopecks"))
    cost_kopecks = models.BigIntegerField(_("cost, kopecks"), default=0)
    maker_kopecks = models.BigIntegerField(_("of it for the maker, kopecks"), default=0)
    is_on_sale = models.BooleanField(_("on sale"), default=True)

    class Meta:
        """The database's own rules."""

        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        constraints = [
            models.UniqueConstraint(fields=["product", "size", "colour"], name="variant_once"),
            models.CheckConstraint(
                condition=Q(price_kopecks__gte=LOWEST_PRICE_KOPECKS, price_kopecks__lte=HIGHEST_PRICE_KOPECKS),
                name="variant_price_sane",
            ),
            models.CheckConstraint(
                condition=Q(maker_kopecks__gte=0, cost_kopecks__gte=F("maker_kopecks")), name="variant_cost_adds_up"
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.pk)

    @property
    def name(self) -> str:
        """Return what tells it from its product's other variants; empty for the only one."""
        return ", ".join(word for word in (self.size, self.colour) if word)


class ShopListing(models.Model):
    """What a listed product is found by. Triggers write it (``migrations/0002_listing.sql``), never code.

    ``maker`` is the maker's name, ``subject`` whom it feeds. Prices are those of the variants on sale.
    """

    product = models.OneToOneField(Product, models.CASCADE, primary_key=True, related_name="listing")
    collection = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    maker = models.CharField(max_length=200)
    tags = ArrayField(models.CharField(max_length=30))
    lowest_price_kopecks = models.BigIntegerField()
    listed_at = models.DateTimeField()
    words = SearchVectorField()

    class Meta:
        """How it is searched."""

        indexes = [GinIndex(fields=["words"], name="shop_listing_words", fastupdate=False)]

    def __str__(self) -> str:
        return str(self.pk)
