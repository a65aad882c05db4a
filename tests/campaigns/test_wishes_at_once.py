"""A donor takes a gift back while the staff answers the request for it: one order of locks, no deadlock."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError

from campaigns.models import RefundRequest
from campaigns.wishes import answering, asking
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.models import Refund
from tests import make
from tests.campaigns.test_funding import at_once
from tests.campaigns.wishes import ask, owed_campaign, owed_gift

if TYPE_CHECKING:
    from campaigns.models import Donation
    from people.models import User

pytestmark = pytest.mark.usefixtures("committed")
ROUNDS = 6
EXPECTED = (asking.WishError, payments.RefundError)


def run(gift: Donation, request: RefundRequest, user: User, number: int) -> None:
    """Do as one of four: agree, take back, decline, or send a part of it back from the payment's own page."""
    if number == 0:
        answering.agree(request_id=request.pk, user=user, now=make.NOW)
    elif number == 1:
        asking.take_back(donation_id=gift.pk, now=make.NOW)
    elif number == 2:
        answering.decline(request_id=request.pk, user=user, answer="Потрачено", now=make.NOW)
    else:
        payments.propose_refund(
            payment_id=gift.payment_id, amount_kopecks=Kopecks(100_00), reason="mistake", note="",
            request_key=f"part:{gift.pk}", user=user, now=make.NOW,
        )  # fmt: skip


def test_four_at_once_about_one_gift_wait_for_each_other_and_nobody_sees_a_deadlock(treasurer: User) -> None:
    sad, faults = owed_campaign(), []
    numbers = count()
    for _round in range(ROUNDS):
        gift = owed_gift(sad, email=f"{next(numbers)}@example.org")
        request = ask(gift)

        def one(number: int, gift: Donation = gift, request: RefundRequest = request) -> None:
            try:
                run(gift, request, treasurer, number)
            except EXPECTED:
                pass
            except OperationalError as error:
                faults.append(str(error))

        at_once(one, 4)
        request.refresh_from_db()

        assert request.state != RefundRequest.State.OPEN
        refunds = Refund.objects.filter(payment=gift.payment_id)
        assert sum(row.amount_kopecks for row in refunds) <= gift.amount_kopecks

    assert faults == []
