"""A campaign's life: every edge, who may take it, what the database keeps past all code."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import Client

from campaigns import selectors
from campaigns.funding.deciding import decide_campaign
from campaigns.life import moves, reviewing
from campaigns.life.checklist import KEYS
from campaigns.life.moves import Actor
from campaigns.life.opening import end_campaign, launch_campaign
from campaigns.life.steps import COUNCILS
from campaigns.models import Amendment, Approval, BudgetLine, Campaign, Organiser, Step
from fund.ledger.models import Account
from people.models import RoleGrant, StaffAct
from tests import make

pytestmark = pytest.mark.django_db
CAMPAIGNS = "/desk/campaigns/campaign/"
GUARDED = "append-only|permission denied"
LATER = make.NOW + timedelta(hours=1)


def refused(change: Any, words: str) -> None:
    """Check that the database refuses a change, whoever asks."""
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        change()


def member() -> Actor:
    return Actor(moves.COUNCIL, make.staff("council_member"))


def owner(campaign: Campaign) -> Actor:
    assert campaign.organiser is not None
    return Actor(moves.ORGANISER, campaign.organiser.user)


def handed_in() -> Campaign:
    campaign = make.draft(by=make.organiser())
    return reviewing.submit_campaign(campaign_id=campaign.pk, actor=owner(campaign), now=make.NOW)


def test_code_and_database_know_the_same_edges() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT from_status, to_status FROM campaigns_edges()")
        known = set(cursor.fetchall())

    assert known == {(source.value, one.target.value) for one in moves.MOVES.values() for source in one.sources}


def test_a_campaign_goes_from_draft_to_the_public_with_each_step_kept() -> None:
    campaign = handed_in()
    for _ in range(2):
        reviewing.approve_campaign(campaign_id=campaign.pk, actor=member(), checklist=KEYS, seen_round=1, now=LATER)
    assert not Account.objects.filter(code="86.park").exists()
    live = launch_campaign(campaign_id=campaign.pk, actor=owner(campaign), now=LATER + timedelta(hours=1))

    assert (live.status, live.launched_at, live.is_open(LATER + timedelta(hours=1))) == (
        "live", LATER + timedelta(hours=1), True,
    )  # fmt: skip
    assert Account.objects.filter(code__in=["86.park", "76.park", "20.park"]).count() == 3
    steps = Step.objects.order_by("pk").values_list("from_status", "to_status", "role")
    assert list(steps) == [
        ("draft", "in_review", "organiser"),
        ("in_review", "approved", "council_member"),
        ("approved", "live", "organiser"),
    ]  # fmt: skip
    assert StaffAct.objects.filter(action="campaigns.approve").count() == 2
    assert [row.role for row in selectors.timeline(campaign=live)] == ["organiser", "council_member", "organiser"]


def test_one_member_alone_approves_nothing_and_never_twice() -> None:
    campaign, one = handed_in(), member()
    reviewing.approve_campaign(campaign_id=campaign.pk, actor=one, checklist=KEYS, seen_round=1, now=LATER)
    with pytest.raises(reviewing.ApprovedBeforeError):
        reviewing.approve_campaign(campaign_id=campaign.pk, actor=one, checklist=KEYS, seen_round=1, now=LATER)

    campaign.refresh_from_db()
    assert (campaign.status, Approval.objects.count()) == ("in_review", 1)
    rows = Campaign.objects.filter(pk=campaign.pk)
    refused(lambda: rows.update(status="approved", moved_at=LATER), "approved by two")


def test_who_runs_a_campaign_does_not_approve_it() -> None:
    person = make.staff("council_member")
    campaign = make.draft(by=make.organiser(owner=person))
    reviewing.submit_campaign(campaign_id=campaign.pk, actor=Actor(moves.ORGANISER, person), now=make.NOW)
    with pytest.raises(moves.NotAllowedError):
        reviewing.approve_campaign(
            campaign_id=campaign.pk, actor=Actor(moves.COUNCIL, person), checklist=KEYS, seen_round=1, now=LATER
        )

    Approval.objects.create(campaign=campaign, review_round=1, user=person, at=LATER)
    Approval.objects.create(campaign=campaign, review_round=1, user=make.user(), at=LATER)
    rows = Campaign.objects.filter(pk=campaign.pk)
    refused(lambda: rows.update(status="approved", moved_at=LATER), "approved by two")


def test_what_is_mended_is_approved_anew() -> None:
    campaign, one = handed_in(), member()
    reviewing.approve_campaign(campaign_id=campaign.pk, actor=one, checklist=KEYS, seen_round=1, now=LATER)
    words = {"campaign_id": campaign.pk, "action": "ask_changes", "actor": member(), "now": LATER}
    with pytest.raises(moves.NoReasonError):
        reviewing.step_campaign(**words, reason="  ")  # type: ignore[arg-type]  # one dictionary for two calls
    reviewing.step_campaign(**words, reason="Где смета на полив?")  # type: ignore[arg-type]
    reviewing.submit_campaign(campaign_id=campaign.pk, actor=owner(campaign), now=LATER + timedelta(hours=1))
    reviewing.approve_campaign(
        campaign_id=campaign.pk, actor=one, checklist=KEYS, seen_round=2, now=LATER + timedelta(hours=2)
    )

    campaign.refresh_from_db()
    assert (campaign.status, campaign.review_round) == ("in_review", 2)
    assert Step.objects.get(to_status="changes_asked").reason == "Где смета на полив?"


@pytest.mark.parametrize("terms", [{}, {"opens_at": make.NOW - timedelta(days=9), "closes_at": make.NOW}])
def test_a_campaign_without_a_future_is_not_handed_in(terms: dict[str, Any]) -> None:
    campaign = make.draft(by=make.organiser(), funding="flexible", **terms)
    with pytest.raises(moves.PastDeadlineError):
        reviewing.submit_campaign(campaign_id=campaign.pk, actor=owner(campaign), now=make.NOW)
    assert Campaign.objects.get().status == "draft"


def test_what_was_approved_too_late_is_not_launched() -> None:
    end = make.NOW + timedelta(days=1)
    campaign = make.approve(make.draft(by=make.organiser(), funding="flexible", closes_at=end))
    with pytest.raises(moves.PastDeadlineError):
        launch_campaign(campaign_id=campaign.pk, actor=owner(campaign), now=end)

    campaign.refresh_from_db()
    assert (campaign.status, Account.objects.filter(code="86.park").exists()) == ("approved", False)


def test_what_is_owed_to_donors_is_neither_ended_nor_called_funded() -> None:
    sad = make.campaign(
        closes_at=make.NOW + timedelta(days=1), funding="all_or_nothing", minimum_kopecks=1, by=make.organiser()
    )
    for actor in (owner(sad), member(), moves.SYSTEM):
        assert "fund" not in moves.possible(campaign=sad, actor=actor)
        with pytest.raises(moves.WrongStateError):
            end_campaign(campaign_id=sad.pk, actor=actor, now=LATER)
    rows, others = Campaign.objects.filter(pk=sad.pk), Campaign.objects.filter(pk=make.campaign("les").pk)

    refused(lambda: rows.update(status="funded", moved_at=LATER), "owed to donors")
    make.paid_donation(others.get(), number=1)
    refused(lambda: others.update(status="not_funded", moved_at=LATER), "owed to donors")
    assert set(Campaign.objects.values_list("status", "ended_at")) == {("live", None)}


def test_what_raised_nothing_is_not_funded_and_an_early_end_says_why() -> None:
    deadline = make.NOW + timedelta(days=1)
    empty, brought = (make.campaign(slug, closes_at=deadline, by=make.organiser()) for slug in ("sad", "les"))
    make.paid_donation(brought, number=1)
    for campaign, status in ((empty, "not_funded"), (brought, "funded")):
        with pytest.raises(moves.NoReasonError):
            end_campaign(campaign_id=campaign.pk, actor=owner(campaign), now=LATER, reason=" ")
        end_campaign(campaign_id=campaign.pk, actor=owner(campaign), now=LATER, reason="Всё нашли сами")
        step = Step.objects.get(campaign=campaign, to_status=status)
        assert (step.role, step.reason) == ("organiser", "Всё нашли сами")
    silent = make.campaign("pole", closes_at=deadline)
    decide_campaign(campaign_id=silent.pk, now=deadline)
    silent.refresh_from_db()
    assert silent.status == "not_funded"
    assert "возвращаются" not in Client().get("/projects/sad/").content.decode()


def test_a_budget_that_does_not_add_up_is_not_handed_in_and_not_launched() -> None:
    campaign = make.draft(by=make.organiser())
    BudgetLine.objects.update(amount_kopecks=1)
    with pytest.raises(reviewing.BudgetError):
        reviewing.submit_campaign(campaign_id=campaign.pk, actor=owner(campaign), now=make.NOW)
    approved = make.approve(campaign)

    refused(lambda: launch_campaign(campaign_id=approved.pk, actor=moves.SYSTEM, now=LATER), "adds up")
    assert Step.objects.filter(to_status="live").count() == 0


def test_the_database_takes_no_step_aside() -> None:
    campaign, live = make.draft(), make.campaign()
    rows, lives = Campaign.objects.filter(pk=campaign.pk), Campaign.objects.filter(pk=live.pk)

    refused(lambda: rows.update(status="live", launched_at=LATER, moved_at=LATER), "does not go from draft to live")
    refused(lambda: lives.update(status="draft", moved_at=LATER), "does not go from live to draft")
    refused(lambda: lives.update(status="funded"), "who made it and when")
    refused(lambda: make.draft("les", status="live"), "begins as a draft")
    refused(lambda: lives._raw_delete("default"), "stays")
    assert set(Campaign.objects.values_list("slug", "status")) == {("park", "draft"), ("sad", "live")}


@pytest.mark.parametrize(
    "change",
    [
        {"goal_kopecks": 1}, {"minimum_kopecks": 1}, {"funding": "monthly"}, {"title": "Лес"}, {"story": "Рубим."},
        {"slug": "les"}, {"organiser": None}, {"opens_at": make.NOW}, {"launched_at": make.NOW}, {"is_demo": True},
        {"closes_at": make.NOW + timedelta(days=40)}, {"delivery_due_date": make.NOW.date()},
    ],
)  # fmt: skip
def test_terms_stay_as_donors_knew_them(change: dict[str, Any]) -> None:
    campaign = make.campaign(closes_at=make.NOW + timedelta(days=30), by=make.organiser())
    refused(lambda: Campaign.objects.filter(pk=campaign.pk).update(**change), "as donors knew it")


def test_terms_stay_as_the_council_saw_them() -> None:
    campaign = handed_in()
    rows = Campaign.objects.filter(pk=campaign.pk)

    refused(lambda: rows.update(story="Рубим."), "stays as it was handed in")
    refused(lambda: campaign.budget_lines.update(amount_kopecks=1), "stays as it was handed in")
    refused(lambda: rows.update(review_round=7), "round of review")
    assert Campaign.objects.get().story == "Сажаем."


def amend(campaign: Campaign, field: str, change: dict[str, Any]) -> None:
    with transaction.atomic():
        Amendment.objects.create(campaign=campaign, field=field, reason="Дожди", role="organiser", at=make.NOW)
        Campaign.objects.filter(pk=campaign.pk).update(**change)


def test_an_amendment_changes_its_own_field_once_and_in_public() -> None:
    end = make.NOW + timedelta(days=30)
    campaign = make.campaign(closes_at=end)
    refused(lambda: amend(campaign, "story", {"title": "Лес"}), "title stays")
    refused(lambda: amend(campaign, "closes_at", {"closes_at": end + timedelta(days=32)}), "by a month at most")
    refused(lambda: amend(campaign, "closes_at", {"closes_at": end - timedelta(days=1)}), "by a month at most")
    amend(campaign, "closes_at", {"closes_at": end + timedelta(days=30)})
    refused(lambda: amend(campaign, "closes_at", {"closes_at": end + timedelta(days=31)}), "extends_once")

    assert Campaign.objects.get().closes_at == end + timedelta(days=30)
    assert "Дожди" in [row.reason for row in selectors.timeline(campaign=campaign)]
    refused(lambda: Amendment.objects.update(reason="x"), GUARDED)
    refused(lambda: Approval.objects.all().delete(), GUARDED)
    refused(lambda: Step.objects.update(reason="x"), GUARDED)


def test_the_council_and_an_organiser_take_a_campaign_live(client: Client) -> None:
    campaign = make.draft(by=make.organiser())
    assert campaign.organiser is not None
    assert campaign.organiser.user is not None
    make.sign_in(client, campaign.organiser.user, second_factor=False)
    mine, here = f"/me/projects/{campaign.slug}/step/", f"{CAMPAIGNS}{campaign.pk}/"
    Campaign.objects.update(theme="Экология", delivery_due_date=make.NOW.date() + timedelta(days=90))
    for _ in range(2):
        client.post(f"{mine}submit/")
    assert Step.objects.count() == 1, "sent twice, it is handed in once"
    assert client.post(f"{here}approve/", dict.fromkeys(KEYS, "on")).status_code == 403, "no staff"
    assert Approval.objects.count() == 0
    for number in (1, 2):
        council = make.sign_in(client.__class__(), make.staff("council_member", email=f"member-{number}@example.org"))
        assert "Одобрить" in council.get(f"{here}change/").content.decode()
        assert council.post(f"{here}change/", {"title": "Лес"}).status_code == 403
        council.post(f"{here}approve/", dict.fromkeys(KEYS, "on") | {"seen_round": "1"})
    client.post(f"{mine}launch/")

    campaign.refresh_from_db()
    assert (campaign.status, campaign.title) == ("live", "Парк")
    page = client.__class__().get("/projects/park/").content.decode()
    assert "Что было с проектом" in page
    assert "Сад и город" in page


def test_a_council_member_says_why(client: Client) -> None:
    campaign = handed_in()
    make.sign_in(client, make.staff("council_member"))
    here = f"{CAMPAIGNS}{campaign.pk}/"
    empty = client.post(f"{here}ask_changes/".replace("_", "-"), {"reason": ""})
    assert (empty.status_code, Campaign.objects.get().status) == (422, "in_review")
    client.post(f"{here}reject/", {"reason": "<script>Не для города</script>"})

    assert Campaign.objects.get().status == "rejected"
    writer = Organiser.objects.get().user
    assert writer is not None
    mine = make.sign_in(client.__class__(), writer, second_factor=False)
    shown = mine.get(f"/me/projects/{campaign.slug}/").content.decode()
    assert "Почему совет отклонил проект: &lt;script&gt;Не для города" in shown, "the organiser reads why"
    assert client.post(f"{here}reject/", {"reason": "Ещё раз"}).status_code == 403


@pytest.mark.parametrize("role", ["moderator", "treasurer", "signer", "auditor", "administrator"])
def test_others_take_no_step_at_the_desk(client: Client, role: str) -> None:
    campaign = handed_in()
    make.sign_in(client, make.staff(role))
    verbs = [name.replace("_", "-") for name in COUNCILS]

    assert {client.post(f"{CAMPAIGNS}{campaign.pk}/{verb}/").status_code for verb in verbs} == {403}
    assert Campaign.objects.get().status == "in_review"


def test_what_was_never_handed_in_is_not_at_the_desk(client: Client) -> None:
    campaign = make.draft(by=make.organiser())
    make.sign_in(client, make.staff("council_member"))

    assert "Парк" not in client.get(CAMPAIGNS).content.decode()
    assert client.get(f"{CAMPAIGNS}{campaign.pk}/change/").status_code == 302
    assert Campaign.objects.get().status == "draft"


def test_the_staff_role_of_organisers_ends_written_down_like_any_other_end() -> None:
    move = import_module("campaigns.migrations.0027_organisers_are_no_staff")
    person, other = make.user(), make.staff("moderator")
    RoleGrant.objects.create(user=person, role="organiser", granted_at=make.NOW)
    for _ in range(2):
        move.end_role(apps, None)
    person.refresh_from_db()

    assert (person.is_staff, RoleGrant.objects.get(role="organiser").revoked_at is not None) == (False, True)
    assert StaffAct.objects.filter(action="people.revoke_role", subject=f"user:{person.pk}").count() == 1
    assert RoleGrant.objects.open().get().user == other
