"""Forms about documents; they check shape and never write."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

LONGEST = 100_000


class DraftForm(forms.Form):
    """What the next version says."""

    body = forms.CharField(
        label=_("Text"), max_length=LONGEST, strip=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 28})
    )
    note = forms.CharField(
        label=_("What changes, for readers"), max_length=300, required=False, widget=UnfoldAdminTextInputWidget
    )


class PublishForm(forms.Form):
    """From when the draft is in force, and which words the publisher looked at."""

    seen = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    in_force_at = forms.DateTimeField(
        label=_("In force from (Moscow time)"),
        help_text=_("Leave it empty to publish at once."),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%d.%m.%Y %H:%M", "%d.%m.%Y"],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
    )
