"""What a buyer fills in on the order's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fund.sales.models import ReturnWish
from people.names import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fund.sales.showing import LineRow


class ReturnForm(forms.Form):
    """Which goods go back, and why."""

    reason = forms.ChoiceField(label=gettext_lazy("Why"), choices=ReturnWish.Reason.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=gettext_lazy("What is wrong with it, if something is"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, lines: Sequence[LineRow], **kwargs: Any) -> None:
        """Ask for each line of goods that the buyer still has."""
        super().__init__(*args, **kwargs)
        self.lines = [row for row in lines if row.line.item_id and not row.is_gone_back]
        for row in self.lines:
            most = row.line.quantity - row.returned
            self.fields[f"pieces-{row.line.pk}"] = forms.IntegerField(
                label=_("%(title)s (of %(most)s)") % {"title": row.line.title, "most": most},
                min_value=0,
                max_value=most,
                required=False,
                initial=0 if len(self.lines) > 1 else most,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    def rows(self) -> list[forms.BoundField]:
        """Return the lines' fields, for the page."""
        return [self[f"pieces-{row.line.pk}"] for row in self.lines]

    def clean_words(self) -> str:
        """Leave what can be seen."""
        return visible(self.cleaned_data["words"])

    def clean(self) -> dict[str, Any]:
        """Ask for at least one piece, and for words where something is faulty."""
        cleaned = super().clean() or {}
        if not self.errors and not any(self.pieces().values()):
            raise forms.ValidationError(_("Say how many pieces go back."))
        if cleaned.get("reason") == ReturnWish.Reason.FAULTY and not cleaned.get("words"):
            self.add_error("words", _("Write what is wrong with it."))
        return cleaned

    def pieces(self) -> dict[int, int]:
        """Return how many pieces of each line go back."""
        found = {row.line.pk: self.cleaned_data.get(f"pieces-{row.line.pk}") or 0 for row in self.lines}
        return {line_id: many for line_id, many in found.items() if many}
