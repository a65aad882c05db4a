"""What a donor changes of a monthly gift; checks shape, writes nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from fund.forms import AmountField
from fund.money import format_roubles


class SumForm(forms.Form):
    """Another sum each month; more needs the terms agreed to anew."""

    amount = AmountField(
        label=_("New sum, each month"),
        widget=forms.TextInput(attrs={"maxlength": 20, "inputmode": "decimal"}),
        error_messages={"required": _("Write the sum in roubles, for example 500 or 1 250,50.")},
    )
    recurring = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = _(
            "If the new sum is larger: I agree to the <a href='{}' target='_blank' rel='noopener'>terms of monthly "
            "gifts</a>, and that this sum is charged each month."
        )
        self.fields["recurring"].label = format_html(str(text), reverse("pages:legal", kwargs={"kind": "recurring"}))

    def clean_amount(self) -> int:
        """Keep the sum within the fund's limits."""
        amount: int = self.cleaned_data["amount"]
        least, most = settings.GIFT_MIN_KOPECKS, settings.GIFT_MAX_KOPECKS
        if not least <= amount <= most:
            text = _("A gift may be from %(least)s to %(most)s.")
            raise forms.ValidationError(text % {"least": format_roubles(least), "most": format_roubles(most)})
        return amount
