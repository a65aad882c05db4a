"""Reasons and texts that nobody can see are none, wherever they are typed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from campaigns.drafting import amend_forms
from campaigns.drafting import forms as drafting
from campaigns.life import amending, moves, reporting
from campaigns.life.reviewing import submit_campaign
from campaigns.life.steps import ReasonForm
from campaigns.models import Amendment, Campaign, Organiser, ProjectReport, PurposeQuestion
from campaigns.organisers import desk_forms, reviewing
from campaigns.organisers import moves as organisers
from campaigns.repurposing import asking
from campaigns.repurposing.forms import ProposalForm
from campaigns.telling import forms as telling
from campaigns.wishes import forms as wishes
from fund.money import Kopecks
from people.names import visible_lines
from tests import make
from tests.campaigns.wishes import PAYEE

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import Form

pytestmark = pytest.mark.django_db
UNSEEN = ("", "  \n ", "\u200b", "\u202e\u200b", "\u2066\u2069", "\u3164", "\u2800\n\u2800", "\ufeff\u00ad")
CASES: dict[str, tuple[Callable[[dict[str, str]], Form], str]] = {
    "amendment": (amend_forms.ReasonForm, "reason"),
    "amended sentence": (amend_forms.SummaryForm, "value"),
    "why another sentence": (amend_forms.SummaryForm, "reason"),
    "amended story": (amend_forms.StoryForm, "value"),
    "why another story": (amend_forms.StoryForm, "reason"),
    "why another day": (lambda typed: amend_forms.DeliveryForm(typed, now=make.NOW), "reason"),
    "why another deadline": (amend_forms.ExtensionForm, "reason"),
    "why another budget": (lambda typed: amend_forms.BudgetForms(_plain(typed), lines=[]).reason, "reason"),
    "report": (lambda typed: amend_forms.ReportForm(typed, lines=[], booked_kopecks=Kopecks(0)), "text"),
    "title of a line": (drafting.LineForm, "title"),
    "title of a draft": (drafting.StartForm, "title"),
    "sentence of a draft": (drafting.StartForm, "summary"),
    "title": (lambda typed: drafting.DraftForm(typed, now=make.NOW), "title"),
    "sentence": (lambda typed: drafting.DraftForm(typed, now=make.NOW), "summary"),
    "story": (lambda typed: drafting.DraftForm(typed, now=make.NOW), "story"),
    "why the council says no": (ReasonForm, "reason"),
    "why an organiser is refused": (desk_forms.ReasonForm, "reason"),
    "why a purpose changes": (ProposalForm, "reason"),
    "why a gift is to go back": (wishes.AskForm, "reason"),
    "why it does not": (wishes.DeclineForm, "answer"),
    "whom the fund pays": (lambda typed: wishes.PayeeForm(PAYEE | typed), "name"),
    "headline": (telling.UpdateForm, "title"),
    "update": (telling.UpdateForm, "body"),
    "answer": (telling.AnswerForm, "answer"),
    "comment": (telling.CommentForm, "text"),
    "question": (telling.QuestionForm, "text"),
}


class _Typed(dict[str, str]):
    def dict(self) -> dict[str, str]:  # as a request's
        return self


def _plain(typed: dict[str, str]) -> Any:
    return _Typed({f"budget-{name}": value for name, value in typed.items()} | {"lines-TOTAL_FORMS": "0"})


@pytest.mark.parametrize("case", CASES)
def test_what_nobody_can_see_is_nothing(case: str) -> None:
    form, field = CASES[case]
    told = {text: form({field: text}).errors.get(field) for text in UNSEEN}
    seen = form({field: "\u202eЛипы\u200b"})

    assert [text for text, errors in told.items() if errors is None] == []
    assert field not in seen.errors
    assert seen.cleaned_data[field] == "Липы"


def test_lines_stay_lines() -> None:
    assert visible_lines(" А\u200b \r\n\r\nБ\tВ\u202e\u2800") == "А\n\nБ В"


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e \u2066"])
def test_no_service_takes_a_reason_that_nobody_can_see(unseen: str) -> None:
    live = make.campaign(by=make.organiser())
    assert live.organiser is not None
    member, own, now = make.staff("council_member"), moves.Actor(moves.ORGANISER, live.organiser.user), make.NOW
    review = submit_campaign(campaign_id=make.draft(by=live.organiser).pk, actor=own, now=now)
    council = moves.Actor(moves.COUNCIL, member)
    refused: list[tuple[type[Exception], Callable[[], object]]] = [
        (moves.NoReasonError, lambda: moves.move(
            campaign=review, action="reject", actor=council, now=now, reason=unseen)),
        (moves.NoReasonError, lambda: amending.amend_campaign(
            campaign_id=live.pk, actor=own, field="story", value="Иначе", reason=unseen, now=now)),
        (organisers.NoReasonError, lambda: reviewing.answer(
            organiser_id=live.organiser_id or 0, action="suspend", user=member, reason=unseen, now=now)),
        (moves.NoReasonError, lambda: asking.propose_question(
            campaign_id=live.pk, reason=unseen, answer_days=14, user=member, now=now)),
    ]  # fmt: skip
    for error, act in refused:
        with pytest.raises(error):
            act()
    make.end(live, at=now)
    later = now + timedelta(hours=1)
    moves.move(campaign=moves.lock_campaign(campaign_id=live.pk), action="deliver", actor=own, now=later)
    spent = {live.budget_lines.get().pk: Kopecks(0)}
    with pytest.raises(reporting.ReportError):
        reporting.report_campaign(campaign_id=live.pk, actor=own, text=unseen, spent=spent, now=now)

    assert set(Campaign.objects.values_list("status", flat=True)) == {"in_review", "delivering"}
    assert set(Organiser.objects.values_list("state", flat=True)) == {"verified"}
    assert [model.objects.count() for model in (Amendment, PurposeQuestion, ProjectReport)] == [0, 0, 0]
