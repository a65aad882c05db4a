"""What a product is, as search engines read it (schema.org in JSON-LD)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.finding.structured import script_body
from fund.money import to_decimal_text

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from merch.catalogue.product import ProductPage, VariantRow


def product_json_ld(*, page: ProductPage) -> SafeString:
    """Return the product, an offer of each variant, and the way to it. No query."""
    address = settings.SITE_URL + page.product.get_absolute_url()
    return script_body({"@context": "https://schema.org", "@graph": [_way(page, address), _product(page, address)]})


def _way(page: ProductPage, address: str) -> dict[str, Any]:
    steps = [
        (_("Social capital"), settings.SITE_URL + reverse("pages:home")),
        (_("Souvenirs"), settings.SITE_URL + reverse("shop:list")),
        (page.product.title, address),
    ]
    items = [
        {"@type": "ListItem", "position": place, "name": str(name), "item": to}
        for place, (name, to) in enumerate(steps, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _product(page: ProductPage, address: str) -> dict[str, Any]:
    product = page.product
    found: dict[str, Any] = {
        "@type": "Product",
        "@id": f"{address}#product",
        "url": address,
        "name": product.title,
        "description": product.summary,
        "manufacturer": {"@type": "Organization", "name": product.maker},
    }
    if page.photos:
        found["image"] = [settings.SITE_URL + photo.src for photo in page.photos]
    if product.collection:
        found["category"] = product.collection.title
    if product.tags:
        found["keywords"] = ", ".join(product.tags)
    if page.rows:
        found["offers"] = [_offer(page, row, address) for row in page.rows]
    return found


def _offer(page: ProductPage, row: VariantRow, address: str) -> dict[str, Any]:
    variant = row.variant
    name = ", ".join(word for word in (page.product.title, variant.name) if word)
    return {
        "@type": "Offer",
        "url": f"{address}#variant-{variant.pk}",
        "name": name,
        "sku": variant.item.sku,
        "price": to_decimal_text(variant.price_kopecks),
        "priceCurrency": "RUB",
        "availability": f"https://schema.org/{_availability(page, row)}",
        "itemCondition": "https://schema.org/NewCondition",
        "seller": {"@type": "NGO", "name": settings.FUND["name"], "url": settings.SITE_URL},
    }


def _availability(page: ProductPage, row: VariantRow) -> str:
    if not page.is_sold:
        return "Discontinued"
    if not row.available:
        return "OutOfStock"
    return "LimitedAvailability" if row.is_few else "InStock"
