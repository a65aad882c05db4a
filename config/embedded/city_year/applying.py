"""The year's organisers: they apply with all papers, and the council answers each as the plan says."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from uuid import uuid5

from django.utils import timezone
from PIL import Image, ImageDraw
from stdnum.ru import inn

from campaigns.models import Organiser, OrganiserStep
from campaigns.organisers.applying import AGREED, Account, documents, hand_in, save_requisites, save_who
from campaigns.organisers.papers import read_paper, store_paper
from campaigns.organisers.reviewing import answer, verify, wanted_checks
from config.embedded.city_year.plan import RESTORED, SPACE
from people.selectors import texts_in_force
from people.services import open_account

if TYPE_CHECKING:
    from config.embedded.city_year.plan import PlannedOrganiser
    from people.models import User

State = Organiser.State
BANK = {"account": "40817810099910004312", "bic": "044525225", "bank": "Придуманный банк"}  # fits its key, is nobody's
RESTORED_BECAUSE = "Отчёт прислали, деньги сошлись."


def seat_organiser(planned: PlannedOrganiser, member: User) -> Organiser:
    """Let somebody apply, and the council answer as the plan says. Repeat-safe, each step is taken once."""
    user = open_account(email=planned.email)
    found = Organiser.objects.filter(user=user).first()
    if found is None or found.is_own_draft:
        found = _apply(planned, user)
    if found.state == State.IN_REVIEW and planned.end != State.IN_REVIEW:
        found = _answer(planned, found, member)
    if planned.end == RESTORED:
        found = _restore(planned, found, member)
    return found


def stands(planned: PlannedOrganiser, found: Organiser) -> bool:
    """Return whether an organiser is where the plan wants it, and came there the planned way."""
    if planned.end == RESTORED:
        return bool(found.state == State.VERIFIED and _was_suspended(found))
    return bool(found.state == planned.end)


def _apply(planned: PlannedOrganiser, user: User) -> Organiser:
    now = timezone.now()
    found = save_who(
        user=user, kind=Organiser.Kind.COMMUNITY, community=None, name=planned.name, about=planned.about, now=now
    )
    account = Account(holder="person", name="Придуманный Человек Иванович", inn=_inn(planned.slug), **BANK)
    save_requisites(user=user, account=account, now=now)
    if not documents(organiser=found):
        store_paper(user=user, paper=read_paper(_paper(planned.name)), now=now)
    texts = texts_in_force(now=now)
    return hand_in(user=user, seen={kind: texts[kind].sha256 for kind in AGREED}, now=now)


def _answer(planned: PlannedOrganiser, found: Organiser, member: User) -> Organiser:
    now = timezone.now()
    if planned.end == State.REFUSED:
        return answer(organiser_id=found.pk, action="refuse", user=member, reason=planned.because, now=now)
    checks = [check.value for check in wanted_checks(organiser=found)]
    return verify(organiser_id=found.pk, user=member, checks=checks, now=now)


def _restore(planned: PlannedOrganiser, found: Organiser, member: User) -> Organiser:
    """Let the council suspend a verified organiser once, and vouch for it again."""
    if found.state == State.VERIFIED and not _was_suspended(found):
        now = timezone.now()
        found = answer(organiser_id=found.pk, action="suspend", user=member, reason=planned.because, now=now)
    if found.state == State.SUSPENDED:
        now = timezone.now()
        found = answer(organiser_id=found.pk, action="restore", user=member, reason=RESTORED_BECAUSE, now=now)
    return found


def _was_suspended(found: Organiser) -> bool:
    return OrganiserStep.objects.filter(organiser=found, to_state=State.SUSPENDED).exists()


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
