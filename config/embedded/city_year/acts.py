"""What people of the year do on the site: apply, write, approve, open, tell news, report, cancel; by its services."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING
from uuid import uuid5

from django.conf import settings
from django.utils import timezone
from PIL import Image, ImageDraw
from stdnum.ru import inn

from campaigns.drafting.services import hand_in_draft, save_draft, start_campaign
from campaigns.drafting.terms import Line, Terms, words_of
from campaigns.life.checklist import KEYS
from campaigns.life.moves import COUNCIL, ORGANISER, Actor
from campaigns.life.opening import launch_campaign
from campaigns.life.reporting import report_campaign
from campaigns.life.reviewing import approve_campaign, step_campaign
from campaigns.models import Campaign, Choice, Organiser, PurposeQuestion
from campaigns.organisers.applying import AGREED, Account, hand_in, save_requisites, save_who
from campaigns.organisers.papers import read_paper, store_paper
from campaigns.organisers.reviewing import verify, wanted_checks
from campaigns.repurposing.answering import answer_question
from campaigns.repurposing.asking import confirm_question, propose_question
from campaigns.repurposing.pool import partakers
from campaigns.telling.updates import publish_update, write_update
from config.embedded.city_year.plan import SPACE
from config.embedded.city_year.treasury import spend
from fund.money import Kopecks
from people.selectors import texts_in_force
from people.services import grant_role, open_account

if TYPE_CHECKING:
    from config.embedded.city_year.plan import PlannedCampaign, PlannedOrganiser
    from people.models import User

BANK = {"account": "40817810099910004312", "bic": "044525225", "bank": "Придуманный банк"}  # fits its key, is nobody's
LONG_AFTER, SOON_AFTER = timedelta(days=120), timedelta(days=30)
STORY = """{summary}

## Что сделаем

Купим и поставим то, что написано в смете. О каждом шаге расскажем здесь.

*Проект придуман для демонстрации.*
"""


def seat_council() -> list[User]:
    """Return two council members of the year. Repeat-safe."""
    members = [open_account(email=f"god-sovet-{number}@demo.example") for number in (1, 2)]
    for member in members:
        if not member.is_staff:
            grant_role(user=member, role=COUNCIL, granted_by=None, now=timezone.now())
    return members


def verify_organiser(planned: PlannedOrganiser, member: User) -> Organiser:
    """Let somebody apply with all papers, and the council say yes. Repeat-safe."""
    user, now = open_account(email=planned.email), timezone.now()
    known = Organiser.objects.filter(user=user, state=Organiser.State.VERIFIED).first()
    if known is not None:
        return known
    save_who(user=user, kind=Organiser.Kind.COMMUNITY, community=None, name=planned.name, about=planned.about, now=now)
    account = Account(holder="person", name="Придуманный Человек Иванович", inn=_inn(planned.slug), **BANK)
    save_requisites(user=user, account=account, now=now)
    store_paper(user=user, paper=read_paper(_paper(planned.name)), now=now)
    texts = texts_in_force(now=now)
    found = hand_in(user=user, seen={kind: texts[kind].sha256 for kind in AGREED}, now=now)
    checks = [check.value for check in wanted_checks(organiser=found)]
    return verify(organiser_id=found.pk, user=member, checks=checks, now=timezone.now())


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
    """Let both members say yes, all looked at."""
    for member in members:
        now = timezone.now()
        seen = Campaign.objects.get(pk=campaign.pk).review_round
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


def answer_some(campaign: Campaign) -> None:
    """Let half of the donors of a stopped campaign say what becomes of their share; the others still think."""
    for number, donation in enumerate(partakers(campaign=campaign).order_by("pk")):
        choice = (Choice.RETURN, None, Choice.FUND, None)[number % 4]
        if choice is not None:
            answer_question(donation=donation, choice=choice, now=timezone.now())


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


def _inn(seed: str) -> str:
    """Return a made-up person's ИНН with right control digits, the same for the same seed."""
    digits = f"58{int(uuid5(SPACE, seed)) % 10**8:08}"
    return f"{digits}{inn.calc_personal_check_digits(digits)}"


def _paper(name: str) -> BytesIO:
    """Draw a picture of a paper that says that it is none."""
    page, drawn = Image.new("RGB", (600, 800), "white"), BytesIO()
    ImageDraw.Draw(page).text((40, 60), f"Demonstration: no document ({len(name)})", fill="black")
    page.save(drawn, "PNG")
    drawn.seek(0)
    return drawn
