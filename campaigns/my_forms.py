"""What a donor fills in on the way to their own gifts."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from people.emails import refuse_look_alike


class LinkForm(forms.Form):
    """Whose gifts are to be seen."""

    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("The one that you gave with your gift: the link goes there."),
        max_length=254,
        validators=[refuse_look_alike],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class YearForm(forms.Form):
    """Which year a statement is about."""

    year = forms.IntegerField(min_value=2000, max_value=9999)


class NameForm(forms.Form):
    """Whose name is to be hidden: of one gift, or of all where none is named."""

    gift = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)


class EraseForm(forms.Form):
    """To be forgotten is to be meant."""

    is_sure = forms.BooleanField(
        label=_("I understand that this can't be undone."),
        error_messages={"required": _("Tick that you understand it: what is erased can't be brought back.")},
    )
