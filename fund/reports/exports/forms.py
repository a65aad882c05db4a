"""What a reader may ask of an export."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fund.ledger.forms import LARGEST_NUMBER, PeriodForm
from fund.reports.exports.formats import FORMATS


class ExportForm(PeriodForm):
    """Which part of the books."""

    checkpoint = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_NUMBER, widget=forms.HiddenInput)


class DownloadForm(ExportForm):
    """Which part of the books, and in what form."""

    format = forms.CharField(required=False, max_length=20)

    def clean(self) -> dict[str, Any]:
        """Refuse a format that there is not."""
        cleaned = super().clean()
        if cleaned.get("format") and cleaned["format"] not in FORMATS:
            self.add_error(None, _("There is no such format."))
        return cleaned
