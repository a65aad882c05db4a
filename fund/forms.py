"""Money in forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fund.money import Kopecks, NotMoneyError, parse_roubles, to_decimal_text


class AmountField(forms.Field):
    """A sum in roubles, as people type it; whole kopecks go in and come out."""

    def prepare_value(self, value: Any) -> Any:
        """Return kopecks that are kept as people write roubles; what was typed stays as it is."""
        is_kept = isinstance(value, int) and not isinstance(value, bool)
        return to_decimal_text(Kopecks(value)).replace(".", ",").removesuffix(",00") if is_kept else value

    def to_python(self, value: Any) -> Any:
        """Return kopecks, or None where nothing was typed."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return parse_roubles(text)
        except NotMoneyError:
            raise forms.ValidationError(
                _("Write the sum in roubles, for example 500 or 1 250,50."), code="not_money"
            ) from None
