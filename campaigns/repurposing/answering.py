"""A donor's answer: given by the secret link, changed until the deadline; the last one counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from campaigns.life.moves import share_campaign
from campaigns.models import Campaign, Choice, PurposeAnswer, PurposeQuestion, PurposeShare
from campaigns.repurposing.pool import partakers

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from campaigns.models import Donation

MOST_ANSWERS = 50  # of one gift: who changes their mind more often is a program


class AnswerError(Exception):
    """The answer is not taken."""


class QuestionClosedError(AnswerError):
    """Nobody is asked, or the deadline has passed."""


class GiftGoneError(AnswerError):
    """Nothing of the gift is there any more: it went back."""


class TargetClosedError(AnswerError):
    """The chosen project takes no gifts, now or any more."""


class TooManyAnswersError(AnswerError):
    """This gift was decided about too often."""


@transaction.atomic
def answer_question(*, donation: Donation, choice: Choice, target_slug: str = "", now: datetime) -> PurposeAnswer:
    """Keep what a donor wants done with the share of a gift. The same answer once more is the same row.

    The question is held FOR SHARE: donors do not wait for each other, and who shares the money out waits for them.

    :param target_slug: the project, where the share is to go to another one.
    :raises AnswerError: one of its kinds.
    """
    question = _share_question(donation)
    if question is None or not question.takes_answers(now):
        raise QuestionClosedError
    if not partakers(campaign=question.campaign).filter(pk=donation.pk).exists():
        raise GiftGoneError
    target = _find_target(question, target_slug, now) if choice == Choice.MOVE else None
    share, _is_new = PurposeShare.objects.get_or_create(question=question, donation=donation)
    PurposeShare.objects.select_for_update().get(pk=share.pk)  # two clicks at once are one answer
    last = share.answers.order_by("-pk").first()
    if last is not None and (last.choice, last.target) == (choice, target):
        return last
    if share.answers.count() >= MOST_ANSWERS:
        raise TooManyAnswersError
    return PurposeAnswer.objects.create(share=share, choice=choice, target=target, at=now)


def targets(*, question: PurposeQuestion, now: datetime) -> QuerySet[Campaign]:
    """Return live projects that a share may go to, the nearest to their end first; demo money stays with demos."""
    found = Campaign.objects.filter(
        status=Campaign.Status.LIVE, opens_at__lte=now, is_demo=question.campaign.is_demo, ended_at=None
    )
    return found.exclude(closes_at__lte=now).exclude(pk=question.campaign_id).order_by("closes_at", "pk")


def _share_question(donation: Donation) -> PurposeQuestion | None:
    found = PurposeQuestion.objects.raw(
        "SELECT * FROM campaigns_purposequestion WHERE campaign_id = %s AND is_asked AND done_at IS NULL FOR SHARE",
        [donation.campaign_id],
    )
    return next(iter(found), None)


def _find_target(question: PurposeQuestion, slug: str, now: datetime) -> Campaign:
    found = targets(question=question, now=now).filter(slug=slug).first()
    if found is None or not share_campaign(campaign_id=found.pk).is_open(now):
        raise TargetClosedError(slug)
    return found
