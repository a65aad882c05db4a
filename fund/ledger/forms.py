"""What a reader of the books may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fund.ledger.card import Place
from fund.ledger.search import OperationFilter
from fund.money import Kopecks, NotMoneyError, parse_roubles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fund.ledger.selectors import Project

LARGEST_NUMBER = 2**63 - 1


class RoublesField(forms.CharField):
    """A sum as a person types it; kopecks come out."""

    def clean(self, value: Any) -> Kopecks | None:
        """Return the sum in kopecks; None where an optional one is empty."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_roubles(text)
        except NotMoneyError as error:
            raise forms.ValidationError(gettext("Write the sum in roubles, for example 500 or 1 250,50.")) from error


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class PeriodForm(forms.Form):
    """A period of business dates, both days included; open where a day is left out."""

    since = _day(_("From"))
    until = _day(_("To"))

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("The period ends before it begins."))
        return cleaned


class OperationsForm(PeriodForm):
    """Which operations, and which page of them."""

    subject = forms.SlugField(label=_("Project"), required=False, max_length=80, widget=forms.Select)
    number = forms.IntegerField(label=_("Entry No."), required=False, min_value=1, max_value=LARGEST_NUMBER)
    amount = RoublesField(
        label=_("Sum, ₽"), required=False, max_length=30, widget=forms.TextInput({"inputmode": "decimal"})
    )
    before = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_NUMBER, widget=forms.HiddenInput)
    after = forms.IntegerField(required=False, min_value=0, max_value=LARGEST_NUMBER, widget=forms.HiddenInput)
    field_order = ("subject", "since", "until", "number", "amount")

    def __init__(self, *args: Any, projects: Sequence[Project] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = str(self.data.get("subject", ""))[:80]
        choices = {"": _("All projects"), wanted: wanted or _("All projects")}
        choices |= {project.subject: project.name for project in projects}
        self.fields["subject"].widget.choices = list(choices.items())

    def wanted(self) -> OperationFilter:
        """Return the filter that the valid form describes."""
        found = self.cleaned_data
        return OperationFilter(found["subject"], found["since"], found["until"], found["number"], found["amount"])


class StatementForm(PeriodForm):
    """A trial balance: of which period; the accounts of which synthetic one, and from where on."""

    head = forms.RegexField(r"^[0-9]{2}$", required=False, widget=forms.HiddenInput)
    after = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)


class CardForm(PeriodForm):
    """A card: of which period, and behind which line it goes on."""

    after = forms.RegexField(r"^[0-9]{1,18}-[0-9]{1,4}$", required=False, widget=forms.HiddenInput)

    def place(self) -> Place | None:
        """Return the line behind which the page begins; None for the first."""
        number, _dash, line = self.cleaned_data["after"].partition("-")
        return Place(int(number), int(line)) if number else None


class ErrataForm(forms.Form):
    """From where on reversals are listed."""

    before = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_NUMBER, widget=forms.HiddenInput)
