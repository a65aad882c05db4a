"""Which report is asked for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fund.reports.models import Report
from fund.reports.naming import month_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fund.ledger.selectors import Project

LARGEST_NUMBER = 2**63 - 1


class MonthForm(forms.Form):
    """The fund's month."""

    month = forms.RegexField(
        r"^20\d\d-(0[1-9]|1[0-2])$", label=_("Month"), widget=forms.Select,
        error_messages={"invalid": _("This is not a month.")},
    )  # fmt: skip

    def __init__(self, *args: Any, months: Sequence[date] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "month-%s"
        self.has_months = bool(months)
        self.fields["month"].widget.choices = [(f"{month:%Y-%m}", month_words(month)) for month in months]

    def wanted(self) -> Report:
        """Return the report that the valid form describes."""
        year, month = self.cleaned_data["month"].split("-")
        return Report(kind=Report.Kind.MONTH, month=date(int(year), int(month), 1))


class ProjectForm(forms.Form):
    """A project to date."""

    subject = forms.SlugField(label=_("Project"), max_length=80, widget=forms.Select)

    def __init__(self, *args: Any, projects: Sequence[Project] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "project-%s"
        wanted = str(self.data.get("subject", "") or self.initial.get("subject", ""))[:80]
        choices = {wanted: wanted} if wanted else {}
        choices |= {project.subject: project.name for project in projects}
        self.fields["subject"].widget.choices = list(choices.items())

    def wanted(self) -> Report:
        """Return the report that the valid form describes."""
        return Report(kind=Report.Kind.PROJECT, subject=self.cleaned_data["subject"])


class ListForm(forms.Form):
    """Which reports are listed, and which page of them."""

    kind = forms.ChoiceField(choices=Report.Kind, required=False)
    subject = forms.SlugField(max_length=80, required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_NUMBER)
