"""What tests of organisers' own programs begin with."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.test import Client
from django.utils import timezone

from campaigns.models import Organiser
from people.services.api_keys import make_key
from tests import make

if TYPE_CHECKING:
    from campaigns.models import Campaign

OWN = "/api/v1/me/campaigns"


class Program:
    """Calls with somebody's key."""

    def __init__(self, owner: Any, *, may_launch: bool = False) -> None:
        now = timezone.now()
        _row, secret = make_key(user=owner, name="Бот", may_launch=may_launch, days=30, now=now)
        self.headers = {"authorization": f"Bearer {secret}"}
        self.client = Client()

    def send(self, method: str, path: str = "", body: Any = None, **headers: str) -> Any:
        call = getattr(self.client, method)
        more = {} if method == "get" else {"data": body or {}, "content_type": "application/json"}
        return call(f"{OWN}{path}", headers=self.headers | headers, **more)

    def begin(self, title: str = "Фонари", *, key: str = "1") -> dict[str, Any]:
        answer = self.send("post", "", {"title": title, "summary": "Светло"}, **{"idempotency-key": key})
        assert answer.status_code == 201, answer.content
        found: dict[str, Any] = answer.json()
        return found


def owner_of(organiser: Organiser) -> Any:
    assert organiser.user
    return organiser.user


def whole(version: int, **changes: Any) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "title": "Фонари", "summary": "Светло", "story": "Поставим шесть фонарей.", "theme": "Городская среда",
        "district": "leninsky", "funding": "all_or_nothing", "version": version,
        "deadline": (today + timedelta(days=30)).isoformat(),
        "delivery_due_date": (today + timedelta(days=90)).isoformat(),
        "budget": [
            {"title": "Столбы", "amount_kopecks": 50_000_50},
            {"title": "Украшения", "amount_kopecks": 10_000_00, "is_essential": False},
        ],
    } | changes  # fmt: skip


def suspend(organiser: Organiser) -> None:
    """Suspend an organiser as the council does, past the services."""
    Organiser.objects.filter(pk=organiser.pk).update(
        state="suspended", moved_by=make.staff("council_member"), moved_as="council_member", moved_because="Жалобы",
        moved_at=timezone.now(),
    )  # fmt: skip


def runs(campaign: Campaign, *, may_launch: bool = True) -> Program:
    """Return a program of who runs the campaign."""
    assert campaign.organiser is not None
    return Program(owner_of(campaign.organiser), may_launch=may_launch)
