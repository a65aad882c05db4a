"""What donors answer and what the council writes. Forms check shape and never write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextareaWidget

from campaigns.life.moves import LONGEST_REASON
from campaigns.models import Choice
from campaigns.repurposing.asking import LONGEST_DAYS
from people.fields import LinesField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from campaigns.models import Campaign

MOVE = "move:"


class AnswerForm(forms.Form):
    """One of: back, to the fund, or to one of the live projects, each by its name in the address."""

    answer = forms.RegexField(
        r"\A(return|fund|move:[a-z0-9-]{1,60})\Z",
        strip=False,
        error_messages={
            "required": gettext_lazy("Choose one of the answers."),
            "invalid": gettext_lazy("Choose one of the answers."),
        },
    )

    def wanted(self) -> tuple[Choice, str]:
        """Return the choice of the valid form, and the project's name in the address where it is one."""
        answer = self.cleaned_data["answer"]
        return (Choice.MOVE, answer.removeprefix(MOVE)) if answer.startswith(MOVE) else (Choice(answer), "")


def options(*, targets: Sequence[Campaign]) -> list[dict[str, str]]:
    """Return what a donor chooses from, as the page shows it: value, words, a sentence more."""
    own = [
        {"value": Choice.RETURN.value, "label": str(Choice.RETURN.label), "note": _("To where you paid from.")},
        {
            "value": Choice.FUND.value,
            "label": str(Choice.FUND.label),
            "note": _("The fund spends it on its common goals, as its charter says; it stays in the open books."),
        },
    ]
    return own + [
        {
            "value": f"{MOVE}{target.slug}",
            "label": _("Give it to the project %(title)s") % {"title": f"«{target.title}»"},
            "note": target.summary,
        }
        for target in targets
    ]


class ProposalForm(forms.Form):
    """Why money can't be used as promised, and how long its donors may answer."""

    reason = LinesField(
        label=gettext_lazy("Why the money can't be used as promised; donors and everybody will read it"),
        max_length=LONGEST_REASON,
        widget=UnfoldAdminTextareaWidget,
    )
    answer_days = forms.IntegerField(
        label=gettext_lazy("Days for donors to answer"), widget=UnfoldAdminIntegerFieldWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        least = settings.PURPOSE_DAYS
        self.fields["answer_days"].initial = least
        self.fields["answer_days"].help_text = _("From %(least)s to %(most)s.") % {"least": least, "most": LONGEST_DAYS}

    def clean_answer_days(self) -> int:
        """Keep to what the fund promises."""
        days: int = self.cleaned_data["answer_days"]
        if not settings.PURPOSE_DAYS <= days <= LONGEST_DAYS:
            raise forms.ValidationError(self.fields["answer_days"].help_text)
        return days
