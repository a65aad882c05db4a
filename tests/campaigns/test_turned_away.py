"""Whom the council has stopped, whose requisites are looked at anew, and who runs a project and sits on the council."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.life import amending, moves, opening, reviewing
from campaigns.life.moves import Actor
from campaigns.models import Amendment, Campaign, Organiser, PurposeQuestion, Question, Update
from campaigns.organisers.moves import lock_organiser, move
from campaigns.repurposing import asking
from people.models import StaffAct
from tests import make
from tests.campaigns.talking import asked, own_project, published

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from people.models import User

pytestmark = pytest.mark.django_db
LATER = make.NOW + timedelta(hours=1)
END = make.NOW + timedelta(days=20)
CAMPAIGNS = "/desk/campaigns/campaign/"


def become(organiser: Organiser, action: str, user: User, *, at: datetime = LATER) -> None:
    move(organiser=lock_organiser(organiser_id=organiser.pk), action=action, user=user, now=at, reason="Так решили")


def owner(organiser: Organiser) -> User:
    assert organiser.user is not None
    return organiser.user


def test_a_suspended_organiser_amends_and_extends_nothing() -> None:
    by = make.organiser()
    campaign, client = make.campaign(by=by, closes_at=END), make.sign_in(Client(), owner(by), second_factor=False)
    amend = {"field": "story", "story-value": "Иначе", "story-reason": "Дожди"}
    extend = {"value": str(timezone.localdate(END) + timedelta(days=9)), "reason": "Дожди"}
    assert "Перенести" in client.get("/me/projects/").content.decode()
    become(by, "suspend", make.staff("council_member"))
    who: dict[str, Any] = {"campaign_id": campaign.pk, "actor": Actor(moves.ORGANISER, by.user), "reason": "Дожди"}
    acts: list[Callable[[], object]] = [
        lambda: amending.amend_campaign(**who, field="story", value="Иначе", now=LATER),
        lambda: amending.amend_budget(**who, lines=[], now=LATER),
        lambda: amending.extend_campaign(**who, closes_at=END + timedelta(days=9), now=LATER),
    ]
    for act in acts:
        with pytest.raises(moves.OrganiserSuspendedError):
            act()
    for path, typed in (("amend", amend), ("extend", extend)):
        assert client.get(f"/me/projects/sad/{path}/").status_code == 302
        assert client.post(f"/me/projects/sad/{path}/", typed).status_code == 302

    campaign.refresh_from_db()
    assert (campaign.story, campaign.closes_at, Amendment.objects.count()) == ("Сажаем.", END, 0)
    page = client.get("/me/projects/").content.decode()
    assert ("Изменить" in page, "Перенести" in page) == (False, False)


def test_the_council_ends_the_collection_of_the_suspended() -> None:
    by = make.organiser()
    campaign = make.campaign(by=by)
    become(by, "suspend", make.staff("council_member"))
    council = Actor(moves.COUNCIL, make.staff("council_member", email="other@example.org"))
    with pytest.raises(moves.OrganiserSuspendedError):
        opening.end_campaign(campaign_id=campaign.pk, actor=Actor(moves.ORGANISER, by.user), now=LATER)
    opening.end_campaign(campaign_id=campaign.pk, actor=council, now=LATER)

    assert Campaign.objects.get().status == "not_funded", "nothing was raised"


def test_whose_requisites_are_looked_at_anew_still_tells_and_answers() -> None:
    campaign, client = own_project()
    assert campaign.organiser is not None
    question, key = asked(campaign), str(uuid4())
    become(campaign.organiser, "change_requisites", owner(campaign.organiser))
    write = {"title": "Новость", "body": "Слова", "key": key}
    assert client.post("/me/projects/sad/updates/new/", write).status_code == 302
    client.post(f"/me/projects/sad/updates/{Update.objects.get().pk}/publish/")
    client.post(f"/me/projects/sad/questions/{question.pk}/", {"answer": "В мае"})
    assert Update.objects.get().published_at is not None
    assert Question.objects.get().answer == "В мае"

    become(campaign.organiser, "refuse", make.staff("council_member"), at=END)
    assert client.get("/me/projects/sad/updates/").status_code == 404
    assert client.post(f"/me/projects/sad/questions/{question.pk}/", {"answer": "Никогда"}).status_code == 404
    assert Question.objects.get().answer == "В мае"


def test_a_cancelled_project_still_tells_its_donors_why() -> None:
    campaign, client = own_project()
    question = asked(campaign)
    make.cancel(campaign, at=LATER)
    write = {"title": "Прощаемся", "body": "Спасибо всем", "key": str(uuid4())}
    client.post("/me/projects/sad/updates/new/", write)
    client.post(f"/me/projects/sad/updates/{Update.objects.get().pk}/publish/")
    client.post(f"/me/projects/sad/questions/{question.pk}/", {"answer": "Места не нашли"})

    assert Campaign.objects.get().status == "cancelled"
    assert "Прощаемся" in Client().get("/projects/sad/updates/").content.decode()
    assert "Места не нашли" in Client().get("/projects/sad/questions/").content.decode()


@pytest.mark.parametrize("action", ["draft", "drop", "reject"])
def test_what_was_never_public_has_no_news_and_no_answers(action: str) -> None:
    by = make.organiser()
    campaign, own = make.draft(by=by), Actor(moves.ORGANISER, by.user)
    if action == "reject":
        reviewing.submit_campaign(campaign_id=campaign.pk, actor=own, now=make.NOW)
    if action != "draft":
        actor = own if action == "drop" else Actor(moves.COUNCIL, make.staff("council_member"))
        reviewing.step_campaign(campaign_id=campaign.pk, action=action, actor=actor, reason="Нет", now=LATER)
    client = make.sign_in(Client(), owner(by), second_factor=False)
    write = {"title": "Новость", "body": "Слова", "key": str(uuid4())}
    told = [
        client.get("/me/projects/park/updates/"), client.post("/me/projects/park/updates/new/", write),
        client.get("/me/projects/park/questions/"), client.post("/me/projects/park/questions/1/", {"answer": "Да"}),
        Client().get("/projects/park/updates/"), Client().post("/projects/park/questions/ask/", {"text": "Когда?"}),
    ]  # fmt: skip

    assert [answer.status_code for answer in told] == [404] * len(told)
    assert (Update.objects.count(), Question.objects.count()) == (0, 0)


def test_who_runs_a_project_is_no_council_of_it() -> None:
    person = make.staff("council_member")
    by = make.organiser(owner=person)
    live, review = make.campaign(by=by), make.draft(by=by)
    own, council = Actor(moves.ORGANISER, person), Actor(moves.COUNCIL, person)
    reviewing.submit_campaign(campaign_id=review.pk, actor=own, now=make.NOW)
    desk = make.sign_in(Client(), person)
    for campaign, action in ((review, "ask_changes"), (review, "reject"), (live, "fund"), (live, "cancel")):
        with pytest.raises(moves.NotAllowedError):
            reviewing.step_campaign(campaign_id=campaign.pk, action=action, actor=council, reason="Нет", now=LATER)
        path = f"{CAMPAIGNS}{campaign.pk}/{action.replace('_', '-')}/"
        assert desk.post(path, {"reason": "Нет"}).status_code == 403, action
    with pytest.raises(asking.OwnQuestionError):
        asking.propose_question(campaign_id=live.pk, reason="Нет", answer_days=14, user=person, now=LATER)
    others = make.staff("council_member", email="other@example.org")
    made = asking.propose_question(campaign_id=live.pk, reason="Нет", answer_days=14, user=others, now=LATER)
    for decide in (asking.confirm_question, asking.withdraw_question):
        with pytest.raises(asking.OwnQuestionError):
            decide(question_id=made.pk, user=person, now=LATER)

    assert dict(Campaign.objects.values_list("slug", "status")) == {"sad": "live", "park": "in_review"}
    assert PurposeQuestion.objects.get().state == "proposed"
    assert not StaffAct.objects.filter(actor=person, action__startswith="campaigns.").exists()
    assert published(live).number == 1, "as its organiser they go on"
