"""The forms of what may still be changed after the launch, each with its reason; and of the report."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.drafting.forms import DATE, DEAREST_KOPECKS, DELIVERY_DAYS, LineSet
from campaigns.drafting.terms import end_of
from campaigns.life.moves import LONGEST_REASON
from campaigns.markdown import LONGEST_TEXT
from campaigns.models import BudgetLine
from fund.ledger.forms import RoublesField
from fund.money import Kopecks, to_decimal_text
from people.fields import LineField, LinesField

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class ReasonForm(forms.Form):
    """Why something is changed; everybody reads it."""

    reason = LinesField(label=gettext_lazy("Why; everybody reads it"), max_length=LONGEST_REASON, rows=3)


class SummaryForm(ReasonForm):
    """Another sentence."""

    value = LineField(label=gettext_lazy("In one sentence"), max_length=300)
    field_order = ("value", "reason")


class StoryForm(ReasonForm):
    """Another story."""

    value = LinesField(label=gettext_lazy("Story"), max_length=LONGEST_TEXT, rows=14)
    field_order = ("value", "reason")


class DeliveryForm(ReasonForm):
    """Another day by which it will be done."""

    value = forms.DateField(label=gettext_lazy("It will be done by"), widget=forms.DateInput(DATE, format="%Y-%m-%d"))
    field_order = ("value", "reason")

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = timezone.localdate(now)

    def clean_value(self) -> Any:
        """Refuse a day that has passed, or lies beyond all measure."""
        day = self.cleaned_data["value"]
        if not self.today < day <= self.today + timedelta(days=DELIVERY_DAYS):
            raise forms.ValidationError(_("Name a day ahead, within three years."))
        return day


class ExtensionForm(ReasonForm):
    """Another last day of the collection, by the rule."""

    value = forms.DateField(
        label=gettext_lazy("New last day of the collection"), widget=forms.DateInput(DATE, format="%Y-%m-%d")
    )
    field_order = ("value", "reason")

    def closes_at(self) -> datetime:
        """Return the last minute of the chosen day."""
        return end_of(self.cleaned_data["value"])


class BudgetForms:
    """The budget once more, and why it changes; the sums of goal and minimum stay."""

    def __init__(self, data: Any = None, *, lines: Sequence[BudgetLine]) -> None:
        self.reason = ReasonForm(data, prefix="budget")
        first = [
            {
                "title": line.title,
                "note": line.note,
                "amount": to_decimal_text(line.amount_kopecks).replace(".", ",").removesuffix(",00"),
                "is_essential": line.is_essential,
            }
            for line in lines
        ]
        whole = None if data is None else data.dict() | {"lines-INITIAL_FORMS": "0"}  # an emptied line is left out
        self.lines: Any = LineSet(whole, prefix="lines", initial=first)
        self.lines.extra = 1

    def is_valid(self) -> bool:
        """Return whether lines and reason are whole."""
        is_reason, is_lines = self.reason.is_valid(), self.lines.is_valid()
        return is_reason and is_lines

    def rows(self) -> list[BudgetLine]:
        """Return the lines as rows that are not saved yet."""
        return [
            BudgetLine(
                position=position, title=line.title, note=line.note, amount_kopecks=line.amount_kopecks,
                is_essential=line.is_essential,
            )
            for position, line in enumerate(self.lines.lines(), start=1)
        ]  # fmt: skip


class ReportForm(forms.Form):
    """What was done, and what each line of the budget really cost."""

    text = LinesField(
        label=gettext_lazy("What was done"),
        help_text=gettext_lazy("What there is now, what went otherwise than planned, whom you thank."),
        max_length=LONGEST_TEXT,
        rows=12,
    )

    noted = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, lines: Sequence[BudgetLine], booked_kopecks: Kopecks, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.budget, self.booked_kopecks = lines, booked_kopecks
        for line in lines:
            self.fields[f"spent-{line.pk}"] = RoublesField(
                label=_("%(title)s: spent, ₽") % {"title": line.title},
                max_length=20,
                widget=forms.TextInput({"inputmode": "decimal"}),
            )

    def clean(self) -> dict[str, Any]:
        """Refuse sums below nought and beyond all measure."""
        cleaned = super().clean() or {}
        for name, value in list(cleaned.items()):  # a refused one leaves the dictionary
            if name.startswith("spent-") and value is not None and not 0 <= value <= DEAREST_KOPECKS:
                self.add_error(name, _("From nought to a hundred million."))
        return cleaned

    def noted_kopecks(self) -> Kopecks | None:
        """Return the sum of the lines where all are told and the books hold another one: a note, not an error."""
        found = self.cleaned_data if self.is_bound else {}
        sums = [found[f"spent-{line.pk}"] for line in self.budget if f"spent-{line.pk}" in found]
        is_told = self.is_bound and len(sums) == len(self.budget)
        return Kopecks(sum(sums)) if is_told and sum(sums) != self.booked_kopecks else None

    def is_settled(self) -> bool:
        """Return whether the valid form's sums are the books', or their writer has read that they are not."""
        return self.noted_kopecks() in {None, self.cleaned_data["noted"]}

    def spent(self) -> dict[int, Kopecks]:
        """Return kopecks by the number of the budget's line."""
        return {line.pk: Kopecks(self.cleaned_data[f"spent-{line.pk}"]) for line in self.budget}
