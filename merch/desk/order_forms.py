"""What the brand manager sends about orders. Forms check shape and never write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fund.sales.models import Sale, SaleReturn
from fund.sales.models.stock import MOST_PIECES
from fund.sales.services import Back
from merch.desk.order_reads import TITLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from merch.desk.order_reads import OrderLine

Reason = SaleReturn.Reason
REASONS = {True: (Reason.SOLD_OUT, Reason.CANCELLED), False: (Reason.RETURNED, Reason.FAULTY)}
INCOMPLETE = dict.fromkeys(("invalid", "required"), gettext_lazy("The form is incomplete: open it anew."))


class OrdersForm(forms.Form):
    """Which orders."""

    number = forms.IntegerField(
        label=gettext_lazy("Number of the order"),
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        widget=forms.TextInput({"inputmode": "numeric"}),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[("", gettext_lazy("Under way")), *Sale.State.choices]
    )


class MoveForm(forms.Form):
    """Where an order goes; what is sent has the carrier's number."""

    to = forms.ChoiceField(choices=[(str(state), title) for state, title in TITLES.items()])
    track_number = forms.RegexField(
        r"^[0-9A-Za-z-]{5,40}$",
        label=gettext_lazy("Track number"),
        required=False,
        error_messages={"invalid": gettext_lazy("A track number has 5 to 40 letters, digits and dashes.")},
    )
    back = forms.ChoiceField(choices=[("today", "today"), ("order", "order")], required=False)

    def refusal(self) -> str:
        """Return what is wrong with what was sent, in a sentence."""
        return " ".join(str(error) for error in self.errors.get("track_number", [])) or _(
            "The form is incomplete: open it anew."
        )


class BackForm(forms.Form):
    """Which pieces of an order go back, and why; of what had left, also whether it can be sold again."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages=INCOMPLETE)
    reason = forms.ChoiceField(label=gettext_lazy("Why"))

    def __init__(self, *args: Any, lines: Sequence[OrderLine], is_before: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines, self.is_before = [line for line in lines if line.left], is_before
        reason: Any = self.fields["reason"]
        reason.choices = [(one.value, one.label) for one in REASONS[is_before]]
        for line in self.lines:
            self.fields[f"pieces-{line.line_id}"] = _pieces(line)
            if line.is_goods and not is_before:
                self.fields[f"spoiled-{line.line_id}"] = forms.BooleanField(
                    label=_("Spoiled: it can't be sold again"), required=False
                )

    def rows(self) -> list[dict[str, Any]]:
        """Return the lines with their own fields, for the page."""
        return [
            {
                "line": line,
                "pieces": self[f"pieces-{line.line_id}"],
                "spoiled": self[f"spoiled-{line.line_id}"] if f"spoiled-{line.line_id}" in self.fields else None,
            }
            for line in self.lines
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse a form that takes nothing back."""
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.get(f"pieces-{line.line_id}") for line in self.lines):
            raise forms.ValidationError(_("Say of which goods how many pieces go back."))
        return cleaned

    def backs(self) -> list[Back]:
        """Return what goes back; with the last goods of an order that has not left, its delivery."""
        found = self.cleaned_data
        many = {line.line_id: found.get(f"pieces-{line.line_id}") or 0 for line in self.lines}
        if self.is_before and all(many[line.line_id] == line.left for line in self.lines if line.is_goods):
            many |= {line.line_id: line.left for line in self.lines if not line.is_goods}
        return [
            Back(line_id, quantity, not found.get(f"spoiled-{line_id}", False))
            for line_id, quantity in many.items()
            if quantity
        ]

    def plan(self) -> list[dict[str, Any]]:
        """Return what a valid form would do, line by line."""
        by_id = {line.line_id: line for line in self.lines}
        return [
            {
                "title": by_id[back.line_id].title,
                "quantity": back.quantity,
                "is_spoiled": not back.is_in_stock,
                "kopecks": by_id[back.line_id].back_kopecks(back.quantity),
            }
            for back in self.backs()
        ]


def _pieces(line: OrderLine) -> forms.IntegerField:
    most = min(line.left, MOST_PIECES)
    return forms.IntegerField(
        label=_("How many pieces"),
        required=False,
        min_value=0,
        max_value=most,
        widget=forms.NumberInput({"inputmode": "numeric"}),
        error_messages={"max_value": _("The buyer has %(most)d of it.") % {"most": most}},
    )
