"""The council's answers: by whom, about whose application, once, written down and told; the database holds the same."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils.translation import override

from campaigns.life.moves import Actor, OrganiserNotVerifiedError
from campaigns.life.opening import launch_campaign
from campaigns.life.reviewing import submit_campaign
from campaigns.models import Acceptance, Campaign, Organiser, OrganiserDocument, OrganiserStep, Requisites
from campaigns.organisers import agreements, moves, reviewing
from campaigns.organisers.letters import OrganiserLetter
from campaigns.organisers.moves import MOVES, NoReasonError, OwnApplicationError, WrongStateError
from campaigns.organisers.reviewing import Check
from communities.models import Community
from people.models import Letter, StaffAct, User
from people.roles import ROLES
from tests import make
from tests.campaigns.organiser_papers import PERSON, body, handed_in

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]
DESK = "/desk/organisers/"
State = Organiser.State
GUARDED = "append-only|permission denied|stays"
LATER = make.NOW + timedelta(minutes=1)
ALL = [check.value for check in Check]


def refused(act: Callable[[], object], words: str) -> None:
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        act()


def member(number: int = 1) -> User:
    return make.staff("council_member", email=f"member-{number}@example.org")


def verify(own: Organiser, by: User) -> Organiser:
    return reviewing.verify(organiser_id=own.pk, user=by, checks=ALL, now=LATER)


def test_code_and_database_know_the_same_ways() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT from_state, to_state FROM campaigns_organiser_edges()")
        held = set(cursor.fetchall())

    assert held == {(source.value, wanted.target.value) for wanted in MOVES.values() for source in wanted.sources}


@pytest.mark.parametrize("action", sorted(MOVES))
@pytest.mark.parametrize("state", list(State))
def test_each_act_leads_on_from_its_states_alone(action: str, state: Organiser.State) -> None:
    own, wanted = make.applicant(state), MOVES[action]
    assert own.user is not None
    by = own.user if wanted.role == moves.ORGANISER else make.user()
    locked = Organiser.objects.get(pk=own.pk)
    at = make.NOW + timedelta(days=1)

    def act() -> None:
        with transaction.atomic():
            moves.move(organiser=locked, action=action, user=by, reason="Так решили", now=at)

    before = OrganiserStep.objects.count()
    if state in wanted.sources:
        locked.verified_at = locked.verified_at or (make.NOW if wanted.target == State.VERIFIED else None)
        act()
        step = OrganiserStep.objects.latest("pk")
        assert (step.from_state, step.to_state, step.user, step.at) == (state, wanted.target, by, at)
        assert (step.reason, step.role) == ("Так решили", wanted.role)
        return
    with pytest.raises(WrongStateError):
        act()
    assert (Organiser.objects.get().state, OrganiserStep.objects.count()) == (state, before)


def test_a_member_verifies_and_everybody_sees_it() -> None:
    own, by = handed_in(), member()
    verify(own, by)
    own.refresh_from_db()
    step = OrganiserStep.objects.latest("pk")

    assert (own.state, own.verified_at, own.slug) == (State.VERIFIED, LATER, f"organiser-{own.pk}")
    assert (step.user, step.checks) == (by, sorted(ALL))
    assert Requisites.objects.get().checked_at == LATER
    assert StaffAct.objects.filter(action="organisers.verify", actor=by, subject=f"organiser:{own.pk}").count() == 1
    assert own.name in Client().get(f"/organisers/organiser-{own.pk}/").content.decode()


def test_nobody_verifies_themself_and_nobody_else_hands_it_in() -> None:
    by = member()
    own, other = handed_in(by), make.applicant("applying")
    for act in ("verify", "refuse", "ask_changes"):
        with pytest.raises(OwnApplicationError):
            moves.require(organiser=own, action=act, user=by, reason="x")
    with pytest.raises(OwnApplicationError):
        moves.require(organiser=other, action="hand_in", user=by)
    desk = make.sign_in(Client(), by)
    page = desk.get(f"{DESK}{own.pk}/").content.decode()
    desk.post(f"{DESK}{own.pk}/verify/", dict.fromkeys(ALL, "on"))
    paper = OrganiserDocument.objects.get()

    assert "ваша собственная заявка" in page
    assert PERSON["account"] not in page
    assert desk.get(f"{DESK}{own.pk}/documents/{paper.reference}/").status_code == 404
    assert Organiser.objects.get(pk=own.pk).state == State.IN_REVIEW
    moved = {"moved_at": make.NOW + timedelta(1), "moved_as": "council_member", "moved_by": by, "moved_because": "x"}
    Requisites.objects.update(checked_at=make.NOW)
    refused(lambda: Organiser.objects.filter(pk=own.pk).update(state="refused", **moved), "of their own")


def test_each_answer_is_told_once_with_its_reason() -> None:
    own, by = handed_in(), member()
    assert own.user is not None
    reason = "Нет страницы\nс фотографией"
    reviewing.answer(organiser_id=own.pk, action="ask_changes", user=by, reason=reason, now=LATER)
    for _ in range(2):
        with pytest.raises(WrongStateError):
            reviewing.answer(organiser_id=own.pk, action="refuse", user=by, reason="x", now=LATER)
    letters = list(Letter.objects.filter(kind="organiser", user=own.user).order_by("pk"))
    with override("ru"):
        words = OrganiserLetter().write(letter=letters[-1])
    page = make.sign_in(Client(), own.user, second_factor=False).get("/me/organiser/").content.decode()

    assert len(letters) == 2, "one that it is with us, one with the answer"
    assert (words.subject, "Нет страницы\nс фотографией" in words.body) == ("Ваша заявка: кое-чего не хватает", True)
    assert "Чего не хватает" in page
    assert "Нет страницы<br>с фотографией" in page
    assert str(by.email) not in page, "the applicant reads the role, not the person"


@pytest.mark.parametrize("action", sorted(MOVES))
def test_each_letter_has_its_words(action: str) -> None:
    own = handed_in()
    letter = Letter.objects.get(user=own.user)
    letter.context["action"] = action
    with override("ru"):
        words = OrganiserLetter().write(letter=letter)

    assert words.subject
    assert "/me/organiser/" in words.body
    assert len(words.body) > 150


@pytest.mark.parametrize("action", ["ask_changes", "refuse", "suspend", "restore"])
def test_an_answer_says_why(action: str) -> None:
    own = make.applicant({"suspend": "verified", "restore": "suspended"}.get(action, "in_review"))
    with pytest.raises(NoReasonError):
        reviewing.answer(organiser_id=own.pk, action=action, user=member(), reason="  ", now=make.NOW)
    desk = make.sign_in(Client(), member(2))
    answer = desk.post(f"{DESK}{own.pk}/{action}/", {"reason": ""})

    assert (answer.status_code, Organiser.objects.get().state) == (422, own.state)


def test_everything_is_looked_at_before_a_yes() -> None:
    own = handed_in()
    with pytest.raises(reviewing.UncheckedError):
        reviewing.verify(organiser_id=own.pk, user=member(), checks=["identity"], now=make.NOW)
    desk = make.sign_in(Client(), member(2))
    answer = desk.post(f"{DESK}{own.pk}/verify/", {"identity": "on"})
    assert (answer.status_code, sorted(answer.context["form"].errors)) == (422, ["agreement", "requisites"])
    Requisites.objects.update(checked_at=None)
    moved = {"moved_at": make.NOW + timedelta(1), "moved_as": "council_member", "moved_by": member(3)}
    refused(lambda: Organiser.objects.update(state="verified", verified_at=make.NOW, **moved), "were looked at")

    assert Organiser.objects.get().state == State.IN_REVIEW


def test_two_do_not_speak_for_one_community() -> None:
    green = Community.objects.create(slug="zelyonaya-penza", name="Зелёная Пенза", search_text="")
    first, second = (handed_in(kind="community", community=green) for _ in range(2))
    by = member()
    verify(first, by)
    with pytest.raises(reviewing.CommunityTakenError):
        verify(second, by)
    first.refresh_from_db()

    assert (first.slug, first.community) == ("zelyonaya-penza", green)
    desk = make.sign_in(Client(), member(2))
    answer = desk.post(f"{DESK}{second.pk}/verify/", dict.fromkeys(ALL, "on"), follow=True)
    assert "уже выступает другой организатор" in answer.content.decode()


def test_a_member_looks_opens_and_answers_at_the_desk() -> None:
    own, by = handed_in(), member()
    agreement = Acceptance.objects.get(text__kind="organiser")
    agreements.make_agreement(acceptance_id=agreement.pk, now=make.NOW)
    desk = make.sign_in(Client(), by)
    assert own.name in desk.get(DESK).content.decode()
    assert "Организаторы ждут ответа" in desk.get("/desk/").content.decode()
    page = desk.get(f"{DESK}{own.pk}/").content.decode()
    assert all(PERSON[name] in page for name in ("account", "inn", "bic", "name")), "what is looked at is shown whole"
    paper = OrganiserDocument.objects.get()
    for link in (f"documents/{paper.reference}/", f"agreements/{agreement.reference}.pdf"):
        answer = desk.get(f"{DESK}{own.pk}/{link}")
        assert body(answer)[:5] == b"%PDF-"
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert sorted(StaffAct.objects.filter(actor=by).values_list("action", flat=True)) == [
        "organisers.open_agreement", "organisers.open_document",
    ]  # fmt: skip
    for _ in range(2):
        desk.post(f"{DESK}{own.pk}/verify/", dict.fromkeys(ALL, "on"))
    assert OrganiserStep.objects.count() == 2, "sent twice, it is answered once"
    after = desk.get(f"{DESK}{own.pk}/").content.decode()

    assert PERSON["account"] not in after
    assert desk.get(f"{DESK}{own.pk}/documents/{paper.reference}/").status_code == 404, "looked at: shut again"
    assert desk.get(f"{DESK}{own.pk}/hand_in/").status_code == 404
    assert desk.post(f"{DESK}{own.pk}/suspend/", {"reason": "<script>x</script>"}).status_code == 302
    shown = desk.get(f"{DESK}{own.pk}/").content.decode()
    assert "&lt;script&gt;x" in shown
    assert "Совет приостановил" in Client().get(f"/organisers/organiser-{own.pk}/").content.decode()


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"council_member"}))
def test_others_see_no_application(role: str) -> None:
    own = handed_in()
    desk = make.sign_in(Client(), make.staff(role))
    paper = OrganiserDocument.objects.get()
    pages = ["", f"{own.pk}/", f"{own.pk}/verify/", f"{own.pk}/documents/{paper.reference}/"]

    assert {desk.get(f"{DESK}{page}").status_code for page in pages} == {403}
    assert desk.post(f"{DESK}{own.pk}/verify/", dict.fromkeys(ALL, "on")).status_code == 403


def test_lists_cost_the_same_with_one_row_and_with_three(django_assert_num_queries: Any) -> None:
    desk = make.sign_in(Client(), member())
    handed_in()
    make.organiser("Первый")
    desk.get(DESK)
    with django_assert_num_queries(7):
        desk.get(DESK)
    for number in range(2):
        handed_in()
        make.organiser(f"Ещё {number}")
    with django_assert_num_queries(7):
        desk.get(DESK)


def test_the_database_holds_what_was_decided() -> None:
    own = make.organiser()
    rows = Organiser.objects.filter(pk=own.pk)
    at = make.NOW + timedelta(days=1)
    refused(
        lambda: Organiser.objects.create(slug="x", name="x", state="verified", verified_at=at, created_at=at), "begins"
    )
    refused(lambda: rows.update(state="refused", moved_at=at), "does not go")
    refused(lambda: rows.update(state="suspended"), "who made it and when")
    refused(lambda: rows.update(state="suspended", moved_at=at, moved_because=" "), "needs a reason")
    refused(lambda: rows.update(verified_at=at), "decided once")
    refused(lambda: rows.update(name="Другой"), "as it was looked at")
    refused(lambda: rows._raw_delete("default"), GUARDED)
    refused(lambda: OrganiserStep.objects.update(reason="x"), GUARDED)
    refused(lambda: OrganiserStep.objects.filter(reason="").update(reason=""), GUARDED)
    refused(lambda: OrganiserStep.objects.all().delete(), GUARDED)
    fresh = handed_in()
    kept = Acceptance.objects.filter(organiser=fresh)
    refused(lambda: kept.update(text_sha256="0" * 64), GUARDED)
    refused(lambda: kept.filter(text__kind="organiser_data").update(sealed="x"), GUARDED)
    refused(kept.delete, GUARDED)
    one = kept[0]
    one.pk, one.text_sha256, one.reference = None, "1" * 64, "8a5c3f0e-0000-4000-8000-000000000000"
    refused(lambda: one.save(force_insert=True), "as it was published")

    assert rows.get().state == State.VERIFIED


def test_only_whom_the_fund_vouches_for_hands_in_and_opens() -> None:
    own = make.organiser()
    actor = Actor("organiser", own.user)
    draft, ready = make.draft(by=own), make.approve(make.draft("les", by=own))
    by = make.user()
    reviewing.answer(organiser_id=own.pk, action="suspend", user=by, reason="Нет отчёта", now=make.NOW + timedelta(1))
    with pytest.raises(OrganiserNotVerifiedError):
        submit_campaign(campaign_id=draft.pk, actor=actor, now=make.NOW)
    with pytest.raises(OrganiserNotVerifiedError):
        launch_campaign(campaign_id=ready.pk, actor=actor, now=make.NOW)
    moved = {"moved_at": make.NOW + timedelta(2), "moved_as": "organiser", "review_round": 1}
    refused(
        lambda: Campaign.objects.filter(pk=draft.pk).update(status="in_review", **moved), "whom the fund has verified"
    )

    assert list(Campaign.objects.order_by("pk").values_list("status", flat=True)) == ["draft", "approved"]
