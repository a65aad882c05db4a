"""Role × state × act: who takes which step, as one table; asked of the code, and of the organiser's pages by HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.test import Client

from campaigns.drafting.selectors import OFFERED
from campaigns.life import moves, reviewing
from campaigns.life.moves import Actor, Status
from campaigns.models import Campaign
from tests import make

if TYPE_CHECKING:
    from campaigns.models import Organiser
    from people.models import User

pytestmark = pytest.mark.django_db
OWN: dict[str, set[str]] = {
    "draft": {"submit", "drop"},
    "in_review": {"withdraw"},
    "changes_asked": {"submit", "drop"},
    "approved": {"revise", "launch", "drop"},
    "live": {"fund", "close"},
    "funded": {"deliver"},
    "delivering": {"report"},
}
COUNCILS: dict[str, set[str]] = {
    "in_review": {"ask_changes", "reject", "approve"},
    "live": {"fund", "close", "cancel"},
    "funded": {"cancel"},
    "delivering": {"cancel"},
}
SYSTEMS: dict[str, set[str]] = {"approved": {"launch"}, "live": {"fund", "close"}}
OWED_LIVE = {"organiser": set(), "council_member": {"cancel"}, "system": {"miss"}}
NOBODYS: dict[str, set[str]] = {}
TAKEN = {"fund": "close"}  # nothing was raised: what ends is not funded
SUSPENDED: dict[str, set[str]] = {"in_review": {"withdraw"}, "delivering": {"report"}}


def cast(campaign: Campaign) -> dict[str, tuple[Actor, dict[str, set[str]]]]:
    """Return everybody with what the table lets them do in each state."""
    assert campaign.organiser is not None
    own = campaign.organiser.user
    return {
        "owner": (Actor(moves.ORGANISER, own), OWN),
        "another organiser": (Actor(moves.ORGANISER, make.organiser().user), NOBODYS),
        "nobody as organiser": (Actor(moves.ORGANISER), NOBODYS),
        "council": (Actor(moves.COUNCIL, make.user()), COUNCILS),
        "council that runs it": (Actor(moves.COUNCIL, own), NOBODYS),
        "system": (moves.SYSTEM, SYSTEMS),
        "stranger": (Actor("donor", make.user()), NOBODYS),
    }


def takes(campaign: Campaign, actor: Actor, action: str) -> bool:
    """Return whether an act is taken; what is offered and what is taken are the same."""
    try:
        moves.require(campaign=campaign, action=action, actor=actor, reason="Так решили")
    except moves.MoveError:
        is_taken = False
    else:
        is_taken = True
    assert is_taken == (action in moves.possible(campaign=campaign, actor=actor)), (campaign.status, actor.role)
    return is_taken


@pytest.mark.parametrize("action", sorted(moves.MOVES))
def test_each_act_is_for_its_roles_in_its_states_alone(action: str) -> None:
    campaign = make.draft(by=make.organiser())
    everybody, wrong = cast(campaign), []
    for status in Status:
        for is_owed in (False, True):
            campaign.status = status
            campaign.funding = "all_or_nothing" if is_owed else "flexible"
            for name, (actor, table) in everybody.items():
                may = table.get(status.value, set())
                if is_owed and status == Status.LIVE and may:
                    may = OWED_LIVE[actor.role]
                if takes(campaign, actor, action) != (action in may):
                    wrong.append((status.value, is_owed, name))

    assert wrong == []


@pytest.mark.parametrize("action", sorted(moves.MOVES))
def test_a_suspended_organiser_takes_back_and_reports_and_others_go_on(action: str) -> None:
    campaign = make.draft(by=make.organiser())
    assert campaign.organiser is not None
    campaign.organiser.state = "suspended"
    campaign.funding = "flexible"
    owner, council = Actor(moves.ORGANISER, campaign.organiser.user), Actor(moves.COUNCIL, make.user())
    people, wrong = [(owner, SUSPENDED), (council, COUNCILS)], []
    for status in Status:
        campaign.status = status
        for actor, table in people:
            if takes(campaign, actor, action) != (action in table.get(status.value, set())):
                wrong.append((status.value, actor.role))

    assert wrong == []


def test_what_was_handed_in_before_is_not_handed_in_again_by_the_suspended() -> None:
    campaign = make.draft(by=make.organiser())
    assert campaign.organiser is not None
    campaign.organiser.state = "suspended"
    with pytest.raises(moves.OrganiserSuspendedError):
        moves.require(campaign=campaign, action="submit", actor=Actor(moves.ORGANISER, campaign.organiser.user))


WAYS: dict[Status, list[str]] = {
    Status.DRAFT: [],
    Status.IN_REVIEW: ["in_review"],
    Status.CHANGES_ASKED: ["in_review", "ask_changes"],
    Status.REJECTED: ["in_review", "reject"],
    Status.APPROVED: ["approved"],
    Status.LIVE: ["approved", "launch"],
    Status.FUNDED: ["approved", "launch", "fund"],
    Status.DELIVERING: ["approved", "launch", "fund", "deliver"],
    Status.CANCELLED: ["drop"],
}


def standing(status: Status, by: Organiser, member: User) -> Campaign:
    """Return a campaign that came to a state by its own way."""
    due = make.NOW.date() + timedelta(days=90)
    found = make.draft(status.value.replace("_", "-"), by=by, theme="Экология", delivery_due_date=due)
    owner, council = Actor(moves.ORGANISER, by.user), Actor(moves.COUNCIL, member)
    for hours, way in enumerate(WAYS[status], start=1):
        at = make.NOW + timedelta(minutes=hours)
        if way == "in_review":
            reviewing.submit_campaign(campaign_id=found.pk, actor=owner, now=at)
        elif way == "approved":
            make.approve(found)
        elif way == "launch":
            make.launch(found)
        elif way == "fund":
            make.end(found, at=at)
        else:
            actor = council if moves.COUNCIL in moves.MOVES[way].roles else owner
            reviewing.step_campaign(campaign_id=found.pk, action=way, actor=actor, reason="Так решили", now=at)
    found.refresh_from_db()
    assert found.status == status
    return found


@pytest.mark.parametrize("act", [*OFFERED, "approve", "reject", "cancel", "report"])
def test_a_step_by_http_is_the_owners_in_its_state_alone(act: str) -> None:
    by, member = make.organiser(), make.staff("council_member")
    other = make.organiser("Другие")
    assert by.user is not None
    assert other.user is not None
    rows = {status: standing(status, by, member) for status in WAYS}

    def press(client: Client, status: Status) -> int:
        return client.post(f"/me/projects/{rows[status].slug}/step/{act}/").status_code

    others = [
        make.sign_in(Client(), other.user, second_factor=False),
        make.sign_in(Client(), make.user(), second_factor=False),
        make.sign_in(Client(), member),
    ]
    before = dict(Campaign.objects.values_list("pk", "status"))
    cache.clear()
    told = {(number, status): press(client, status) for number, client in enumerate(others) for status in rows}

    assert set(told.values()) == {404}
    assert Client().post(f"/me/projects/draft/step/{act}/").headers["Location"].startswith("/me/login/")
    assert dict(Campaign.objects.values_list("pk", "status")) == before

    cache.clear()
    owner = make.sign_in(Client(), by.user, second_factor=False)
    codes = {status: press(owner, status) for status in rows}
    target = moves.MOVES[TAKEN.get(act, act)].target
    expected = {status: target if act in OFFERED and act in OWN.get(status.value, set()) else status for status in rows}
    now = dict(Campaign.objects.values_list("pk", "status"))

    assert {status: now[row.pk] for status, row in rows.items()} == expected
    assert set(codes.values()) == ({302} if act in OFFERED else {404})
