"""What ЮKassa pays out and what projects spend: by two people, never more than there is, to the kopeck."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction

from campaigns.repurposing.sharing import share_out
from campaigns.selectors import figures
from fund.ledger.models import Operation
from fund.ledger.selectors import accounts_page
from fund.ledger.services import post_event, reverse_operation
from fund.money import Kopecks
from fund.payments import selectors, services
from fund.payments.models import BankEntry
from people.models import StaffAct
from tests import make
from tests.campaigns.repurposing import LATER, stopped
from tests.fund.payments.papers import TODAY, confirm, expense, funded, held, payout, spent, supplier

if TYPE_CHECKING:
    from people.models import User

pytestmark = pytest.mark.django_db


def test_from_the_gift_to_the_paid_supplier_every_kopeck_is_where_it_should_be(treasurer: User, signer: User) -> None:
    campaign = funded(kopecks=1_234_57)
    post_event(
        event="commission", subject="fund", amounts={"fee": Kopecks(43_21)}, key="fee", business_date=TODAY
    )  # fmt: skip
    confirm(payout(treasurer, 1_100_03), signer)
    assert held("57.yookassa", "51") == [91_33, 1_100_03]
    act = spent(treasurer, signer, 987_65)
    assert held("86.sad", "20.sad", "60") == [246_92, 0, 987_65]
    confirm(supplier(treasurer, act, 500_00), signer)
    confirm(supplier(treasurer, act, 487_65, number=2), signer)

    assert held("57.yookassa", "51", "60", "20.sad", "86.sad", "26.acquiring") == [91_33, 112_38, 0, 0, 246_92, 43_21]
    found = figures(campaigns=[campaign])["sad"]
    assert (found.raised_kopecks, found.spent_kopecks, found.held_kopecks) == (1_234_57, 987_65, 246_92)
    kinds = Operation.objects.order_by("number").values_list("kind", "subject")
    assert list(kinds) == [
        ("gift", "sad"), ("commission", "fund"), ("payout", "fund"), ("supplier_act", "sad"),
        ("project_costs_covered", "sad"), ("supplier_paid", "sad"), ("supplier_paid", "sad"),
    ]  # fmt: skip
    accounts = accounts_page(limit=100)
    assert sum(row.debit_kopecks for row in accounts) == sum(row.credit_kopecks for row in accounts)
    assert {row.code: row.balance_kopecks for row in accounts if row.balance_kopecks} == {
        "57.yookassa": 91_33, "51": 112_38, "26.acquiring": 43_21, "86.sad": 246_92,
    }  # fmt: skip
    assert not selectors.acts_owed().exists()


def test_nothing_is_booked_before_a_second_person_confirms_and_once_however_often(
    treasurer: User, signer: User
) -> None:
    funded()
    papers = [payout(treasurer, 300_00, key="p"), expense(treasurer, 200_00, key="e")]
    assert [payout(treasurer, 300_00, key="p"), expense(treasurer, 200_00, key="e")] == papers
    assert held("51", "60") == [0, 0]
    for paper in papers:
        with pytest.raises(services.OwnProposalError):
            confirm(paper, treasurer)
        confirm(paper, signer)
        with pytest.raises(services.ProposalDecidedError):
            confirm(paper, signer)
    act = papers[1]
    order = supplier(treasurer, act, 200_00, key="s")
    assert supplier(treasurer, act, 200_00, key="s") == order
    with pytest.raises(services.OwnProposalError):
        services.reject_bank_entry(entry_id=order.pk, user=treasurer, answer="x", now=make.NOW)
    with pytest.raises(services.OwnProposalError):
        confirm(order, treasurer)
    confirm(order, signer)
    with pytest.raises(services.ProposalDecidedError):
        confirm(order, signer)

    assert held("51", "60") == [100_00, 0]
    acts = StaffAct.objects.filter(action__contains="bank").order_by("pk").values_list("actor__email", "details__kind")
    assert [(who.split("@")[0], kind) for who, kind in acts] == [
        ("treasurer", "payout"), ("treasurer", "expense"), ("signer", "payout"), ("signer", "expense"),
        ("treasurer", "supplier"), ("signer", "supplier"),
    ]  # fmt: skip
    act.refresh_from_db()
    memo = "Затраты проекта покрыты его средствами"
    assert [one.memo for one in (act.operation, act.cover_operation) if one] == [f"Акт поставщика № {act.number}", memo]


def test_no_more_is_paid_out_than_lies_at_yookassa(treasurer: User, signer: User) -> None:
    funded(kopecks=500_00)
    with pytest.raises(services.NotHeldError):
        payout(treasurer, 500_01)
    first, second = payout(treasurer, 300_00), payout(treasurer, 300_00, number=2)
    confirm(first, signer)
    with pytest.raises(services.NotHeldError):
        confirm(second, signer)

    assert held("57.yookassa", "51") == [200_00, 300_00]
    assert BankEntry.objects.get(pk=second.pk).state == "proposed"
    assert Operation.objects.filter(kind="payout").count() == 1


def test_a_project_spends_no_more_than_it_holds(treasurer: User, signer: User) -> None:
    funded(kopecks=500_00)
    with pytest.raises(services.NotHeldError):
        expense(treasurer, 500_01)
    first = expense(treasurer, 300_00)
    with pytest.raises(services.NotHeldError):
        expense(treasurer, 200_01, number="2")  # the first one waits and will take its part
    second = expense(treasurer, 200_00, number="2")
    confirm(first, signer)
    post_event(event="refund", subject="sad", amounts={"gross": Kopecks(1)}, key="r", business_date=TODAY)
    with pytest.raises(services.NotHeldError):
        confirm(second, signer)

    assert held("86.sad", "60") == [199_99, 300_00]
    assert BankEntry.objects.get(pk=second.pk).state == "proposed"


def test_what_is_on_its_way_back_to_a_donor_is_not_spent(treasurer: User) -> None:
    campaign = make.campaign("sad")
    gift = make.paid_donation(campaign, number=1, kopecks=500_00)
    make.end(campaign, at=make.NOW)
    services.request_refund(
        payment_id=gift.payment_id, amount_kopecks=Kopecks(200_00), reason="mistake", request_key="r", now=make.NOW
    )
    with pytest.raises(services.NotHeldError):
        expense(treasurer, 300_01)

    assert expense(treasurer, 300_00).state == "proposed"


@pytest.mark.parametrize("wrong", [{"subject": "nowhere"}, {"subject": "fund"}, {"line": "Яхта"}])
def test_an_expense_is_of_a_known_project_and_a_line_of_its_budget(treasurer: User, wrong: dict[str, str]) -> None:
    funded()
    with pytest.raises(services.NotSpendableError):
        expense(treasurer, 100, **wrong)

    assert not BankEntry.objects.exists()


def test_for_an_act_no_more_is_paid_than_it_says(treasurer: User, signer: User) -> None:
    funded()
    act = spent(treasurer, signer, 300_00)
    with pytest.raises(services.NotOwedError):
        supplier(treasurer, act, 300_01)
    waits = supplier(treasurer, act, 200_00)
    with pytest.raises(services.NotOwedError):
        supplier(treasurer, act, 100_01, number=2)
    services.withdraw_bank_entry(entry_id=waits.pk, user=treasurer, now=make.NOW)
    confirm(supplier(treasurer, act, 300_00, number=2), signer)
    with pytest.raises(services.NotOwedError):
        supplier(treasurer, act, 1, number=3)

    assert held("60", "51") == [0, -300_00]


def test_an_act_that_is_not_in_the_books_or_was_put_right_there_is_not_paid(treasurer: User, signer: User) -> None:
    funded()
    waits = expense(treasurer, 100_00)
    with pytest.raises(BankEntry.DoesNotExist):
        supplier(treasurer, waits, 100_00)
    confirm(waits, signer)
    waits.refresh_from_db()
    assert waits.operation
    reverse_operation(
        operation=waits.operation, reason="duplicate", approved_by_role="signer", key="back", business_date=TODAY
    )  # fmt: skip
    with pytest.raises(BankEntry.DoesNotExist):
        supplier(treasurer, waits, 100_00)

    assert not selectors.expenses(subject="sad").exists()


def test_the_same_paper_stands_once_and_is_not_of_tomorrow(treasurer: User, signer: User) -> None:
    funded()
    payout(treasurer, 100_00)
    with pytest.raises(services.OrderKnownError):
        payout(treasurer, 1_00)
    first = expense(treasurer, 100_00)
    with pytest.raises(services.OrderKnownError):
        expense(treasurer, 100_00, line="Саженцы", words="Ещё раз")
    assert expense(treasurer, 100_01).order_number == first.order_number  # another supplier numbers from one too
    tomorrow = TODAY + timedelta(days=1)
    with pytest.raises(services.OrderDateError):
        payout(treasurer, 1_00, number=2, day=tomorrow)
    with pytest.raises(services.OrderDateError):
        expense(treasurer, 1_00, number="2", day=tomorrow)
    confirm(first, signer)
    supplier(treasurer, first, 50_00)  # our own order No. 1 is another paper than ЮKassa's No. 1
    with pytest.raises(services.OrderKnownError):
        supplier(treasurer, first, 50_00)

    assert BankEntry.objects.count() == 4


@pytest.mark.parametrize(
    "change",
    [{"line": ""}, {"words": ""}, {"subject": ""}, {"kind": "top_up"}, {"kind": "supplier"},
     {"order_number": "<script>"}, {"order_number": ""}],
)  # fmt: skip
def test_the_database_takes_no_expense_that_says_too_little(treasurer: User, change: dict[str, str]) -> None:
    funded()
    entry = expense(treasurer, 100_00)
    plain = {"kind": "expense", "subject": "sad", "line": "x", "words": "x", "order_number": "9", "request_key": "new"}
    with pytest.raises(DatabaseError), transaction.atomic():
        BankEntry.objects.create(
            amount_kopecks=1, order_date=TODAY, proposed_by=treasurer, proposed_at=make.NOW, **plain | change
        )
    for field in ("subject", "line", "words"):
        with pytest.raises(DatabaseError), transaction.atomic():
            BankEntry.objects.filter(pk=entry.pk).update(**{field: "other"})


def test_the_database_pays_no_act_twice(treasurer: User, signer: User) -> None:
    funded()
    act = spent(treasurer, signer, 100_00)
    supplier(treasurer, act, 60_00)
    plain = {
        "kind": "supplier", "subject": "sad", "order_number": "9", "order_date": TODAY, "request_key": "new",
        "proposed_by": treasurer, "proposed_at": make.NOW,
    }  # fmt: skip
    for wrong in ({"act": act, "amount_kopecks": 40_01}, {"act": act, "amount_kopecks": 1, "subject": "fund"}):
        with pytest.raises(DatabaseError, match="more than act"), transaction.atomic():
            BankEntry.objects.create(**plain | wrong)
    assert BankEntry.objects.create(**plain, act=act, amount_kopecks=40_00).state == "proposed"


def test_an_act_that_waited_until_all_was_shared_out_to_donors_is_not_booked(treasurer: User, signer: User) -> None:
    campaign = funded(kopecks=500_00)
    late = expense(treasurer, 300_00)
    question = stopped(campaign, at=make.NOW + timedelta(hours=1))
    assert share_out(question_id=question.pk, now=LATER + timedelta(hours=1))
    with pytest.raises(services.NotSpendableError):
        confirm(late, signer)

    assert held("86.sad", "60") == [500_00, 0]
