"""What the brand manager fills in about products, variants and collections. Forms check shape and never write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Campaign
from communities.models import Community
from fund.ledger.forms import RoublesField
from fund.money import format_roubles
from fund.sales.models.stock import MOST_PIECES
from merch.editing import ProductWords, VariantWords
from merch.models import Collection, Product
from merch.models.catalogue import HIGHEST_PRICE_KOPECKS, LOWEST_PRICE_KOPECKS, MOST_TAGS, SLUG
from people.fields import LineField, LinesField

if TYPE_CHECKING:
    from merch.models import Variant

SKU = r"^[0-9A-Z][0-9A-Z-]*$"
LONGEST_TAG = 30
MOST_GRAMS = 30_000
CAMPAIGNS = 200  # the newest, to choose from
slug_shape = RegexValidator(SLUG, gettext_lazy("Small Latin letters, digits and single dashes only."))
WORDS = ("title", "summary", "description", "slug", "maker_name")
SUMS = ("price", "cost", "maker")
ROWS = ("community", "campaign", "collection")
MONEY = forms.TextInput({"inputmode": "decimal"})


class ProductForm(forms.Form):
    """A souvenir, without its variants."""

    title = LineField(label=gettext_lazy("Title"), max_length=80)
    summary = LineField(label=gettext_lazy("In a sentence"), max_length=300)
    description = LinesField(label=gettext_lazy("Description"), max_length=20_000, required=False, rows=6)
    community = forms.ModelChoiceField(
        Community.objects.order_by("name", "pk"),
        label=gettext_lazy("Community that made it"),
        required=False,
        empty_label=gettext_lazy("None of the directory"),
    )
    maker_name = LineField(
        label=gettext_lazy("Or who made it, by name"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("A workshop or a master; either this or a community."),
    )
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(),
        label=gettext_lazy("What its sale feeds"),
        required=False,
        empty_label=gettext_lazy("The fund"),
        help_text=gettext_lazy("Holds for what is sold from now on; orders that are placed stay as they are."),
    )
    collection = forms.ModelChoiceField(
        Collection.objects.order_by("position", "title"),
        label=gettext_lazy("Collection"),
        required=False,
        empty_label=gettext_lazy("None"),
    )
    tags = forms.CharField(
        label=gettext_lazy("Tags"), max_length=400, required=False, help_text=gettext_lazy("Words with commas between.")
    )
    slug = forms.CharField(
        label=gettext_lazy("Address on the site"),
        max_length=60,
        required=False,
        validators=[slug_shape],
        help_text=gettext_lazy("Made from the title where it is empty. It stays once the product has been on sale."),
    )

    def __init__(self, *args: Any, product: Product | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newest = Campaign.objects.published().order_by("-launched_at", "-pk").values("pk")[:CAMPAIGNS]
        kept = Campaign.objects.filter(pk__in=[product.campaign_id] if product and product.campaign_id else [])
        campaigns: Any = self.fields["campaign"]
        campaigns.queryset = (Campaign.objects.filter(pk__in=newest) | kept).order_by("title", "pk")
        if product is not None:
            self.initial.update(initial_of(product))
            self.fields["slug"].disabled = product.listed_at is not None

    def clean_tags(self) -> tuple[str, ...]:
        """Return small words, each once.

        :raises ValidationError: if they are too many or too long.
        """
        words = [" ".join(word.split()).lower() for word in self.cleaned_data["tags"].split(",")]
        tags = tuple(dict.fromkeys(word for word in words if word))
        if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
            raise forms.ValidationError(_("At most ten tags, each of thirty letters at most."))
        return tags

    def clean(self) -> dict[str, Any]:
        """Refuse a product of two makers, or of none."""
        cleaned = super().clean() or {}
        if "maker_name" not in self.errors and bool(cleaned.get("community")) == bool(cleaned.get("maker_name")):
            self.add_error("maker_name", _("Choose a community, or write a name: one of the two."))
        return cleaned

    def words(self) -> ProductWords:
        """Return what the valid form says."""
        found = self.cleaned_data
        said: dict[str, Any] = {name: found[name] for name in (*WORDS, "tags")}
        said |= {f"{name}_id": found[name].pk if found[name] else None for name in ROWS}
        return ProductWords(**said)


class VariantForm(forms.Form):
    """One size and colour of a product."""

    sku = forms.CharField(
        label=gettext_lazy("Article number"),
        max_length=40,
        widget=forms.TextInput({"autocapitalize": "characters"}),
        help_text=gettext_lazy("Latin letters, digits and dashes, as on the label."),
    )
    size = LineField(label=gettext_lazy("Size"), max_length=30, required=False)
    colour = LineField(label=gettext_lazy("Colour"), max_length=30, required=False)
    price = RoublesField(label=gettext_lazy("Price, ₽"), max_length=30, widget=MONEY)
    cost = RoublesField(label=gettext_lazy("What a piece costs the fund, ₽"), max_length=30, widget=MONEY)
    maker = RoublesField(label=gettext_lazy("Of it for the maker, ₽"), max_length=30, widget=MONEY)
    grams = forms.IntegerField(label=gettext_lazy("Weight, grams"), min_value=1, max_value=MOST_GRAMS)
    low_at = forms.IntegerField(
        label=gettext_lazy("Say that few are left from"), min_value=0, max_value=MOST_PIECES, initial=3
    )
    is_on_sale = forms.BooleanField(label=gettext_lazy("On sale"), required=False, initial=True)

    def __init__(self, *args: Any, variant: Variant | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if variant is not None:
            self.initial.update({name: getattr(variant, name) for name in ("size", "colour", "is_on_sale")})
            self.initial.update({name: getattr(variant.item, name) for name in ("sku", "grams", "low_at")})
            self.initial.update({name: typed(getattr(variant, f"{name}_kopecks")) for name in SUMS})

    def clean_sku(self) -> str:
        """Return it in capital letters.

        :raises ValidationError: if it has others than Latin ones.
        """
        sku = str(self.cleaned_data["sku"]).strip().upper()
        RegexValidator(SKU, _("Latin letters, digits and dashes only."))(sku)
        return sku

    def clean(self) -> dict[str, Any]:
        """Refuse prices that no souvenir has, and a maker's part that is more than the whole."""
        cleaned = super().clean() or {}
        least, most = LOWEST_PRICE_KOPECKS, HIGHEST_PRICE_KOPECKS
        if not least <= cleaned.get("price", least) <= most:
            bounds = {"least": format_roubles(least), "most": format_roubles(most)}
            self.add_error("price", _("A price is from %(least)s to %(most)s.") % bounds)
        if cleaned.get("cost", 0) > HIGHEST_PRICE_KOPECKS or cleaned.get("maker", 0) > cleaned.get("cost", 0):
            self.add_error("maker", _("The maker's part is within what a piece costs."))
        return cleaned

    def words(self) -> VariantWords:
        """Return what the valid form says."""
        said = {f"{name}_kopecks" if name in SUMS else name: value for name, value in self.cleaned_data.items()}
        return VariantWords(**said)


class CollectionForm(forms.Form):
    """Products that belong together."""

    title = LineField(label=gettext_lazy("Title"), max_length=100)
    summary = LineField(label=gettext_lazy("In a sentence"), max_length=300, required=False)
    slug = forms.CharField(
        label=gettext_lazy("Address on the site"), max_length=60, required=False, validators=[slug_shape]
    )
    position = forms.IntegerField(label=gettext_lazy("Place among the others"), min_value=0, max_value=1000, initial=0)


class ProductsForm(forms.Form):
    """Which products."""

    text = forms.CharField(label=gettext_lazy("Title, tag or article number"), max_length=80, required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[("", gettext_lazy("Any")), *Product.State.choices]
    )
    collection = forms.ModelChoiceField(
        Collection.objects.order_by("position", "title"),
        label=gettext_lazy("Collection"),
        required=False,
        empty_label=gettext_lazy("Any"),
    )


def initial_of(product: Product) -> dict[str, Any]:
    """Return a product as its form shows it."""
    rows = {name: getattr(product, f"{name}_id") for name in ROWS}
    return {name: getattr(product, name) for name in WORDS} | rows | {"tags": ", ".join(product.tags)}


def typed(kopecks: int) -> str:
    """Return a sum as a person would type it."""
    return format_roubles(kopecks).removesuffix("₽").strip()
