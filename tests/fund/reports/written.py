"""Books with all kinds of entries, and their exports as a caller gets them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

from fund.ledger import notes, sealing, services
from fund.ledger.chart import chart, events
from fund.ledger.models import Operation
from fund.money import Kopecks

if TYPE_CHECKING:
    from django.test import Client

AT = "/api/v1/ledger/export"
EXTENSIONS = ["csv", "jsonl", "journal", "beancount"]
AWKWARD = (
    '«Ёлка»; "в кавычках" \\ и | ещё',
    'a;b,c"d\ne\\n',
    " (начало) ! * ",
    "type:X, дата:2026",
    "\x01\x02\x1f",
    "'",
)


def seal() -> int:
    return sealing.seal_books(key=notes.read_signing_key(settings.LOG_SIGNING_KEY))


def post(memo: str, *, kind: str = "gift", subject: str = "fund", day: str = "2026-05-20", kopecks: int = 1_05) -> int:
    """Write as the site's role may, past the services that know their words."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT post_operation(%s, %s, %s, %s, %s, NULL, '{}', '{57.yookassa}', '{86.fund}',"
            " ARRAY[%s]::bigint[], '{}')",
            [kind, subject, day, memo, f"{kind}:{memo}:{day}", kopecks],
        )
        return int(cursor.fetchone()[0])


def open_accounts() -> None:
    for family in (code for code, entry in chart().items() if entry.is_family):
        services.open_account(code=family.format(subject="sad-2027"), name='Сад «У Суры»: "type:X", 2027; №1')
        services.open_account(code=family.format(subject="2027"), name="двор")


def fill() -> None:
    """Write every kind of event on several days, reversals, and words that each format must bear."""
    open_accounts()
    write_events()
    for memo in AWKWARD:
        post(memo)
    for operation in list(Operation.objects.order_by("number")[3:6]):
        services.reverse_operation(
            operation=operation, reason="duplicate", approved_by_role="treasurer", key=f"r:{operation}",
            business_date=date(2026, 6, 1),
        )  # fmt: skip
    event("gift", "fund", "2026-06-02", {"gross": 90_000_00})  # what a payout takes from
    for kind, found in events().items():
        if found.guards:
            amounts = {line.amount: 11 for line in found.lines}
            event(kind, "sad-2027", "2026-06-02", amounts, target="2027" if found.has_target else "")
    assert {*Operation.objects.values_list("kind", flat=True)} == {*events(), services.REVERSAL}


def write_events() -> None:
    for subject in ("sad-2027", "2027", "fund"):
        event("bank_gift", subject, "2026-04-30", {"gross": 90_000_00}, reference="Я-1/2")
    plain = [(kind, found) for kind, found in sorted(events().items()) if not found.guards]
    for place, (kind, found) in enumerate(plain):
        amounts = {line.amount: 1_000_00 + 7 * place + at for at, line in enumerate(found.lines)}
        for subject in ("sad-2027", "2027"):
            event(kind, subject, f"2026-05-0{1 + place % 3}", amounts, reference=f"{place:06}")


def event(kind: str, subject: str, day: str, amounts: dict[str, int], *, reference: str = "", target: str = "") -> None:
    kopecks = {name: Kopecks(amount) for name, amount in amounts.items()}
    services.post_event(
        event=kind, subject=subject, amounts=kopecks, key=f"{kind}:{subject}:{day}",
        business_date=date.fromisoformat(day), reference=reference, target=target,
    )  # fmt: skip


def read(client: Client, extension: str, **asked: Any) -> bytes:
    answer = client.get(f"{AT}.{extension}", asked)
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]
