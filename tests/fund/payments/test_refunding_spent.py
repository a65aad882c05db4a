"""A project's money that is spent does not go back: the staff is told how much is left, whoever is first."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from campaigns.models import Donation
from fund.money import Kopecks
from fund.payments import services
from fund.payments.models import Payment, Refund, RefundProposal
from tests import make
from tests.fund.payments.papers import confirm, expense, funded, held, spent
from tests.together import together

if TYPE_CHECKING:
    from people.models import User

pytestmark = pytest.mark.usefixtures("committed")


def gift() -> Payment:
    """Return the payment of 500 roubles for a project that is funded."""
    funded(kopecks=500_00)
    return Payment.objects.get()


def propose(payment: Payment, user: User, kopecks: int) -> RefundProposal:
    return services.propose_refund(
        payment_id=payment.pk, amount_kopecks=Kopecks(kopecks), reason="mistake", note="", request_key=uuid4().hex,
        user=user, now=make.NOW,
    )  # fmt: skip


def test_what_is_left_goes_back_and_not_a_kopeck_more(treasurer: User, signer: User) -> None:
    payment = gift()
    spent(treasurer, signer, 300_00)
    with pytest.raises(services.RefundSpentError) as refused:
        propose(payment, treasurer, 200_01)
    assert (refused.value.left_kopecks, Refund.objects.count()) == (200_00, 0)

    propose(payment, treasurer, 150_00)
    with pytest.raises(services.RefundSpentError):  # what is on its way is left no more
        propose(payment, treasurer, 50_01)
    propose(payment, treasurer, 50_00)
    assert held("86.sad") == [200_00]


def test_a_second_person_says_no_where_it_was_spent_meanwhile(treasurer: User, signer: User, settings: object) -> None:
    settings.REFUND_APPROVAL_KOPECKS = 0  # type: ignore[attr-defined]
    payment = gift()
    proposal = propose(payment, treasurer, 400_00)
    spent(treasurer, signer, 300_00)
    with pytest.raises(services.RefundSpentError):
        services.approve_refund(proposal_id=proposal.pk, user=signer, now=make.NOW)
    proposal.refresh_from_db()

    assert (proposal.state, Refund.objects.count()) == ("proposed", 0)


def test_of_a_refund_and_an_expense_at_once_one_is_done(treasurer: User, signer: User) -> None:
    payment = gift()
    act = expense(treasurer, 300_00)
    together(
        partial(confirm, act, signer),
        partial(propose, payment, treasurer, 300_00),
        refusals=(services.RefundSpentError, services.BankEntryError),
    )
    act.refresh_from_db()

    assert (act.state == "approved") + Refund.objects.count() == 1


def test_the_desk_and_the_command_say_so(treasurer: User, signer: User) -> None:
    payment = gift()
    spent(treasurer, signer, 300_00)
    client = make.sign_in(Client(), treasurer)
    words = {"amount": "400", "reason": "mistake", "note": "", "key": str(uuid4()), "confirmed": "1"}
    page = client.post(reverse("money:refund", kwargs={"payment_id": payment.pk}), words)

    assert page.status_code == 422
    assert "Проект уже потратил эти деньги: осталось 200\xa0₽." in page.content.decode()
    number = str(Donation.objects.get().pk)
    with pytest.raises(CommandError, match="has spent money"):
        call_command("refund_gift", number, "400", "--reason", "mistake", "--key", "x")
    call_command("refund_gift", number, "100", "--reason", "mistake", "--key", "y")
    call_command("refund_gift", number, "100", "--reason", "mistake", "--key", "y")
    assert Refund.objects.count() == 1


def test_before_anything_may_be_spent_nothing_is_in_the_way(treasurer: User) -> None:
    found = make.campaign("sad", closes_at=make.NOW + timedelta(days=3))
    make.paid_donation(found, number=1, kopecks=500_00)
    propose(Payment.objects.get(), treasurer, 500_00)

    assert Refund.objects.count() == 1
