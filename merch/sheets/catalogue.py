"""The catalogue as a table is compared with it: everything by the names that the table uses, in a few queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from campaigns.models import Campaign
from communities.models import Community
from fund.sales.models import StockItem
from merch.models import Collection, Product, Variant

if TYPE_CHECKING:
    from collections.abc import Collection as Names

FUND = "fund"


@dataclass
class Catalogue:
    """What there is: variants by article number, ``of`` a product by its address; ``skus`` are all that are taken."""

    products: dict[str, Product]
    variants: dict[str, Variant]
    of: dict[str, list[Variant]]
    skus: set[str]
    communities: dict[str, int]
    campaigns: dict[str, int]
    collections: dict[str, int]
    subjects: dict[int, str] = field(default_factory=dict)

    def subject(self, product: Product) -> str:
        """Return whom a product feeds, as the books call it."""
        return self.subjects[product.campaign_id] if product.campaign_id else FUND


def load(*, slugs: Names[str], skus: Names[str], campaigns: Names[str]) -> Catalogue:
    """Return the catalogue, as far as these names reach. Seven queries, however long the table."""
    variants = Variant.objects.select_related("item", "product")
    named = variants.filter(item__sku__in=skus).values("product")
    products = {one.pk: one for one in Product.objects.filter(slug__in=slugs) | Product.objects.filter(pk__in=named)}
    by_sku, of = {}, {one.slug: [] for one in products.values()}  # type: dict[str, Variant], dict[str, list[Variant]]
    for one in Variant.objects.filter(product__in=products).select_related("item").order_by("position", "pk"):
        one.product = products[one.product_id]
        by_sku[one.item.sku] = one
        of[one.product.slug].append(one)
    taken = set(StockItem.objects.filter(sku__in=skus).values_list("sku", flat=True))
    fed = {one.campaign_id for one in products.values() if one.campaign_id}
    known = Campaign.objects.published().filter(slug__in=campaigns) | Campaign.objects.filter(pk__in=fed)
    projects = dict(known.values_list("slug", "pk"))
    return Catalogue(
        {one.slug: one for one in products.values()},
        by_sku,
        of,
        taken,
        dict(Community.objects.values_list("slug", "pk")),
        projects,
        dict(Collection.objects.values_list("slug", "pk")),
        {pk: slug for slug, pk in projects.items()},
    )
