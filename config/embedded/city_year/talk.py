"""What is said about the year's projects: changes that everybody reads, questions, comments, a follower."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from campaigns.life.amending import amend_campaign, extend_campaign
from campaigns.life.moves import ORGANISER, Actor
from campaigns.models import Amendment, Comment, Complaint, Follow, HiddenName, Question
from campaigns.telling import comments, followers, moderating, questions
from campaigns.telling.comments import Author
from campaigns.telling.questions import Words

if TYPE_CHECKING:
    from campaigns.models import Campaign, Donation
    from config.embedded.city_year.plan import PlannedPath
    from config.embedded.city_year.scene import Scene

LATER = timedelta(days=14)
MORE = " Теперь и для тех, кто живёт в районе один."
AMENDED_BECAUSE = "Просили жители: круг гостей стал шире, смета осталась прежней."
EXTENDED_BECAUSE = "Морозов обещают поздно: даём всем ещё две недели."
QUESTION, REPLY = "Можно ли прийти с внуками?", "Конечно, **чаю хватит всем**."
COMMENT, NAME = "Хорошее дело, расскажу соседям.", "Соседка"


def amend(scene: Scene, path: PlannedPath) -> bool:
    """Let the organiser change the sentence that donors know, saying why."""
    campaign, field = scene.campaign(path), Amendment.Field.SUMMARY
    if not campaign.amendments.filter(field=field).exists():
        amend_campaign(
            campaign_id=campaign.pk, actor=_owner(campaign), field=field, value=campaign.summary + MORE,
            reason=AMENDED_BECAUSE, now=timezone.now(),
        )  # fmt: skip
    return True


def extend(scene: Scene, path: PlannedPath) -> bool:
    """Let the organiser move the deadline, once."""
    campaign = scene.campaign(path)
    is_extended = campaign.amendments.filter(field=Amendment.Field.CLOSES_AT).exists()
    if not is_extended and campaign.closes_at is not None:
        extend_campaign(
            campaign_id=campaign.pk, actor=_owner(campaign), closes_at=campaign.closes_at + LATER,
            reason=EXTENDED_BECAUSE, now=timezone.now(),
        )  # fmt: skip
    return is_extended


def ask(scene: Scene, path: PlannedPath) -> bool:
    """Let somebody ask the organiser, and say by the letter's link that it was they."""
    return _asked(scene, path).confirmed_at is not None


def answer(scene: Scene, path: PlannedPath) -> bool:
    """Let the organiser answer a question in public."""
    question = _asked(scene, path)
    if question.answered_at is None:
        questions.answer_question(question_id=question.pk, answer=REPLY, now=timezone.now())
    return True


def comment(scene: Scene, path: PlannedPath) -> bool:
    """Let a donor write a comment, which waits for a moderator."""
    return scene.each(path, lambda gift: _written(scene, path, gift) is not None)


def show_comment(scene: Scene, path: PlannedPath) -> bool:
    """Let the moderator show a comment."""
    return scene.each(path, lambda gift: _shown(scene, path, gift) is not None)


def complain(scene: Scene, path: PlannedPath) -> bool:
    """Let a reader say that a comment that is shown breaks the rules."""

    def step(gift: Donation) -> bool:
        written = _shown(scene, path, gift)
        if not Complaint.objects.filter(comment=written).exists():
            comments.complain(
                comment_id=written.pk, reason=HiddenName.Reason.ADVERTISING, reader=path.email,
                address=_address(written.campaign), now=timezone.now(),
            )  # fmt: skip
        return True

    return scene.each(path, step)


def follow(scene: Scene, path: PlannedPath) -> bool:
    """Let somebody follow a project, and say by the letter's link that it was they."""
    campaign, now = scene.campaign(path), timezone.now()
    own = Follow.objects.filter(campaign=campaign, reader__email=path.email)
    if not own.exists():
        followers.ask_to_follow(campaign=campaign, email=path.email, address=_address(campaign), now=now)
    followers.confirm_follow(reference=own.get().reference, now=now)
    return True


def _asked(scene: Scene, path: PlannedPath) -> Question:
    """Return a path's question, confirmed."""
    campaign, now = scene.campaign(path), timezone.now()
    question = Question.objects.filter(campaign=campaign, reader__email=path.email).first()
    if question is None:
        question, _letter = questions.ask_question(
            campaign=campaign, words=Words(QUESTION, path.key), email=path.email, is_known=False,
            address=_address(campaign), now=now,
        )  # fmt: skip
    return questions.confirm_question(reference=question.reference, now=now)


def _written(scene: Scene, path: PlannedPath, gift: Donation) -> Comment:
    known = Comment.objects.select_related("campaign").filter(donation=gift).first()
    if known is not None:
        return known
    campaign = scene.campaign(path)
    return comments.write_comment(
        campaign=campaign, words=Words(COMMENT, path.key, NAME), author=Author(donation=gift),
        address=_address(campaign), now=timezone.now(),
    )  # fmt: skip


def _shown(scene: Scene, path: PlannedPath, gift: Donation) -> Comment:
    written = _written(scene, path, gift)
    if written.shown_at is None:
        moderating.approve_comment(comment_id=written.pk, user=scene.cast.moderator, now=timezone.now())
    return written


def _owner(campaign: Campaign) -> Actor:
    return Actor(ORGANISER, campaign.organiser.user if campaign.organiser else None)


def _address(campaign: Campaign) -> str:
    return f"127.4.{campaign.pk % 250 + 1}.1"
