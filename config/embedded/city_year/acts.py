"""What becomes of the year's campaigns: written, approved, opened, told of, reported, cancelled; by the services."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid5

from django.conf import settings
from django.utils import timezone

from campaigns.drafting.services import hand_in_draft, save_draft, start_campaign
from campaigns.drafting.terms import Line, Terms, words_of
from campaigns.life.checklist import KEYS
from campaigns.life.moves import COUNCIL, ORGANISER, Actor
from campaigns.life.opening import launch_campaign
from campaigns.life.reporting import report_campaign
from campaigns.life.reviewing import approve_campaign, step_campaign
from campaigns.models import Approval, Campaign, PurposeQuestion
from campaigns.repurposing.asking import confirm_question, propose_question
from campaigns.telling.updates import publish_update, write_update
from config.embedded.city_year.plan import SPACE
from config.embedded.city_year.treasury import spend
from fund.money import Kopecks

if TYPE_CHECKING:
    from campaigns.models import Organiser
    from config.embedded.city_year.plan import PlannedCampaign
    from people.models import User

LONG_AFTER, SOON_AFTER = timedelta(days=120), timedelta(days=30)
STORY = """{summary}

## Что сделаем

Купим и поставим то, что написано в смете. О каждом шаге расскажем здесь.

*Проект придуман для демонстрации.*
"""


def write_campaign(planned: PlannedCampaign, organiser: Organiser, *, lasts: timedelta | None) -> Campaign:
    """Write a draft as its form saves it; ``lasts``: for how long it will collect, None: without a deadline."""
    now = timezone.now()
    campaign = start_campaign(
        organiser=organiser, title=planned.title, summary=planned.summary, key=uuid5(SPACE, planned.slug), now=now
    )
    if campaign.status != Campaign.Status.DRAFT:
        return campaign
    terms = _terms(planned, lasts)
    save_draft(
        campaign_id=campaign.pk, words=words_of(campaign=Campaign(**terms.columns()), lines=terms.budget(campaign)),
        version=campaign.draft.version, tab="year", terms=terms, heading={}, now=now,
    )  # fmt: skip
    return campaign


def hand_in_campaign(planned: PlannedCampaign, campaign: Campaign, *, lasts: timedelta | None) -> None:
    """Hand a draft in, with the deadline counted from now."""
    campaign.draft.refresh_from_db()
    hand_in_draft(
        campaign_id=campaign.pk, terms=_terms(planned, lasts), version=campaign.draft.version,
        actor=_owner(campaign), now=timezone.now(),
    )  # fmt: skip


def approve(campaign: Campaign, members: list[User]) -> None:
    """Let both members say yes, all looked at. Repeat-safe: who said so before is not asked again."""
    seen = Campaign.objects.get(pk=campaign.pk).review_round
    said = set(Approval.objects.filter(campaign=campaign, review_round=seen).values_list("user", flat=True))
    for member in (one for one in members if one.pk not in said):
        now = timezone.now()
        approve_campaign(
            campaign_id=campaign.pk, actor=Actor(COUNCIL, member), checklist=KEYS, seen_round=seen, now=now
        )


def launch(campaign: Campaign) -> None:
    """Open it for gifts."""
    launch_campaign(campaign_id=campaign.pk, actor=_owner(campaign), now=timezone.now())


def refuse(campaign: Campaign, action: str, member: User, reason: str) -> None:
    """Let the council ask for changes, or reject."""
    actor = Actor(COUNCIL, member)
    step_campaign(campaign_id=campaign.pk, action=action, actor=actor, reason=reason, now=timezone.now())


def carry_out(campaign: Campaign, hands: tuple[User, User]) -> None:
    """Let treasurer and signer spend what was collected, and begin the work."""
    spend(campaign, hands)
    step_campaign(
        campaign_id=campaign.pk, action="deliver", actor=_owner(campaign), reason="", now=timezone.now()
    )  # fmt: skip


def cancel(campaign: Campaign, members: list[User], reason: str) -> None:
    """Let one member propose to stop it and the other confirm: what is owed goes back, other donors are asked."""
    now = timezone.now()
    known = PurposeQuestion.objects.filter(campaign=campaign, withdrawn_at=None).first()
    question = known or propose_question(
        campaign_id=campaign.pk, reason=reason, answer_days=settings.PURPOSE_DAYS, user=members[0], now=now
    )
    if question.confirmed_at is None:
        confirm_question(question_id=question.pk, user=members[1], now=now)


def tell_news(campaign: Campaign, title: str, body: str) -> None:
    """Publish an update. Repeat-safe."""
    key, now = str(uuid5(SPACE, f"{campaign.slug}:{title}")), timezone.now()
    update = write_update(campaign=campaign, title=title, body=body, key=key, now=now)
    if update.published_at is None:
        publish_update(update_id=update.pk, now=now)


def report(campaign: Campaign, *, spent_kopecks: int) -> None:
    """Tell what was done; what was spent is shared out over the budget's lines in their order."""
    left, spent = spent_kopecks, {}
    for line in campaign.budget_lines.order_by("position"):
        spent[line.pk] = Kopecks(min(left, line.amount_kopecks))
        left -= spent[line.pk]
    text = "Всё сделано, как обещали. Спасибо каждому, кто поддержал!"
    report_campaign(campaign_id=campaign.pk, actor=_owner(campaign), text=text, spent=spent, now=timezone.now())


def _owner(campaign: Campaign) -> Actor:
    return Actor(ORGANISER, campaign.organiser.user if campaign.organiser else None)


def _terms(planned: PlannedCampaign, lasts: timedelta | None) -> Terms:
    now = timezone.now()
    after = -timedelta(days=1) if planned.is_late else SOON_AFTER if lasts is None else LONG_AFTER
    lines = [Line(title, "", Kopecks(roubles * 100), essential) for title, roubles, essential in planned.budget]
    return Terms(
        title=planned.title, summary=planned.summary, story=STORY.format(summary=planned.summary), theme=planned.theme,
        district=planned.district, funding=planned.funding, closes_at=now + lasts if lasts else None,
        delivery_due_date=timezone.localdate(now + after), lines=tuple(lines),
    )  # fmt: skip
