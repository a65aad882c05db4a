"""The desk's first page: what needs a person now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.life.reviewing import waiting_for
from campaigns.models import Organiser
from campaigns.repurposing.selectors import unconfirmed_questions
from campaigns.telling.selectors import queue_count
from campaigns.wishes.selectors import waiting
from fund.money import format_roubles
from fund.payments.models import Alarm, BankEntry, LostRefund, RefundProposal
from fund.payments.selectors import count_stuck, day_sums
from merch.desk import order_reads
from people.access import person
from people.models import Letter
from people.roles import ROLES
from people.selectors import roles_held

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest

    from people.models import User


@dataclass(frozen=True)
class Tile:
    """One thing to know, with its way there. ``is_bad``: a person must act."""

    title: str
    figure: str
    url: str
    is_bad: bool = False


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the tiles that the reader may see, and what the desk is for them. Fifteen queries at most."""
    user, now = person(request), timezone.now()
    held = [ROLES[name] for name in roles_held(user_id=user.pk) if name in ROLES]
    tiles = [tile for permission, make in TILES if user.has_perm(permission) for tile in make(user, now)]
    return {**context, "held": held, "tiles": tiles, "is_calm": bool(tiles) and not any(tile.is_bad for tile in tiles)}


def _alarms(_user: User, _now: datetime) -> list[Tile]:
    count = Alarm.objects.filter(closed_at__isnull=True).count()
    return [Tile(_("Open alarms"), str(count), reverse("money:alarms"), bool(count))]


def _stuck(_user: User, now: datetime) -> list[Tile]:
    count = count_stuck(now=now)
    return [Tile(_("Stuck payments and refunds"), str(count), reverse("money:stuck"), bool(count))]


def _proposals(user: User, _now: datetime) -> list[Tile]:
    asked = RefundProposal.objects.filter(state=RefundProposal.State.PROPOSED).exclude(proposed_by=user)
    lost = LostRefund.objects.filter(state=LostRefund.State.PROPOSED).exclude(proposed_by=user)
    count = asked.values("pk").union(lost.values("pk"), all=True).count()
    return [Tile(_("Refunds that wait for you"), str(count), reverse("money:proposals"), bool(count))]


def _organisers(user: User, _now: datetime) -> list[Tile]:
    count = Organiser.objects.waiting().exclude(user=user).count()
    return [Tile(_("Organisers who wait for an answer"), str(count), reverse("organisers_desk:list"), bool(count))]


def _campaigns(user: User, _now: datetime) -> list[Tile]:
    count, address = waiting_for(user=user).count(), reverse("desk:campaigns_campaign_changelist")
    return [
        Tile(_("Campaigns that wait for your review"), str(count), f"{address}?status__exact=in_review", bool(count))
    ]


def _purposes(user: User, _now: datetime) -> list[Tile]:
    count = unconfirmed_questions(user=user).count()
    return [Tile(_("Changes of purpose that wait for you"), str(count), reverse("purposes:list"), bool(count))]


def _comments(_user: User, _now: datetime) -> list[Tile]:
    count = queue_count()
    return [Tile(_("Comments to look at"), str(count), reverse("words:queue"), bool(count))]


def _wishes(_user: User, _now: datetime) -> list[Tile]:
    count = waiting().count()
    return [Tile(_("Donors who ask for a gift back"), str(count), reverse("wishes:requests"), bool(count))]


def _bank(user: User, _now: datetime) -> list[Tile]:
    waiting = BankEntry.objects.filter(state=BankEntry.State.PROPOSED).exclude(proposed_by=user)
    count = waiting.count()
    return [Tile(_("Papers about money that wait for you"), str(count), reverse("money:bank"), bool(count))]


def _letters(_user: User, _now: datetime) -> list[Tile]:
    count = Letter.objects.given_up().count()
    return [Tile(_("Letters not delivered"), str(count), reverse("desk:people_letter_changelist"), bool(count))]


def _orders(_user: User, _now: datetime) -> list[Tile]:
    packing, wishes = order_reads.to_pack().count(), order_reads.open_return_wishes().count()
    address = reverse("shop_desk:today")
    return [
        Tile(_("Orders to pack"), str(packing), address, bool(packing)),
        Tile(_("Buyers who want to give goods back"), str(wishes), f"{address}#wishes", bool(wishes)),
    ]


def _today(_user: User, now: datetime) -> list[Tile]:
    found = day_sums(now=now)
    return [
        Tile(_("Paid today"), str(found.payments), reverse("money:payments")),
        Tile(_("Came in today"), format_roubles(found.kopecks), reverse("money:payments")),
    ]


TILES: tuple[tuple[str, Callable[[User, datetime], list[Tile]]], ...] = (
    ("payments.view_alarm", _alarms),
    ("payments.view_payment", _stuck),
    ("payments.approve_refund", _proposals),
    ("campaigns.verify_organiser", _organisers),
    ("campaigns.approve_campaign", _campaigns),
    ("campaigns.ask_purpose", _purposes),
    ("campaigns.moderate_words", _comments),
    ("payments.confirm_bank_payment", _bank),
    ("campaigns.answer_refund_request", _wishes),
    ("sales.handle_order", _orders),
    ("letters.view_letter", _letters),
    ("payments.view_payment", _today),
)
