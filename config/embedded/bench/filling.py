"""``python -m config.embedded.bench.filling GIFTS``: paid gifts in bulk, for a throwaway copy of the fund alone."""

from __future__ import annotations

import os
import random
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from campaigns.models import Campaign

HOT = "jazz-may"
CAMPAIGNS = 20
HOT_PERCENT = 40
NAMED_PERCENT = 10
BATCH = 500
NAMES = ("Мария", "Иван П.", "Семья Котовых", "Ольга и Пётр", "Сосед с Московской", "Анна К.")


def main() -> None:
    """Fill the database that the environment names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    django.setup()
    fill(gifts=int(sys.argv[1]))


def fill(*, gifts: int) -> None:
    """Make twenty campaigns of what is there and write paid gifts to them, each operation through the books' door."""
    from django.db import transaction

    chance = random.Random(1)  # noqa: S311 - no secret
    campaigns = _campaigns()
    for first in range(0, gifts, BATCH):
        with transaction.atomic():
            for number in range(first, min(first + BATCH, gifts)):
                is_hot = chance.randrange(100) < HOT_PERCENT
                _gift(campaigns[HOT] if is_hot else chance.choice(list(campaigns.values())), number, chance)


def _campaigns() -> dict[str, Campaign]:
    from django.utils import timezone

    from campaigns.life.opening import open_demo_campaign
    from campaigns.models import BudgetLine, Campaign

    found = {campaign.slug: campaign for campaign in Campaign.objects.published()}
    for number in range(len(found), CAMPAIGNS):
        campaign = Campaign(
            slug=f"bench-{number}",
            title=f"Проект № {number}",
            summary="Проект для измерений.",
            story="Измеряем, как быстро отвечает сайт.",
            goal_kopecks=1_000_000_00,
            opens_at=timezone.now(),
            closes_at=timezone.now() + timedelta(days=30),
        )
        lines = [BudgetLine(position=1, title="Всё", amount_kopecks=campaign.goal_kopecks)]
        open_demo_campaign(campaign=campaign, lines=lines, now=timezone.now())
        found[campaign.slug] = campaign
    return found


def _gift(campaign: Campaign, number: int, chance: random.Random) -> None:
    """Write one paid gift as it stands when all is done."""
    from django.utils import timezone

    from campaigns.models import Donation
    from fund.ledger.services import post_event
    from fund.money import Kopecks
    from fund.payments.models import Payment
    from people.models import Donor

    made_at = timezone.now() - timedelta(minutes=chance.randrange(60 * 24 * 30))
    kopecks = Kopecks(chance.randrange(10_00, 5_000_00))
    operation = post_event(
        event="gift",
        subject=campaign.slug,
        amounts={"gross": kopecks},
        key=f"bench:{number}",
        business_date=timezone.localdate(made_at),
        reference=f"{number:06}",
    )
    payment = Payment.objects.create(
        purpose="donation", amount_kopecks=kopecks, description="x", return_url="x", state=Payment.State.SUCCEEDED,
        yookassa_id=f"bench-{number}", operation=operation, income_kopecks=kopecks, created_at=made_at,
        settled_at=made_at, booked_event="gift", booked_subject=campaign.slug, booked_reference=f"{number:06}",
    )  # fmt: skip
    name = chance.choice(NAMES) if chance.randrange(100) < NAMED_PERCENT else ""
    donor = Donor.objects.create(email=f"bench{number}@example.org", public_name=name, created_at=made_at)
    Donation.objects.create(
        campaign=campaign, payment=payment, donor=donor, amount_kopecks=kopecks, token=f"bench{number:038}",
        request_key=f"bench:{number}", request_sha256="0" * 64, created_at=made_at,
    )  # fmt: skip


if __name__ == "__main__":
    main()
