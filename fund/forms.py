"""Money in forms."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fund.money import Kopecks, NotMoneyError, format_roubles, parse_roubles, to_decimal_text


def gift_refusal(kopecks: int) -> str:
    """Return why a gift of so many kopecks can't be; nothing where it can."""
    least, most = settings.GIFT_MIN_KOPECKS, settings.GIFT_MAX_KOPECKS
    if least <= kopecks <= most:
        return ""
    words = {"least": format_roubles(least), "most": format_roubles(most)}
    return gettext("A gift may be from %(least)s to %(most)s.") % words


class KeyedForm(forms.Form):
    """A form that names what it begins by a one-time key, so that sent twice it begins it once."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def request_key(self) -> str:
        """Return the form's one-time key."""
        key: UUID = self.cleaned_data["key"]
        return f"form:{key}"

    def renew_key(self) -> None:
        """Let the form, shown again, name something else."""
        fresh = dict(self.data.items())
        fresh["key"] = str(uuid4())
        self.data = fresh


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
