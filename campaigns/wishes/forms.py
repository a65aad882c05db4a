"""What donors write when they want a gift back, and where to pay them; what the staff answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.organisers.numbers import NumberFaultError, check_account, check_bic, plain
from campaigns.wishes.paying import Payee
from people.fields import LineField, LinesField

DIGITS = {"inputmode": "numeric", "autocomplete": "off"}


class AskForm(forms.Form):
    """Why a gift is to go back."""

    reason = LinesField(
        label=gettext_lazy("Why you ask for it back"),
        max_length=500,
        help_text=gettext_lazy("The fund's treasurer reads it; it is shown nowhere."),
    )


class DeclineForm(forms.Form):
    """Why it does not go back."""

    answer = LinesField(label=gettext_lazy("What the donor will read"), max_length=500)


class PayeeForm(forms.Form):
    """Where the fund pays its debt."""

    name = LineField(
        label=gettext_lazy("Recipient, as the bank knows you"),
        max_length=120,
        help_text=gettext_lazy("Family name, name, patronymic."),
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    account = forms.CharField(
        label=gettext_lazy("Account number, 20 digits"), max_length=40, widget=forms.TextInput(DIGITS)
    )
    bic = forms.CharField(label=gettext_lazy("The bank's БИК, 9 digits"), max_length=20, widget=forms.TextInput(DIGITS))

    def clean(self) -> dict[str, Any]:
        """Refuse a БИК that is none, and an account whose key does not fit it."""
        cleaned = super().clean() or {}
        if "bic" in cleaned:
            cleaned["bic"] = plain(cleaned["bic"])
            try:
                check_bic(cleaned["bic"])
            except NumberFaultError:
                self.add_error("bic", _("A БИК has nine digits and begins with 04: look it up in your bank's app."))
        if "account" in cleaned and "bic" in self.cleaned_data:
            cleaned["account"] = plain(cleaned["account"])
            self._check_account(cleaned["account"], cleaned["bic"])
        return cleaned

    def _check_account(self, account: str, bic: str) -> None:
        try:
            check_account(account, bic=bic)
        except NumberFaultError:
            self.add_error("account", _("This is no account in roubles at the bank of that БИК: check the digits."))

    def payee(self) -> Payee:
        """Return whom the valid form names."""
        found = self.cleaned_data
        return Payee(found["name"], found["account"], found["bic"])
