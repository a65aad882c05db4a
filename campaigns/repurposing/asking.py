"""Two members of the council stop a project; its donors are asked what becomes of their money, and reminded once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from campaigns.funding.deciding import meet_goal
from campaigns.life.moves import COUNCIL, LONGEST_REASON, Actor, MoveError, NoReasonError, lock_campaign, move
from campaigns.models import Campaign, Donation, PurposeAnswer, PurposeQuestion, PurposeShare
from campaigns.repurposing.letters import ASKED, REMINDER
from campaigns.repurposing.pool import partakers, pool_of
from campaigns.repurposing.selectors import OVER
from people.names import visible_lines
from people.outbox import queue_letter
from people.services import record_act, subject_of

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import User

Status = Campaign.Status
STOPPED = (Status.LIVE, Status.FUNDED, Status.DELIVERING)  # these the confirmed question cancels
LONGEST_DAYS = 90
REMINDED_BEFORE = timedelta(hours=48)


class QuestionError(MoveError):
    """The question can't be asked, confirmed or taken back."""


class QuestionOpenError(QuestionError):
    """There is one about this campaign already."""


class NothingLeftError(QuestionError):
    """The campaign has no money left that anybody could decide about, or never collected."""


class DaysError(QuestionError):
    """Donors get less time than the fund promises, or more than is of use."""


class OwnQuestionError(QuestionError):
    """Who proposed it can't confirm it, and who runs the campaign decides nothing about it."""


class QuestionDecidedError(QuestionError):
    """It was confirmed or taken back meanwhile."""


@transaction.atomic
def propose_question(*, campaign_id: int, reason: str, answer_days: int, user: User, now: datetime) -> PurposeQuestion:
    """Propose to stop a campaign, or to ask about what is left of one that is over. A second member confirms.

    :param answer_days: how long donors may answer once it is confirmed; ``PURPOSE_DAYS`` at least.
    :raises QuestionError: one of its kinds.
    :raises NoReasonError: if it does not say why.
    """
    campaign = lock_campaign(campaign_id=campaign_id)
    words = visible_lines(reason)[:LONGEST_REASON]
    if not words:
        raise NoReasonError
    if not settings.PURPOSE_DAYS <= answer_days <= LONGEST_DAYS:
        raise DaysError
    _refuse_owner(campaign, user)
    if PurposeQuestion.objects.filter(campaign=campaign, withdrawn_at=None, done_at=None).exists():
        raise QuestionOpenError
    if campaign.status not in STOPPED and not (
        campaign.status in OVER and campaign.launched_at and pool_of(campaign=campaign).pool_kopecks
    ):
        raise NothingLeftError
    record_act(actor=user, action="campaigns.propose_question", subject=subject_of(campaign), now=now)
    return PurposeQuestion.objects.create(
        campaign=campaign, reason=words, answer_days=answer_days, proposed_by=user, proposed_at=now
    )


@transaction.atomic
def confirm_question(*, question_id: int, user: User, now: datetime) -> PurposeQuestion:
    """Confirm what another member proposed: the campaign is cancelled where it was not over, and donors are asked.

    Money that is owed to donors, the minimum not being met, goes back without a question, as after a missed goal.

    :raises QuestionError: one of its kinds.
    """
    campaign, question = _lock(question_id)
    _refuse_decided(question)
    if question.proposed_by_id == user.pk:
        raise OwnQuestionError
    _refuse_owner(campaign, user)
    if campaign.status not in (*STOPPED, *OVER):
        raise NothingLeftError
    if meet_goal(campaign_id=campaign.pk, now=now):  # what has come in may have met it a second ago
        campaign.refresh_from_db()
    question.is_asked = not (campaign.status == Status.LIVE and campaign.is_owed)
    question.confirmed_by, question.confirmed_at = user, now
    question.deadline_at = now + timedelta(days=question.answer_days) if question.is_asked else None
    question.done_at = None if question.is_asked else now
    question.save()
    if campaign.status in STOPPED:
        campaign.ended_at = now if campaign.status == Status.LIVE else campaign.ended_at
        move(campaign=campaign, action="cancel", actor=Actor(COUNCIL, user), now=now, reason=question.reason)
    record_act(actor=user, action="campaigns.confirm_question", subject=subject_of(campaign), now=now)
    return question


@transaction.atomic
def withdraw_question(*, question_id: int, user: User, now: datetime) -> PurposeQuestion:
    """Take a proposal back; any member may, before it is confirmed, but not who runs the project.

    :raises QuestionDecidedError: if it was decided meanwhile.
    :raises OwnQuestionError: if they run the project themselves.
    """
    campaign, question = _lock(question_id)
    _refuse_decided(question)
    _refuse_owner(campaign, user)
    question.withdrawn_by, question.withdrawn_at = user, now
    question.save()
    record_act(actor=user, action="campaigns.withdraw_question", subject=subject_of(campaign), now=now)
    return question


def ask_donors(*, question_id: int, limit: int, now: datetime) -> int:
    """Write to the next donors of a question, each gift once; return how many. Repeat-safe, resumable."""
    question = PurposeQuestion.objects.select_related("campaign").get(pk=question_id)
    if not question.takes_answers(now):
        return 0
    asked = PurposeShare.objects.filter(question=question, donation=OuterRef("pk"))
    left = partakers(campaign=question.campaign).exclude(Exists(asked)).order_by("pk")
    ids = list(left.values_list("pk", flat=True)[:limit])
    for donation_id in ids:
        _ask(question, donation_id, now)
    return len(ids)


def remind_donors(*, question_id: int, limit: int, now: datetime) -> int:
    """Remind the next donors who have not answered, two days before the deadline, each gift once; return how many."""
    question = PurposeQuestion.objects.select_related("campaign").get(pk=question_id)
    if question.deadline_at is None or not question.takes_answers(now) or now < question.deadline_at - REMINDED_BEFORE:
        return 0
    answered = PurposeAnswer.objects.filter(share=OuterRef("pk"))
    silent = PurposeShare.objects.filter(question=question, asked_at__isnull=False, reminded_at=None)
    silent = silent.filter(donation__in=partakers(campaign=question.campaign).values("pk"))
    ids = list(silent.exclude(Exists(answered)).order_by("pk").values_list("pk", flat=True)[:limit])
    for share_id in ids:
        _remind(share_id, now)
    return len(ids)


def open_questions() -> list[int]:
    """Return confirmed questions that are not done. One query."""
    found = PurposeQuestion.objects.filter(is_asked=True, done_at=None).order_by("pk")
    return list(found.values_list("pk", flat=True)[:1000])


@transaction.atomic
def _ask(question: PurposeQuestion, donation_id: int, now: datetime) -> None:
    donation = Donation.objects.select_related("donor").get(pk=donation_id)
    has_address = donation.donor is not None and bool(donation.donor.email)
    share, is_new = PurposeShare.objects.get_or_create(
        question=question, donation=donation, defaults={"asked_at": now if has_address else None}
    )
    if is_new and has_address:
        _write(ASKED, share, now)


@transaction.atomic
def _remind(share_id: int, now: datetime) -> None:
    share = PurposeShare.objects.select_for_update(of=("self",)).select_related("donation__donor").get(pk=share_id)
    if share.reminded_at is None and not share.answers.exists():
        share.reminded_at = now
        share.save(update_fields=["reminded_at"])
        _write(REMINDER, share, now)


def _write(kind: str, share: PurposeShare, now: datetime) -> None:
    if share.donation.donor is not None:
        queue_letter(
            kind=kind,
            key=f"{kind}:{share.pk}",
            to=share.donation.donor,
            context={"share": share.pk},
            now=now,
            expires_at=share.question.deadline_at,
        )


def _lock(question_id: int) -> tuple[Campaign, PurposeQuestion]:
    """Lock the campaign, then its question: everywhere in this order."""
    campaign_id = PurposeQuestion.objects.values_list("campaign", flat=True).get(pk=question_id)
    campaign = lock_campaign(campaign_id=campaign_id)
    return campaign, PurposeQuestion.objects.select_for_update().get(pk=question_id)


def _refuse_decided(question: PurposeQuestion) -> None:
    if question.state != "proposed":
        raise QuestionDecidedError


def _refuse_owner(campaign: Campaign, user: User) -> None:
    if campaign.organiser is not None and campaign.organiser.user_id == user.pk:
        raise OwnQuestionError
