"""What each act of a campaign's life is called on its button, which service takes it, and how a refusal is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from campaigns.life import moves, opening, reviewing

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.utils.functional import _StrPromise

    from campaigns.models import Campaign


@dataclass(frozen=True)
class Act:
    """One act as a button: its words, and the service it calls."""

    title: _StrPromise
    lead: _StrPromise
    service: Callable[..., Campaign] = reviewing.step_campaign
    leads_to: str = ""  # the page that asks, for an act that is more than one step
    asks_why: bool = False  # who takes it may say why; whether they must: ``moves.py``


ACTS: dict[str, Act] = {
    "submit": Act(
        gettext_lazy("Hand in for review"),
        gettext_lazy("The council looks at it. Until it answers, nothing can be changed."),
        reviewing.submit_campaign,
    ),
    "withdraw": Act(
        gettext_lazy("Take back"),
        gettext_lazy("It becomes a draft again; who approved it must look at it anew."),
        asks_why=True,
    ),
    "approve": Act(
        gettext_lazy("Approve"),
        gettext_lazy("Two members of the council must approve; then the organiser may open it."),
        reviewing.approve_campaign,
        asks_why=True,
    ),
    "ask_changes": Act(
        gettext_lazy("Ask for changes"),
        gettext_lazy("The organiser reads what is missing, mends it and hands it in again."),
    ),
    "reject": Act(gettext_lazy("Reject"), gettext_lazy("The campaign will not be opened. The organiser reads why.")),
    "revise": Act(
        gettext_lazy("Change it once more"), gettext_lazy("It becomes a draft again, and needs the council's yes anew.")
    ),
    "launch": Act(
        gettext_lazy("Open for gifts"),
        gettext_lazy("The project appears on the site and takes gifts; from now on its terms stay as they are."),
        opening.launch_campaign,
    ),
    "fund": Act(
        gettext_lazy("End the collection"),
        gettext_lazy(
            "It takes no more gifts. Money that is paid later goes back by itself, or to the fund's common goals."
        ),
        opening.end_campaign,
        asks_why=True,
    ),
    "cancel": Act(
        gettext_lazy("Stop the project"),
        gettext_lazy("A second member confirms; then donors decide what becomes of their money."),
        leads_to="purposes:propose",
    ),
    "deliver": Act(
        gettext_lazy("Begin the work"),
        gettext_lazy("Everybody sees that the project is being carried out."),
        asks_why=True,
    ),
    "drop": Act(
        gettext_lazy("Give the draft up"),
        gettext_lazy("It will not be opened. The record of it stays."),
        asks_why=True,
    ),
}
REFUSALS = {
    reviewing.BudgetError: gettext_lazy("The budget does not add up to goal and minimum: mend one of them."),
    moves.OrganiserNotVerifiedError: gettext_lazy("The fund has to verify its organiser first."),
    moves.OrganiserSuspendedError: gettext_lazy("The fund has suspended you as an organiser: ask the council first."),
    moves.PastDeadlineError: gettext_lazy("The deadline has passed: set another one."),
    reviewing.ChecklistError: gettext_lazy("Look at everything on the list first."),
    reviewing.StaleReviewError: gettext_lazy("It was changed and handed in anew since you opened it: read it again."),
    reviewing.ApprovedBeforeError: gettext_lazy("You have approved it. Now another member must."),
    moves.NoReasonError: gettext_lazy("Say why: everybody reads it."),
    moves.NotAllowedError: gettext_lazy("This is not for you to do."),
}
