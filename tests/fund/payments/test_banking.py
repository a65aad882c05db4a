"""Payment orders of the fund's bank: written down by one, confirmed by another, booked once, never more than owed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from fund.ledger import services as ledger
from fund.ledger.selectors import balances_kopecks
from fund.money import Kopecks
from fund.payments import selectors, services
from fund.payments.days import moscow_date
from fund.payments.models import Alarm, BankEntry, Chargeback, Payment, Refund
from fund.payments.services.refunding import refuse_refund
from people.models import Letter, StaffAct, User
from tests import make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
TODAY = moscow_date(make.NOW)
BANK = "/desk/money/bank/"


@pytest.fixture
def treasurer(client: Client) -> User:
    person = make.staff("treasurer", email="treasurer@example.org")
    make.sign_in(client, person)
    return person


@pytest.fixture
def signer() -> User:
    return make.staff("signer", email="signer@example.org")


def debt(kopecks: int = 300_00) -> Refund:
    """Return a refund that ЮKassa refused: the fund owes it."""
    number = Payment.objects.count() + 1
    gift = make.paid_donation(make.campaign(f"sad-{number}"), number=number)
    refund = services.request_refund(
        payment_id=gift.payment_id, amount_kopecks=Kopecks(kopecks), reason="mistake", request_key=uuid4().hex,
        now=make.NOW,
    )  # fmt: skip
    refuse_refund(refund_id=refund.pk, reason="general_decline", now=make.NOW)
    refund.refresh_from_db()
    return refund


def enter(refund: Refund, user: User, *, number: int = 17, key: str = "", day: Any = TODAY) -> BankEntry:
    return services.propose_debt_paid(
        refund_id=refund.pk, order_number=number, order_date=day, request_key=key or uuid4().hex, user=user,
        now=make.NOW,
    )  # fmt: skip


def top_up(user: User, *, number: int = 18, key: str = "", kopecks: int = 1_000_00) -> BankEntry:
    return services.propose_top_up(
        amount_kopecks=Kopecks(kopecks), order_number=number, order_date=TODAY, request_key=key or uuid4().hex,
        user=user, now=make.NOW,
    )  # fmt: skip


def confirm(entry: BankEntry, user: User) -> BankEntry:
    return services.approve_bank_entry(entry_id=entry.pk, user=user, now=make.NOW)


def held(*codes: str) -> list[int]:
    found = balances_kopecks(codes=list(codes))
    return [found[code] for code in codes]


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_debt_is_booked_as_paid_once_a_second_person_confirms_it(treasurer: User, signer: User) -> None:
    refund = debt()
    entry = enter(refund, treasurer, key="k")
    assert enter(refund, treasurer, key="k") == entry
    assert held("76.debts", "51") == [300_00, 0]
    with pytest.raises(services.OwnProposalError):
        confirm(entry, treasurer)
    confirm(entry, signer)
    with pytest.raises(services.ProposalDecidedError):
        confirm(entry, signer)

    refund.refresh_from_db()
    assert (refund.owed_kopecks, refund.discharged_kopecks) == (0, 300_00)
    assert held("76.debts", "51") == [0, -300_00]
    assert not Alarm.objects.filter(closed_at=None).exists()
    assert not Refund.objects.owed().exists()
    assert list(Letter.objects.values_list("kind", flat=True)) == ["refund", "repaid"]
    sums = selectors.refund_sums(payment_ids=[refund.payment_id])[refund.payment_id]
    assert (sums.owed_kopecks, sums.repaid_kopecks, sums.gone_kopecks) == (0, 300_00, 300_00)
    with pytest.raises(services.NotOwedError):
        enter(refund, treasurer, number=99)
    acts = StaffAct.objects.order_by("pk").values_list("action", flat=True)
    assert [act for act in acts if "bank" in act] == ["payments.enter_bank_payment", "payments.confirm_bank_payment"]
    assert selectors.payment_history(payment=refund.payment)


def test_a_debt_has_one_standing_order_and_an_order_stands_once(treasurer: User, signer: User) -> None:
    first, second = debt(), debt()
    entry = enter(first, treasurer)
    with pytest.raises(services.NotOwedError):
        enter(first, treasurer, number=18)
    with pytest.raises(services.OrderKnownError):
        enter(second, treasurer)
    with pytest.raises(services.OrderKnownError):
        top_up(treasurer, number=17)
    services.reject_bank_entry(entry_id=entry.pk, user=signer, answer="Нет в выписке", now=make.NOW)

    assert enter(second, treasurer).state == "proposed"
    assert BankEntry.objects.count() == 2


@pytest.mark.parametrize("days", [-1, 1])
def test_an_order_is_not_of_before_the_debt_nor_of_a_day_to_come(treasurer: User, days: int) -> None:
    with pytest.raises(services.OrderDateError):
        enter(debt(), treasurer, day=TODAY + timedelta(days=days))
    assert BankEntry.objects.count() == 0


def test_what_the_donors_bank_took_meanwhile_is_not_paid(treasurer: User, signer: User) -> None:
    refund = debt()
    entry = enter(refund, treasurer)
    Refund.objects.filter(pk=refund.pk).update(discharged_kopecks=100_00)
    with pytest.raises(services.NotOwedError):
        confirm(entry, signer)

    assert held("51") == [0]
    assert BankEntry.objects.get().state == "proposed"


def test_a_top_up_is_booked_once_and_wakes_what_waits(treasurer: User, signer: User) -> None:
    refund = debt()
    Refund.objects.filter(pk=refund.pk).update(next_check_at=None)
    gift = make.paid_donation(make.campaign("les"), number=7)
    waits = services.request_refund(
        payment_id=gift.payment_id, amount_kopecks=Kopecks(100_00), reason="mistake", request_key="w", now=make.NOW
    )
    later = make.NOW + timedelta(minutes=10)
    Refund.objects.filter(pk=waits.pk).update(short_since=make.NOW, next_check_at=later)
    (before,) = held("57.yookassa")
    entry = top_up(treasurer, key="k")
    assert top_up(treasurer, key="k") == entry
    confirm(entry, signer)

    assert held("57.yookassa", "51") == [before + 1_000_00, -1_000_00]
    waits.refresh_from_db()
    assert waits.next_check_at == make.NOW


def test_only_who_wrote_it_withdraws_it_and_nobody_rejects_an_own_one(treasurer: User, signer: User) -> None:
    entry = top_up(treasurer)
    with pytest.raises(services.NotOwnProposalError):
        services.withdraw_bank_entry(entry_id=entry.pk, user=signer, now=make.NOW)
    with pytest.raises(services.OwnProposalError):
        services.reject_bank_entry(entry_id=entry.pk, user=treasurer, answer="x", now=make.NOW)

    assert str(services.withdraw_bank_entry(entry_id=entry.pk, user=treasurer, now=make.NOW)).endswith("(withdrawn)")
    assert held("51") == [0]


@pytest.mark.parametrize(
    "change",
    ["amount_kopecks = 1", "order_number = '99'", "state = 'approved', decided_at = now(), decided_by_id = {signer}",
     "state = 'rejected', decided_at = now(), decided_by_id = {treasurer}"],
)  # fmt: skip
def test_the_database_refuses_what_the_code_never_does(treasurer: User, signer: User, change: str) -> None:
    top_up(treasurer)
    words = change.format(signer=signer.pk, treasurer=treasurer.pk)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE payments_bankentry SET {words}")
    with pytest.raises(DatabaseError), transaction.atomic():
        BankEntry.objects.all().delete()
    with pytest.raises((DatabaseError, psycopg.Error)), transaction.atomic():
        Refund.objects.filter(pk=debt().pk).update(discharged_kopecks=300_01)


def test_a_decided_entry_and_one_that_begins_decided_are_refused(treasurer: User, signer: User) -> None:
    entry = top_up(treasurer)
    services.reject_bank_entry(entry_id=entry.pk, user=signer, answer="x", now=make.NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        BankEntry.objects.update(answer="y")
    entry.refresh_from_db()
    entry.pk, entry.request_key = None, "another"
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.save(force_insert=True)


def test_the_desk_enters_and_confirms_both_kinds(client: Client, treasurer: User, signer: User) -> None:
    refund = debt()
    assert "300" in text(client.get(f"{BANK}debts/{refund.pk}/"))
    form = {"number": "12", "date": TODAY.isoformat(), "key": str(uuid4())}
    entered = client.post(f"{BANK}debts/{refund.pk}/", form)
    entry = BankEntry.objects.get()
    assert entered.headers["Location"] == f"{BANK}{entry.pk}/"
    assert client.post(f"{BANK}debts/{refund.pk}/", form | {"key": str(uuid4())}).status_code == 422
    filled = {"number": "13", "date": TODAY.isoformat(), "key": str(uuid4()), "amount": "1 000"}
    assert client.post(f"{BANK}top-up/", filled).status_code == 302
    assert client.post(f"{BANK}top-up/", filled | {"key": str(uuid4())}).status_code == 422
    top = BankEntry.objects.get(kind="top_up")
    assert "Отозвать" in text(client.get(f"{BANK}{top.pk}/"))
    assert client.post(f"{BANK}{top.pk}/approve/").status_code == 403
    assert client.post(f"{BANK}{top.pk}/withdraw/").status_code == 302
    assert client.post(f"{BANK}{top.pk}/withdraw/").status_code == 422
    make.sign_in(client, signer)
    assert "Подтвердить" in text(client.get(f"{BANK}{entry.pk}/"))
    assert client.get(f"{BANK}{entry.pk}/approve/").status_code == 200
    assert client.post(f"{BANK}{entry.pk}/reject/").status_code == 422
    assert client.post(f"{BANK}{entry.pk}/approve/").status_code == 302
    assert client.post(f"{BANK}{entry.pk}/reject/", {"answer": "Поздно"}).status_code == 422
    assert client.get(f"{BANK}top-up/").status_code == 403

    assert held("76.debts", "51") == [0, -300_00]
    assert "Подтверждено" in text(client.get(f"{BANK}{entry.pk}/"))


@pytest.mark.parametrize(
    "wrong",
    [{"number": "0"}, {"number": "1000000"}, {"number": "-1"}, {"number": "x"}, {"date": "2026-13-45"}, {"date": ""},
     {"key": "x"}, {"amount": "0"}, {"amount": "-5"}, {"amount": "9" * 25}, {"amount": "<script>"}],
)  # fmt: skip
def test_a_wrong_payment_order_is_refused(client: Client, treasurer: User, wrong: dict[str, str]) -> None:
    filled = {"number": "13", "date": TODAY.isoformat(), "key": str(uuid4()), "amount": "1 000"}

    assert client.post(f"{BANK}top-up/", filled | wrong).status_code == 422
    assert BankEntry.objects.count() == 0
    del treasurer


def test_the_desk_rejects_with_an_answer(client: Client, treasurer: User, signer: User) -> None:
    entry = top_up(treasurer)
    assert client.post(f"{BANK}{entry.pk}/reject/", {"answer": "x"}).status_code == 403
    make.sign_in(client, signer)

    assert client.post(f"{BANK}{entry.pk}/reject/", {"answer": "Нет в выписке"}).status_code == 302
    assert "Нет в выписке" in text(client.get(f"{BANK}{entry.pk}/"))
    assert client.get(f"{BANK}999/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_however_long(
    client: Client, treasurer: User, signer: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        confirm(enter(debt(), treasurer, number=number + 1), signer)
        enter(debt(), treasurer, number=number + 11)
        refund = debt()
        operation = ledger.post_event(
            event="chargeback", subject="fund", amounts={"gross": Kopecks(1)}, key=f"c{number}", business_date=TODAY
        )
        Chargeback.objects.create(
            payment=refund.payment, yookassa_id=f"c{number}", amount_kopecks=1, gift_kopecks=1, debt_kopecks=0,
            loss_kopecks=0, operation=operation, noticed_at=make.NOW,
        )  # fmt: skip
    for address, queries in ((BANK, 11), ("/desk/money/chargebacks/", 7)):
        client.get(address)
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200


def test_the_page_of_disputed_payments_shows_gift_sum_and_loss(client: Client, treasurer: User) -> None:
    gift = make.paid_donation(make.campaign("les", title="Лес"), number=41, kopecks=700_00)
    operation = ledger.post_event(
        event="chargeback", subject="fund", amounts={"gross": Kopecks(1)}, key="c", business_date=TODAY
    )
    Chargeback.objects.create(
        payment=gift.payment, yookassa_id="c", amount_kopecks=700_00, gift_kopecks=450_50, debt_kopecks=50_00,
        loss_kopecks=199_50, operation=operation, noticed_at=make.NOW,
    )  # fmt: skip
    page = text(client.get("/desk/money/chargebacks/")).replace("\N{NO-BREAK SPACE}", " ")

    assert [words in page for words in (f"№ {gift.number}", "«Лес»", ">700 ₽<", ">199,50 ₽<")] == [True] * 4
    assert f"/desk/money/payments/{gift.payment_id}/" in page
    del treasurer
