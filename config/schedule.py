"""What beat asks for, and how often: money and proofs at every pace, what nobody waits for less often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

# In paces (PACE_SECONDS). Each is a sweep that finds what was lost, so that a task that was cut is done all the same.
PACED = {
    "payments.settle_unfinished": 1,
    "payments.settle_refunds": 1,
    "sales.sweep": 1,
    "campaigns.sweep_funding": 1,
    "ledger.seal_books": 1,
    "campaigns.sweep_receipts": 2,
    "campaigns.sweep_links": 2,
    "campaigns.deliver_news": 2,
    "people.sweep_letters": 2,
    "reports.render_next": 2,
    "campaigns.sweep_erasures": 3,
    "campaigns.sweep_questions": 3,
    "campaigns.count_listings": 3,
    "merch.tell_waiting": 3,
    "campaigns.sweep_pictures": 6,
    "merch.sweep_photos": 6,
    "merch.sweep_papers": 3,
    "merch.sweep_sheets": 6,
    "campaigns.sweep_agreements": 6,
    "campaigns.decide_news": 6,
    "campaigns.make_sheets": 6,
    "campaigns.sweep_subscriptions": 6,
}
FIXED = {
    "payments.compare_days": timedelta(minutes=10),
    "merch.write_feed": timedelta(minutes=5),
    "campaigns.forget_unconfirmed": timedelta(hours=1),
    "campaigns.forget_old": timedelta(hours=1),
    "merch.tidy_wishes": timedelta(hours=1),
    "merch.forget_carts": timedelta(hours=1),
    "sales.end_orders": timedelta(hours=1),
    "sales.close_last_year": timedelta(hours=6),
    "people.clear_sessions": timedelta(days=1),
    "reports.ask_for_month": timedelta(minutes=10),
}


def beat_schedule(*, pace_seconds: int) -> dict[str, dict[str, Any]]:
    """Return Celery's schedule; each entry is called as its task."""
    paced = {name: timedelta(seconds=paces * pace_seconds) for name, paces in PACED.items()}
    return {name: {"task": name, "schedule": every} for name, every in {**paced, **FIXED}.items()}
