"""What the public, the council, the treasurer and each donor see of a question; numbers alone where it is public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, Count, Exists, Max, OuterRef, Q, Subquery, Sum, When

from campaigns.funding.pacing import is_short
from campaigns.models import Campaign, Choice, PurposeAnswer, PurposeQuestion, PurposeShare
from campaigns.repurposing.pool import pool_of
from fund.ledger.selectors import balances_kopecks
from fund.money import Kopecks
from fund.payments.models import Refund

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from django.db.models import QuerySet

    from campaigns.models import Donation
    from people.models import User

OVER = (Campaign.Status.CANCELLED, Campaign.Status.REPORTED)  # what may have money left
UNTIL_GOAL = "purpose_moved_until_goal"
UNFINISHED = (Refund.State.CREATING, Refund.State.PENDING)


@dataclass(frozen=True)
class Answers:
    """How many gifts' donors were asked, and how many want what; who has not answered is in none of the three."""

    asked: int
    back: int
    move: int
    fund: int

    @property
    def silent(self) -> int:
        """Return how many have not answered."""
        return self.asked - self.back - self.move - self.fund


@dataclass(frozen=True)
class MovedTo:
    """What one project got from another: its gifts and their sum."""

    title: str
    slug: str
    gifts: int
    kopecks: Kopecks
    account: str


@dataclass(frozen=True)
class Carried:
    """How far the shares of a question are carried out; gifts and kopecks. ``is_short``: what goes back waits."""

    shares: int
    done: int
    returned: int
    returned_kopecks: Kopecks
    returning: int
    owed: int
    owed_kopecks: Kopecks
    left: int
    left_kopecks: Kopecks
    moved: tuple[MovedTo, ...]
    is_short: bool

    @property
    def waiting(self) -> int:
        """Return how many shares are still to be carried out."""
        return self.shares - self.done


@dataclass(frozen=True)
class QuestionRow:
    """A question with its figures; ``carried`` only once its shares are known."""

    question: PurposeQuestion
    answers: Answers
    carried: Carried | None

    @property
    def pool_kopecks(self) -> Kopecks:
        """Return what there was to share out; the books' present word until it is shared."""
        known = self.question.pool_kopecks
        return Kopecks(known) if known is not None else pool_of(campaign=self.question.campaign).pool_kopecks


@dataclass(frozen=True)
class Notice:
    """A question as the donor of one gift meets it: what they said last, whether they may still say."""

    question: PurposeQuestion
    share: PurposeShare | None
    choice: str
    target: Campaign | None

    @property
    def choice_title(self) -> str:
        """Return the last answer in words; empty where there is none."""
        return str(Choice(self.choice).label) if self.choice else ""


def public_question(*, campaign: Campaign) -> QuestionRow | None:
    """Return the newest confirmed question about a campaign with its figures. Seven queries at most, one where none."""
    found = PurposeQuestion.objects.filter(campaign=campaign, is_asked=True).order_by("-pk").first()
    return question_row(question=found) if found else None


def question_row(*, question: PurposeQuestion) -> QuestionRow:
    """Return a question with its figures. Six queries at most, however many gifts."""
    carried = _carried(question) if question.shared_at is not None else None
    return QuestionRow(question, answers_of(questions=[question])[question.pk], carried)


def answers_of(*, questions: Iterable[PurposeQuestion]) -> dict[int, Answers]:
    """Return how many donors want what, by question. One query."""
    last = PurposeAnswer.objects.filter(share=OuterRef("pk")).order_by("-pk").values("choice")[:1]
    ids = [question.pk for question in questions]
    shares = PurposeShare.objects.filter(question__in=ids).exclude(kept_kopecks=0).annotate(last=Subquery(last))
    rows = shares.values("question").annotate(
        asked=Count("pk"),
        back=Count("pk", filter=Q(last=Choice.RETURN)),
        move=Count("pk", filter=Q(last=Choice.MOVE)),
        fund=Count("pk", filter=Q(last=Choice.FUND)),
    )
    counts = rows.values_list("question", "asked", "back", "move", "fund")
    known = {question_id: Answers(*numbers) for question_id, *numbers in counts}
    return {pk: known.get(pk, Answers(0, 0, 0, 0)) for pk in ids}


def questions_of(*, campaigns: Sequence[Campaign]) -> dict[int, tuple[PurposeQuestion, Answers]]:
    """Return the newest confirmed question of each campaign, by its id, where there is one. Two queries at most."""
    ids = [campaign.pk for campaign in campaigns if campaign.status in OVER]
    if not ids:
        return {}
    found = PurposeQuestion.objects.filter(campaign__in=ids, is_asked=True).order_by("campaign", "-pk")
    newest = list(found.distinct("campaign"))
    answers = answers_of(questions=newest) if newest else {}
    return {question.campaign_id: (question, answers[question.pk]) for question in newest}


def desk_questions(*, limit: int = 50) -> list[PurposeQuestion]:
    """Return questions for the desk, what is not done first, then the newest. One query."""
    people = PurposeQuestion.objects.select_related("campaign", "proposed_by", "confirmed_by")
    is_over = Case(When(done_at__isnull=True, withdrawn_at__isnull=True, then=0), default=1)
    return list(people.order_by(is_over, "-pk")[:limit])


def unconfirmed_questions(*, user: User) -> QuerySet[PurposeQuestion]:
    """Return proposals that this member may confirm: another's, and not about a campaign of their own."""
    open_ = PurposeQuestion.objects.filter(withdrawn_at=None, confirmed_at=None).exclude(proposed_by=user)
    return open_.exclude(campaign__organiser__user=user)


def with_money_left(*, limit: int = 100) -> list[Campaign]:
    """Return campaigns that are over, hold money still and have no question under way. Two queries."""
    under_way = PurposeQuestion.objects.filter(campaign=OuterRef("pk"), withdrawn_at=None, done_at=None)
    over = Campaign.objects.published().filter(status__in=OVER).exclude(Exists(under_way))
    found = list(over.order_by("-opens_at", "-pk")[:limit])
    held = balances_kopecks(codes=[f"86.{campaign.slug}" for campaign in found])
    return [campaign for campaign in found if held.get(f"86.{campaign.slug}", 0) > 0]


def notices(*, donations: Collection[Donation]) -> dict[int, Notice]:
    """Return what is asked, or was decided, about gifts, by gift; of several questions the newest. Three queries."""
    by_campaign = {
        question.campaign_id: question
        for question in PurposeQuestion.objects.filter(
            campaign__in={gift.campaign_id for gift in donations}, is_asked=True, done_at=None
        ).select_related("campaign")
    }
    last = PurposeAnswer.objects.filter(share=OuterRef("pk")).order_by("-pk")
    shares = PurposeShare.objects.filter(donation__in=[gift.pk for gift in donations]).order_by("donation", "-pk")
    shares = (
        shares.distinct("donation")
        .select_related("question__campaign", "target", "operation", "refund")
        .annotate(last_choice=Subquery(last.values("choice")[:1]), last_target=Subquery(last.values("target")[:1]))
    )
    known = {share.donation_id: share for share in shares}
    wanted = {share.last_target for share in known.values()} - {None}
    targets = Campaign.objects.in_bulk(wanted) if wanted else {}
    found = {}
    for gift in donations:
        share, question = known.get(gift.pk), by_campaign.get(gift.campaign_id)
        is_current = share is not None and (question is None or share.question_id == question.pk)
        if share is not None and is_current:
            choice, target = share.last_choice or "", targets.get(share.last_target)
            found[gift.pk] = Notice(share.question, share, choice, target)
        elif question is not None and gift.payment.booked_subject == gift.campaign.slug:
            found[gift.pk] = Notice(question, None, "", None)
    return found


def _carried(question: PurposeQuestion) -> Carried:
    shares = PurposeShare.objects.filter(question=question, share_kopecks__gt=0)
    back, left = Q(outcome=Choice.RETURN), Q(outcome=Choice.FUND, done_at__isnull=False)
    refused = Q(refund__state=Refund.State.REFUSED)
    sums = shares.aggregate(
        shares=Count("pk"),
        done=Count("pk", filter=Q(done_at__isnull=False)),
        returned=Count("pk", filter=Q(refund__state=Refund.State.SUCCEEDED)),
        returned_kopecks=Sum("carried_kopecks", filter=Q(refund__state=Refund.State.SUCCEEDED), default=0),
        returning=Count("pk", filter=Q(refund__state__in=UNFINISHED)),
        owed=Count("pk", filter=refused),
        owed_kopecks=Sum("carried_kopecks", filter=refused, default=0),
        left=Count("pk", filter=left),
        left_kopecks=Sum("carried_kopecks", filter=left, default=0),
    )
    moved = shares.filter(outcome=Choice.MOVE, done_at__isnull=False).values("target")
    summed = moved.annotate(gifts=Count("pk"), kopecks=Sum("carried_kopecks"), kind=Max("operation__kind"))
    rows = summed.order_by("-kopecks", "target").values_list(
        "target__title", "target__slug", "gifts", "kopecks", "kind"
    )
    following = shares.filter(back, done_at=None).order_by("pk").values_list("share_kopecks", flat=True).first()
    return Carried(
        **sums,
        moved=tuple(
            MovedTo(title, slug, gifts, Kopecks(kopecks), f"{76 if kind == UNTIL_GOAL else 86}.{slug}")
            for title, slug, gifts, kopecks, kind in rows
        ),
        is_short=following is not None and is_short(amount_kopecks=following),
    )
