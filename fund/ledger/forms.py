"""What a reader of the books may ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fund.ledger.selectors import OperationFilter

LARGEST_NUMBER = 2**63 - 1


class OperationsForm(forms.Form):
    """Which operations, and which page of them."""

    subject = forms.SlugField(
        label=_("Project"), required=False, max_length=80, widget=forms.TextInput(attrs={"list": "projects"})
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    number = forms.IntegerField(label=_("Entry No."), required=False, min_value=1, max_value=LARGEST_NUMBER)
    before = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_NUMBER, widget=forms.HiddenInput)
    after = forms.IntegerField(required=False, min_value=0, max_value=LARGEST_NUMBER, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("The period ends before it begins."))
        return cleaned

    def wanted(self) -> OperationFilter:
        """Return the filter that the valid form describes."""
        found = self.cleaned_data
        return OperationFilter(found["subject"], found["since"], found["until"], found["number"])
