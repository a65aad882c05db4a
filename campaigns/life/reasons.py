"""Why a step is taken, in a sentence that may be shown to everybody; for most steps it may be left out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.names import visible

LONGEST = 500


class ReasonField(forms.CharField):
    """A short reason: what can be seen of it, in one line."""

    def __init__(self, **kwargs: Any) -> None:
        plain: dict[str, Any] = {
            "label": _("Why, if you wish"),
            "help_text": _("Once the project is public, everybody reads it. A few words will do."),
            "max_length": LONGEST,
            "required": False,
            "widget": forms.Textarea({"rows": 3}),
        }
        super().__init__(**plain | kwargs)

    def to_python(self, value: Any) -> str:
        """Leave what can be seen."""
        return visible(super().to_python(value) or "")


class WhyForm(forms.Form):
    """Why an organiser takes a step with the own campaign, if they wish to say."""

    reason = ReasonField()
