"""Books for the tests of reports: a month in which everything happens."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from fund.ledger import notes, sealing, services
from fund.ledger.models import Operation
from fund.money import Kopecks

MOSCOW = ZoneInfo("Europe/Moscow")
MAY = date(2026, 5, 1)
JUNE_FIRST = datetime(2026, 6, 1, 4, tzinfo=MOSCOW)


def open_project(subject: str, title: str) -> None:
    for head in ("20", "76", "86"):
        services.open_account(code=f"{head}.{subject}", name=title)


def post(
    event: str, subject: str, day: date, *, gross: int = 0, fee: int = 0, net: int = 0, reference: str = ""
) -> Operation:
    amounts = {"gross": Kopecks(gross), "fee": Kopecks(fee), "net": Kopecks(net)}
    key = f"{event}:{subject}:{Operation.objects.count()}"
    return services.post_event(
        event=event, subject=subject, amounts={name: sum_ for name, sum_ in amounts.items() if sum_}, key=key,
        business_date=day, reference=reference or f"{Operation.objects.count():06}",
    )  # fmt: skip


def seal() -> None:
    sealing.seal_books(key=notes.read_signing_key(settings.LOG_SIGNING_KEY))


def may() -> None:
    """Post April's gifts, then a May in which everything happens."""
    open_project("sad", "Сад на Суворова")
    open_project("hor", "Хор «Суринка»")
    post("gift", "sad", date(2026, 4, 30), gross=1_000_00)
    post("gift", "fund", date(2026, 4, 12), gross=70_00)
    post("gift", "sad", date(2026, 5, 1), gross=5_000_00)
    post("commission", "sad", date(2026, 5, 1), fee=140_00)
    post("gift_until_goal", "hor", date(2026, 5, 2), gross=2_345_67)
    post("goal_met", "hor", date(2026, 5, 9), gross=2_000_00)
    post("goal_missed_refund", "hor", date(2026, 5, 9), gross=100_00)
    post("refund", "sad", date(2026, 5, 31), gross=250_50)
    post("payout", "", date(2026, 5, 12), net=4_000_00)
    post("bank_gift", "fund", date(2026, 5, 13), gross=999_99)
    post("supplier_act", "sad", date(2026, 5, 20), gross=1_200_00)
    post("supplier_paid", "sad", date(2026, 5, 21), gross=1_200_00)
    post("project_costs_covered", "sad", date(2026, 5, 22), gross=1_200_00)
    wrong = post("gift", "fund", date(2026, 5, 14), gross=33_00)
    services.reverse_operation(
        operation=wrong,
        reason="duplicate",
        approved_by_role="treasurer",
        key=f"reverse:{wrong.pk}",
        business_date=date(2026, 5, 15),
    )
    post("gift", "sad", date(2026, 6, 1), gross=77_00)
