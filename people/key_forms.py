"""What a new key is for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

LIFETIMES = [(30, _("a month")), (180, _("half a year")), (365, _("a year"))]


class KeyForm(forms.Form):
    """A key's name, how long it lives, whether it may take weighty steps."""

    name = forms.CharField(
        label=_("What it is for"), max_length=60, widget=forms.TextInput(attrs={"class": "input"}), strip=True
    )
    days = forms.TypedChoiceField(
        label=_("How long it lives"), choices=LIFETIMES, coerce=int, widget=forms.Select(attrs={"class": "input"})
    )
    may_launch = forms.BooleanField(
        label=_("It may act in public too, without asking you anew"),
        help_text=_("Open and end collections, amend, move the deadline, report, publish updates, answer questions."),
        required=False,
    )
