"""Stopped projects of the year: what their donors want done with the money, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from campaigns.models import Campaign, Choice, Donation, PurposeAnswer, PurposeQuestion, PurposeShare
from campaigns.repurposing.answering import answer_question
from campaigns.repurposing.pool import partakers
from campaigns.repurposing.sharing import share_out
from config.embedded.city_year.scene import UNFINISHED

if TYPE_CHECKING:
    from config.embedded.city_year.plan import PlannedPath
    from config.embedded.city_year.scene import Scene

CHOICES = (Choice.RETURN, Choice.FUND, Choice.MOVE, None)  # who gave first wants it back, and so on; None is silent
CHOSEN = {choice for choice in CHOICES if choice is not None}


def answer(scene: Scene, path: PlannedPath) -> bool:
    """Let three of four donors answer, once all have their letter."""
    question = _question(scene, path)
    if question is None:
        return False
    if not _is_answered(question) and _is_asked(question) and _is_open(scene, path):
        _answer(question, scene.found[path.target].slug)
    return _is_answered(question)


def carry_out(scene: Scene, path: PlannedPath) -> bool:
    """Let the answers' deadline pass, which lies days ahead; the worker carries every share out."""
    question = _question(scene, path) if answer(scene, path) else None
    if question is None:
        return False
    if question.shared_at is None and question.deadline_at is not None:
        share_out(question_id=question.pk, now=question.deadline_at)
    outcomes = set(PurposeShare.objects.filter(question=question).values_list("outcome", flat=True))
    return question.done_at is not None and outcomes >= CHOSEN


def _question(scene: Scene, path: PlannedPath) -> PurposeQuestion | None:
    asked = PurposeQuestion.objects.filter(campaign=scene.found[path.campaign], is_asked=True)
    return asked.select_related("campaign").first()


def _answer(question: PurposeQuestion, target: str) -> None:
    for place, gift in enumerate(partakers(campaign=question.campaign).order_by("pk")):
        choice = CHOICES[place % len(CHOICES)]
        if choice is not None:
            slug = target if choice == Choice.MOVE else ""
            answer_question(donation=gift, choice=choice, target_slug=slug, now=timezone.now())


def _is_answered(question: PurposeQuestion) -> bool:
    given = PurposeAnswer.objects.filter(share__question=question).values_list("choice", flat=True)
    return set(given) == CHOSEN


def _is_asked(question: PurposeQuestion) -> bool:
    """Return whether every gift is final and its donor has been written to."""
    asked = PurposeShare.objects.filter(question=question, asked_at__isnull=False).values("donation")
    under_way = Donation.objects.filter(campaign=question.campaign, payment__state__in=UNFINISHED)
    return not under_way.exists() and not partakers(campaign=question.campaign).exclude(pk__in=asked).exists()


def _is_open(scene: Scene, path: PlannedPath) -> bool:
    target = scene.found.get(path.target)
    return target is not None and Campaign.objects.get(pk=target.pk).is_open(timezone.now())
