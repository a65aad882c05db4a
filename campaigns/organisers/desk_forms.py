"""What a council member fills in about an application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from campaigns.organisers.moves import LONGEST_REASON
from people.fields import LinesField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from campaigns.organisers.reviewing import Check


class ChecksForm(forms.Form):
    """What was looked at: all of it."""

    def __init__(self, *args: Any, wanted: Sequence[Check], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for check in wanted:
            self.fields[check.value] = forms.BooleanField(
                label=check.label, error_messages={"required": _("Look at it, and tick it.")}
            )

    def checks(self) -> list[str]:
        """Return what was ticked."""
        return [name for name, is_ticked in self.cleaned_data.items() if is_ticked]


class ReasonForm(forms.Form):
    """Why; the applicant reads it."""

    reason = LinesField(
        label=_("Why; the applicant reads this"), max_length=LONGEST_REASON, widget=UnfoldAdminTextareaWidget
    )
