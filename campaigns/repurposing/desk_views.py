"""Questions to donors at the desk: proposed by one of the council, confirmed by another, then looked after by all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.handing import soon
from campaigns.life.moves import COUNCIL, Actor, MoveError, is_own
from campaigns.models import Campaign, PurposeQuestion
from campaigns.repurposing import asking, selectors
from campaigns.repurposing.forms import ProposalForm
from people.access import person
from people.desk_pages import desk_page, render_desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

REFUSALS: dict[type[MoveError], _StrPromise] = {
    asking.QuestionOpenError: gettext_lazy("There is a question about this project already."),
    asking.NothingLeftError: gettext_lazy("This project has no money to decide about."),
    asking.OwnQuestionError: gettext_lazy("A second member confirms, and nobody who runs the project."),
    asking.QuestionDecidedError: gettext_lazy("Somebody did it before."),
}


@require_safe
@desk_page("campaigns.view_purposequestion")
def question_list(request: HttpRequest) -> HttpResponse:
    """Show questions, what is not done first."""
    return render_desk(
        request,
        "desk/purposes.html",
        title=_("Change of purpose"),
        questions=selectors.desk_questions(),
        left=selectors.with_money_left() if request.user.has_perm("campaigns.ask_purpose") else [],
    )


@require_safe
@desk_page("campaigns.view_purposequestion")
def question_detail(request: HttpRequest, question_id: int) -> HttpResponse:
    """Show one question: its words, the answers, how far it is carried out, and what the reader may do."""
    found = _find(question_id)
    is_proposed, user = found.state == "proposed", person(request)
    may_decide = is_proposed and user.has_perm("campaigns.ask_purpose")
    may_decide = may_decide and not is_own(found.campaign, Actor(COUNCIL, user))
    return render_desk(
        request,
        "desk/purpose.html",
        title=_("Change of purpose: %(title)s") % {"title": found.campaign.title},
        question=found,
        row=selectors.question_row(question=found),
        may_confirm=may_decide and found.proposed_by_id != user.pk,
        may_withdraw=may_decide,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("campaigns.ask_purpose", fresh=True)
def propose(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Propose to stop a project, or to ask about what is left of one that is over."""
    campaign = get_object_or_404(Campaign.objects.published(), pk=campaign_id)
    form = ProposalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        words = form.cleaned_data
        try:
            made = asking.propose_question(
                campaign_id=campaign.pk, reason=words["reason"], answer_days=words["answer_days"],
                user=person(request), now=timezone.now(),
            )  # fmt: skip
        except MoveError as error:
            form.add_error(None, _words(error))
        else:
            messages.success(request, _("Proposed. Another member of the council confirms it."))
            return redirect(made)
    lead = _("Nothing happens until another member confirms. Then donors are asked what becomes of their money.")
    if campaign.is_owed and campaign.status == Campaign.Status.LIVE:
        lead = _("Nothing happens until another member confirms. Then every gift goes back, as after a missed goal.")
    return render_desk(
        request,
        "desk/form.html",
        title=_("Stop the project %(title)s") % {"title": f"«{campaign.title}»"},
        is_refused=bool(form.errors),
        lead=lead,
        submit=_("Propose"),
        back="",
        form=form,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("campaigns.ask_purpose", fresh=True)
def confirm(request: HttpRequest, question_id: int) -> HttpResponse:
    """Ask once, then confirm: the project is cancelled where it was not over, and its donors are asked."""
    lead = _("This can't be undone: the project is cancelled, and letters go out to its donors.")
    return _decide(request, question_id, asking.confirm_question, lead, _("Confirm"))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("campaigns.ask_purpose", fresh=True)
def withdraw(request: HttpRequest, question_id: int) -> HttpResponse:
    """Ask once, then take a proposal back."""
    lead = _("The proposal is taken back. The project goes on as it was.")
    return _decide(request, question_id, asking.withdraw_question, lead, _("Withdraw"))


def _decide(
    request: HttpRequest, question_id: int, service: Callable[..., PurposeQuestion], lead: str, submit: str
) -> HttpResponse:
    found, error = _find(question_id), ""
    if request.method == "POST":
        try:
            service(question_id=found.pk, user=person(request), now=timezone.now())
        except MoveError as refused:
            error = _words(refused)
        else:
            soon("campaigns.go_on_with_question", question_id=found.pk)
            messages.success(request, _("Done."))
            return redirect(found)
    return render_desk(
        request,
        "desk/form.html",
        title=f"{submit}: {found.campaign.title}",
        is_refused=bool(error),
        error=error,
        lead=lead,
        submit=submit,
        back=found.get_absolute_url(),
        form=None,
    )


def _words(error: MoveError) -> str:
    return str(REFUSALS.get(type(error), _("Somebody did it before.")))


def _find(question_id: int) -> PurposeQuestion:
    people = PurposeQuestion.objects.select_related("campaign__organiser", "proposed_by", "confirmed_by")
    return get_object_or_404(people, pk=question_id)
