"""The desk where payouts, expenses and suppliers' payments are written down and confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from fund.payments.models import BankEntry
from tests import make
from tests.fund.payments.papers import TODAY, confirm, expense, funded, held, payout, spent, supplier

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from people.models import User

pytestmark = pytest.mark.django_db
BANK = "/desk/money/bank/"


@pytest.fixture
def desk(client: Client, treasurer: User) -> Client:
    """Return the treasurer's browser."""
    return make.sign_in(client, treasurer)


def text(answer: Any) -> str:
    return str(answer.content.decode()).replace("\N{NO-BREAK SPACE}", " ")


def filled(**changes: str) -> dict[str, str]:
    plain = {"amount": "100", "number": "12", "date": TODAY.isoformat(), "key": str(uuid4())}
    return plain | {"line": "Саженцы", "words": "Двадцать  яблонь\n", **changes}


def test_the_desk_takes_an_expense_from_the_paper_to_the_paid_supplier(
    desk: Client, treasurer: User, signer: User
) -> None:
    funded(title="Сад у реки")
    assert "Сад у реки" in text(desk.get(f"{BANK}expenses/"))
    assert "500 ₽" in text(desk.get(f"{BANK}expenses/sad/"))
    entered = desk.post(f"{BANK}expenses/sad/", filled(number="А-17/2"))
    act = BankEntry.objects.get()
    assert entered.headers["Location"] == f"{BANK}{act.pk}/"
    assert (act.line, act.words, act.order_number) == ("Саженцы", "Двадцать яблонь", "А-17/2")
    assert desk.post(f"{BANK}payout/", filled()).status_code == 302
    assert desk.post(f"{BANK}{act.pk}/approve/").status_code == 403
    page = text(desk.get(BANK))
    assert [words in page for words in ("Деньги и банк", "Сад у реки", "А-17/2", "№ 12")] == [True] * 4
    make.sign_in(desk, signer)
    assert "Двадцать яблонь" in text(desk.get(f"{BANK}{act.pk}/approve/"))
    for entry in BankEntry.objects.all():
        assert desk.post(f"{BANK}{entry.pk}/approve/").status_code == 302
    assert held("57.yookassa", "51", "60", "86.sad") == [400_00, 100_00, 100_00, 400_00]
    assert "Записать платёжное поручение" not in text(desk.get(BANK))
    make.sign_in(desk, treasurer)
    assert f"{BANK}acts/{act.pk}/" in text(desk.get(BANK))
    assert "Двадцать яблонь" in text(desk.get(f"{BANK}acts/{act.pk}/"))
    assert desk.post(f"{BANK}acts/{act.pk}/", filled(amount="30,50")).status_code == 302
    assert desk.post(f"{BANK}acts/{act.pk}/", filled(amount="69,51", number="13")).status_code == 422
    assert "69,50 ₽" in text(desk.get(f"{BANK}{act.pk}/"))
    order = BankEntry.objects.get(kind="supplier")
    assert f"{BANK}{act.pk}/" in text(desk.get(f"{BANK}{order.pk}/"))


@pytest.mark.parametrize(
    "wrong",
    [{"amount": "0"}, {"amount": "-1"}, {"amount": "<b>"}, {"amount": "500,01"}, {"number": ""}, {"number": "<script>"},
     {"number": "x" * 21}, {"date": "2999-01-01"}, {"date": ""}, {"line": "Яхта"}, {"words": ""}, {"words": "x" * 201},
     {"words": "Анне, anna@example.org"}, {"words": "звонить +7 927 000-00-00"}, {"key": "x"}],
)  # fmt: skip
def test_a_wrong_expense_is_refused(desk: Client, wrong: dict[str, str]) -> None:
    funded()

    assert desk.post(f"{BANK}expenses/sad/", filled(**wrong)).status_code == 422
    assert not BankEntry.objects.exists()


def test_what_cannot_be_spent_or_paid_is_not_found(desk: Client, treasurer: User, signer: User) -> None:
    make.campaign("live", title="Ещё собирает", closes_at=make.NOW.replace(year=make.NOW.year + 1))
    funded()
    waits = expense(treasurer, 100_00)
    order = confirm(payout(treasurer, 100_00), signer)

    for address in ("expenses/live/", "expenses/fund/", "expenses/x/", f"acts/{waits.pk}/", f"acts/{order.pk}/"):
        assert desk.get(f"{BANK}{address}").status_code == 404
    assert "Ещё собирает" not in text(desk.get(f"{BANK}expenses/"))


def test_a_sum_that_was_taken_meanwhile_is_said_in_words(desk: Client, treasurer: User, signer: User) -> None:
    funded()
    waits = [payout(treasurer, 500_00), payout(treasurer, 1_00, number=2)]
    confirm(waits[0], signer)
    make.sign_in(desk, signer)
    refused = desk.post(f"{BANK}{waits[1].pk}/approve/")

    assert refused.status_code == 422
    assert "Столько денег там нет" in text(refused)


@pytest.mark.parametrize("address", ["payout/", "expenses/", "expenses/sad/", "acts/1/"])
def test_only_the_treasurer_writes_papers_down(client: Client, signer: User, address: str) -> None:
    assert client.get(f"{BANK}{address}").status_code == 302
    make.sign_in(client, signer)

    assert client.get(f"{BANK}{address}").status_code == 403
    assert client.post(f"{BANK}{address}", filled()).status_code in {403, 405}


def test_pages_of_projects_follow_each_other(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fund.payments.selectors.PAGE_SIZE", 1)
    assert "Проектов, деньги которых можно тратить, нет" in text(desk.get(f"{BANK}expenses/"))
    for number in (1, 2):
        funded(f"sad-{number}", number=number)
    first, second = (text(desk.get(f"{BANK}expenses/?page={page}")) for page in (1, 2))

    assert ("?page=2" in first, "?page=1" in second) == (True, True)
    assert first.count("/desk/money/bank/expenses/sad-") == second.count("/desk/money/bank/expenses/sad-") == 1


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_however_long(
    desk: Client, treasurer: User, signer: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(1, count + 1):
        funded(f"sad-{number}", number=number)
        act = spent(treasurer, signer, 100_00, subject=f"sad-{number}")
        supplier(treasurer, act, 10_00, number=number)
        expense(treasurer, 50_00, subject=f"sad-{number}", number="2")
    for address, queries in ((BANK, 12), (f"{BANK}expenses/", 8)):
        desk.get(address)
        with django_assert_num_queries(queries):
            assert desk.get(address).status_code == 200
