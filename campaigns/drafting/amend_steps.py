"""What an organiser changes after the launch, wherever it was sent from: on the site or by a program of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from campaigns.life import acts, amending, reporting
from campaigns.life.moves import ORGANISER, Actor
from campaigns.life.reviewing import BudgetError

if TYPE_CHECKING:
    from datetime import datetime

    from django.forms import Form
    from django.utils.functional import _StrPromise

    from campaigns.drafting.amend_forms import BudgetForms, ExtensionForm, ReportForm
    from campaigns.life.moves import MoveError
    from campaigns.models import Amendment, Campaign, ProjectReport
    from people.models import User

REFUSALS: dict[type[MoveError], _StrPromise] = acts.REFUSALS | {
    amending.NothingChangedError: gettext_lazy("Nothing is changed by this."),
    BudgetError: gettext_lazy("The lines must add up to the same goal and the same minimum: donors gave for these."),
    amending.ExtensionError: gettext_lazy("A deadline is moved once, before it has passed, by 31 days at most."),
    reporting.ReportError: gettext_lazy(
        "Write what was done, and a sum for each line: nought where nothing was spent."
    ),
    reporting.PictureNotReadyError: gettext_lazy("A picture is still being prepared: try again in a few seconds."),
}


def amend(*, campaign: Campaign, field: str, form: Form, user: User, now: datetime) -> Amendment:
    """Change the sentence, the story or the day of delivery as the valid form says.

    :raises MoveError: one of its kinds, as :func:`amending.amend_campaign`.
    """
    found = form.cleaned_data
    return amending.amend_campaign(
        campaign_id=campaign.pk, actor=Actor(ORGANISER, user), field=field, value=found["value"],
        reason=found["reason"], now=now,
    )  # fmt: skip


def amend_budget(*, campaign: Campaign, forms: BudgetForms, user: User, now: datetime) -> Amendment:
    """Change what the money is for as the valid forms say.

    :raises MoveError: one of its kinds, as :func:`amending.amend_budget`.
    """
    return amending.amend_budget(
        campaign_id=campaign.pk, actor=Actor(ORGANISER, user), lines=forms.rows(),
        reason=forms.reason.cleaned_data["reason"], now=now,
    )  # fmt: skip


def extend(*, campaign: Campaign, form: ExtensionForm, user: User, now: datetime) -> Amendment:
    """Move the deadline as the valid form says.

    :raises MoveError: one of its kinds, as :func:`amending.extend_campaign`.
    """
    return amending.extend_campaign(
        campaign_id=campaign.pk, actor=Actor(ORGANISER, user), closes_at=form.closes_at(),
        reason=form.cleaned_data["reason"], now=now,
    )  # fmt: skip


def report(*, campaign: Campaign, form: ReportForm, user: User, now: datetime) -> ProjectReport:
    """Publish the report that the valid form holds.

    :raises MoveError: one of its kinds, as :func:`reporting.report_campaign`.
    """
    return reporting.report_campaign(
        campaign_id=campaign.pk, actor=Actor(ORGANISER, user), text=form.cleaned_data["text"], spent=form.spent(),
        now=now,
    )  # fmt: skip
