"""Papers about the stock: rows for chosen items, a document, a day, and a key that lets them move once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fund.ledger.forms import RoublesField
from fund.money import Kopecks
from fund.payments.desk_forms import DOCUMENT_NUMBER
from fund.sales.services import Received
from merch.desk.order_forms import INCOMPLETE
from merch.desk.product_forms import MONEY, typed
from merch.models.catalogue import HIGHEST_PRICE_KOPECKS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from fund.sales.models import StockItem

MOST_AT_ONCE = 100_000


class StockForm(forms.Form):
    """Which items."""

    text = forms.CharField(label=gettext_lazy("Title or article number"), max_length=80, required=False)
    only = forms.ChoiceField(
        label=gettext_lazy("Which ones"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("low", gettext_lazy("Running low")),
            ("there", gettext_lazy("In stock")),
            ("gone", gettext_lazy("None left")),
        ],
    )


class RowsForm(forms.Form):
    """A paper with a row for each item; a row without a number is left out."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages=INCOMPLETE)
    document = forms.RegexField(
        DOCUMENT_NUMBER,
        label=gettext_lazy("Number of the paper"),
        max_length=20,
        error_messages={"invalid": gettext_lazy("Letters, digits, spaces and № / . - only.")},
    )
    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    least = 1
    asks_price = False

    def __init__(self, *args: Any, items: Sequence[StockItem], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items, self.today = items, today
        for item in items:
            self.fields[f"pieces-{item.pk}"] = forms.IntegerField(
                label=_("How many pieces"),
                required=False,
                min_value=self.least,
                max_value=MOST_AT_ONCE,
                widget=forms.NumberInput({"inputmode": "numeric"}),
            )
            if self.asks_price:
                variant = item.variant
                for name, label in (("price", _("One costs, ₽")), ("maker", _("Of it for the maker, ₽"))):
                    self.fields[f"{name}-{item.pk}"] = RoublesField(
                        label=label, required=False, max_length=30, widget=MONEY, initial=_known(variant, name)
                    )

    def clean_day(self) -> date:
        """Refuse a day to come.

        :raises ValidationError: if it is one.
        """
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError(_("The paper can't be of a day to come."))
        return day

    def clean(self) -> dict[str, Any]:
        """Refuse a paper without rows."""
        cleaned = super().clean() or {}
        if not self.errors and not self.pieces():
            raise forms.ValidationError(_("Write how many pieces there are of at least one thing."))
        return cleaned

    def pieces(self) -> dict[int, int]:
        """Return the numbers that were written, by item."""
        found = {item.pk: self.cleaned_data.get(f"pieces-{item.pk}") for item in self.items}
        return {item_id: number for item_id, number in found.items() if number is not None}

    def rows(self) -> list[dict[str, Any]]:
        """Return items with their own fields, for the page."""
        names = ("pieces", "price", "maker") if self.asks_price else ("pieces",)
        return [{"item": item, "fields": [self[f"{name}-{item.pk}"] for name in names]} for item in self.items]

    def said(self) -> dict[str, Any]:
        """Return what every paper says."""
        found = self.cleaned_data
        return {"document": found["document"], "key": found["key"].hex, "business_date": found["day"]}


class ReceiveForm(RowsForm):
    """A supplier's paper."""

    asks_price = True

    def clean(self) -> dict[str, Any]:
        """Refuse pieces without a price, and a maker's part that is more than the price."""
        cleaned = super().clean()
        for item_id in self.pieces():
            price, maker = cleaned.get(f"price-{item_id}"), cleaned.get(f"maker-{item_id}") or 0
            if price is None or price > HIGHEST_PRICE_KOPECKS:
                self.add_error(f"price-{item_id}", _("Write what one costs; nothing is 0."))
            elif maker > price:
                self.add_error(f"maker-{item_id}", _("The maker's part is within what a piece costs."))
        return cleaned

    def received(self) -> list[Received]:
        """Return what came."""
        found = self.cleaned_data
        return [
            Received(item_id, number, Kopecks(found[f"price-{item_id}"]), Kopecks(found[f"maker-{item_id}"] or 0))
            for item_id, number in self.pieces().items()
        ]


class CountForm(RowsForm):
    """A stocktake: nought is a number too. It remembers what the books held when it was opened."""

    least = 0

    def __init__(self, *args: Any, items: Sequence[StockItem], **kwargs: Any) -> None:
        super().__init__(*args, items=items, **kwargs)
        for item in items:
            self.fields[f"seen-{item.pk}"] = forms.IntegerField(
                initial=item.pieces, widget=forms.HiddenInput, error_messages=INCOMPLETE
            )

    def seen(self) -> dict[int, int]:
        """Return how many pieces there were by the books, by item."""
        return {item.pk: self.cleaned_data[f"seen-{item.pk}"] for item in self.items}

    def rows(self) -> list[dict[str, Any]]:
        """Return items with their own fields, and what the books held, for the page."""
        return [row | {"seen": self[f"seen-{row['item'].pk}"]} for row in super().rows()]

    def ask_anew(self, item_ids: Sequence[int]) -> None:
        """Let items be counted once more that moved meanwhile, from what the books hold now."""
        data: dict[str, Any] = self.data.dict() if isinstance(self.data, QueryDict) else dict(self.data)
        for item in self.items:
            if item.pk in item_ids:
                data[f"seen-{item.pk}"], data[f"pieces-{item.pk}"] = str(item.pieces), ""
                self.add_error(f"pieces-{item.pk}", _("Pieces moved while you counted: count it once more."))
        self.data = data


def _known(variant: Any, name: str) -> str:
    return typed(variant.cost_kopecks if name == "price" else variant.maker_kopecks)
