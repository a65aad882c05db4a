"""What a reader may ask of an export."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fund.ledger.forms import LARGEST_NUMBER
from fund.reports.exports.formats import FORMATS


class ExportForm(forms.Form):
    """Which part of the books."""

    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    checkpoint = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_NUMBER, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("The period ends before it begins."))
        return cleaned


class DownloadForm(ExportForm):
    """Which part of the books, and in what form."""

    format = forms.CharField(required=False, max_length=20)

    def clean(self) -> dict[str, Any]:
        """Refuse a format that there is not."""
        cleaned = super().clean()
        if cleaned.get("format") and cleaned["format"] not in FORMATS:
            self.add_error(None, _("There is no such format."))
        return cleaned
