"""Two pairs of hands at the same moment: no project's money is spent twice, and no paper is booked twice."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from campaigns.repurposing.sharing import share_out
from fund.ledger.models import Operation
from fund.money import Kopecks
from fund.payments import services
from tests import make
from tests.campaigns.repurposing import LATER, stopped
from tests.fund.payments.papers import confirm, expense, funded, held, payout, spent, supplier
from tests.together import together

if TYPE_CHECKING:
    from people.models import User

pytestmark = pytest.mark.usefixtures("committed")


at_once = partial(together, refusals=(services.BankEntryError, services.ProposalDecidedError))


def test_two_treasurers_at_once_cannot_write_down_more_than_there_is(treasurer: User) -> None:
    funded(kopecks=500_00)
    other = make.staff("treasurer")
    refused = at_once(
        lambda: expense(treasurer, 300_00, number="1"), lambda: expense(other, 300_00, number="2"),
        lambda: expense(other, 300_00, number="3"),
    )  # fmt: skip

    assert refused == ["", "NotHeldError", "NotHeldError"]


def test_two_signers_at_once_cannot_spend_more_than_there_is(treasurer: User, signer: User) -> None:
    campaign = funded(kopecks=500_00)
    gift = campaign.donations.get()
    papers = [expense(treasurer, 250_00, number="1"), expense(treasurer, 250_00, number="2")]
    services.request_refund(
        payment_id=gift.payment_id, amount_kopecks=Kopecks(250_00), reason="mistake", request_key="r",
        now=make.NOW,
    )  # fmt: skip
    other = make.staff("signer")

    assert at_once(lambda: confirm(papers[0], signer), lambda: confirm(papers[1], other)) == ["", "NotHeldError"]
    assert held("86.sad", "60") == [250_00, 250_00]


def test_one_paper_confirmed_by_two_at_once_is_booked_once(treasurer: User, signer: User) -> None:
    funded(kopecks=500_00)
    act = spent(treasurer, signer, 100_00)
    papers = [payout(treasurer, 100_00), expense(treasurer, 100_00, number="2"), supplier(treasurer, act, 100_00)]
    other = make.staff("signer")
    for paper in papers:
        twice = at_once(*[partial(confirm, paper, hand) for hand in (signer, other)])
        assert twice == ["", "ProposalDecidedError"]

    kinds = Operation.objects.values_list("kind", flat=True)
    assert [list(kinds).count(kind) for kind in ("payout", "supplier_act", "supplier_paid")] == [1, 2, 1]


def test_an_act_is_paid_once_by_two_at_once(treasurer: User, signer: User) -> None:
    funded()
    act = spent(treasurer, signer, 100_00)
    works = [partial(supplier, treasurer, act, 60_00, number=number) for number in (1, 2, 3)]

    assert at_once(*works) == ["", "NotOwedError", "NotOwedError"]


def test_money_is_either_spent_or_shared_out_to_donors(treasurer: User, signer: User) -> None:
    campaign = funded(kopecks=500_00)
    late = expense(treasurer, 300_00)
    question = stopped(campaign, at=make.NOW + timedelta(hours=1))
    later = LATER + timedelta(hours=1)
    refused = at_once(lambda: confirm(late, signer), lambda: share_out(question_id=question.pk, now=later))
    question.refresh_from_db()

    assert (refused, question.pool_kopecks) in [(["", ""], 200_00), (["", "NotSpendableError"], 500_00)]
    with pytest.raises(services.NotSpendableError):
        expense(treasurer, 1_00, number="2")
