"""An account's card: entries in order, the balance after each, the same whatever the size of a page."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from fund.ledger import services
from fund.ledger.card import Card, Entry, NoPlaceError, Place, card
from fund.ledger.models import Account, Operation, Posting
from fund.money import Kopecks

FIRST, SECOND, THIRD = date(2026, 5, 1), date(2026, 5, 2), date(2026, 5, 3)


def post(event: str, kopecks: int, *, day: date = FIRST, subject: str = "fund", name: str = "gross") -> Operation:
    key = f"{event}:{Posting.objects.count()}"
    return services.post_event(
        event=event, subject=subject, amounts={name: Kopecks(kopecks)}, key=key, business_date=day, reference="1"
    )


def seal() -> int:
    made = services.seal_checkpoint()
    assert made is not None
    return made


def found(code: str, checkpoint: int, **asked: object) -> Card:
    shown = card(code=code, checkpoint=checkpoint, **asked)  # type: ignore[arg-type]
    assert shown is not None
    return shown


@pytest.mark.usefixtures("committed")
def test_a_card_shows_entries_in_order_with_the_balance_after_each() -> None:
    post("gift", 500, day=SECOND)
    seal()
    post("gift", 300, day=FIRST)  # written later, belongs earlier
    post("refund", 100, day=SECOND)
    checkpoint = seal()
    post("gift", 9, day=THIRD)  # not sealed

    shown = found("57.yookassa", checkpoint)

    name = Account.objects.get(code="86.fund").name
    assert shown.entries == (
        Entry(Place(2, 1), FIRST, "Пожертвование № 1", "86.fund", name, Kopecks(300), Kopecks(0), Kopecks(300)),
        Entry(Place(1, 1), SECOND, "Пожертвование № 1", "86.fund", name, Kopecks(500), Kopecks(0), Kopecks(800)),
        Entry(Place(3, 1), SECOND, shown.entries[2].memo, "86.fund", name, Kopecks(0), Kopecks(100), Kopecks(700)),
    )
    assert shown.account.sums() == (0, 0, 800, 100, 700, 0)
    assert shown.before_kopecks == 0
    second = found("57.yookassa", checkpoint, since=SECOND, until=THIRD)
    assert second.account.sums() == (300, 0, 500, 100, 700, 0)
    assert (second.before_kopecks, [entry.balance_kopecks for entry in second.entries]) == (300, [800, 700])
    assert found("86.fund", checkpoint, until=FIRST).entries[0].balance_kopecks == -300


@pytest.mark.usefixtures("committed")
def test_pages_of_any_size_join_into_one_card_with_the_balance_carried_over() -> None:
    chance = random.Random(5)
    for _checkpoint in range(5):
        with transaction.atomic():
            for _entry in range(14):
                event = chance.choice(["gift", "gift", "refund"])
                post(
                    event,
                    chance.randrange(1, 99) + (2000 if event == "gift" else 0),
                    day=FIRST + timedelta(chance.randrange(3)),
                )
            post("commission", chance.randrange(1, 99), name="fee")
        checkpoint = seal()
    whole = found("57.yookassa", checkpoint, limit=1000).entries

    assert len(whole) == 75
    assert [entry.balance_kopecks for entry in whole] == running(whole)
    assert list(whole) == sorted(whole, key=lambda entry: (entry.business_date, entry.place.number))
    for limit in (1, 7, 20):
        joined: list[Entry] = []
        after = None
        while page := found("57.yookassa", checkpoint, limit=limit, after=after):
            if not page.entries:
                break
            assert page.before_kopecks == (joined[-1].balance_kopecks if joined else 0)
            joined += page.entries
            after = page.entries[-1].place
        assert tuple(joined) == whole


def running(entries: tuple[Entry, ...]) -> list[int]:
    sums, total = [], 0
    for entry in entries:
        total += entry.debit_kopecks - entry.credit_kopecks
        sums.append(total)
    return sums


@pytest.mark.usefixtures("committed")
def test_a_page_may_end_between_the_postings_of_one_operation() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT post_operation('gift', 'fund', '2026-05-01', 'x', 'k', NULL, '{}', '{57.yookassa,57.yookassa}',"
            " '{86.fund,76.debts}', '{300,200}', '{}')"
        )
    checkpoint = seal()

    first = found("57.yookassa", checkpoint, limit=1)
    second = found("57.yookassa", checkpoint, limit=1, after=first.entries[0].place)

    assert [(one.other_code, one.balance_kopecks) for one in (*first.entries, *second.entries)] == [
        ("86.fund", 300), ("76.debts", 500),
    ]  # fmt: skip
    assert found("57.yookassa", checkpoint, after=second.entries[0].place).entries == ()


@pytest.mark.usefixtures("committed")
def test_a_card_goes_on_only_behind_a_sealed_entry_of_its_period() -> None:
    sealed = post("gift", 500)
    checkpoint = seal()
    fresh = post("gift", 300)

    for number, since in ((fresh.number, None), (10**9, None), (sealed.number, SECOND)):
        with pytest.raises(NoPlaceError):
            card(code="86.fund", checkpoint=checkpoint, since=since, after=Place(number, 1))
    seal()
    with pytest.raises(NoPlaceError):  # sealed later than the checkpoint that is asked for
        card(code="86.fund", checkpoint=checkpoint, after=Place(fresh.number, 1))
    assert card(code="86.nobody", checkpoint=checkpoint) is None
    assert found("86.fund", 0).entries == ()
