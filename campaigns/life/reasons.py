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
    """Why a step is taken, if whoever takes it wishes to say; an early end alone needs it (``opening.py``)."""

    reason = ReasonField()

    def __init__(self, *args: Any, act: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if act == "fund":
            self.fields["reason"].label = _("Why")
            self.fields["reason"].help_text = _("Needed where the deadline is still ahead. Everybody reads it.")
