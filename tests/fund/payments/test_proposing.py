"""A refund above the limit needs two people; the database holds it, and no race gets around it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, transaction

from fund.ledger import services as ledger
from fund.money import Kopecks
from fund.payments import services
from fund.payments.days import moscow_date
from fund.payments.models import Payment, Refund, RefundProposal
from people.models import StaffAct, User
from tests import make
from tests.together import together

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.embedded.postgres import Cluster

LIMIT = 1000_00
State = RefundProposal.State


@pytest.fixture(autouse=True)
def limit(settings: Any) -> None:
    settings.REFUND_APPROVAL_KOPECKS = LIMIT


@pytest.fixture
def treasurer() -> User:
    return User.objects.create(email="treasurer@example.org")


@pytest.fixture
def signer() -> User:
    return User.objects.create(email="signer@example.org")


def paid(kopecks: int = 3000_00) -> Payment:
    """Return a payment that stands in the books as paid."""
    ledger.open_account(code="86.sad", name="Сад")
    payment = make.payment(amount_kopecks=kopecks, yookassa_id=str(uuid4()))
    payment.operation = ledger.post_event(
        event="gift", subject="sad", amounts={"gross": Kopecks(kopecks)}, key=f"payment:{payment.reference}",
        business_date=moscow_date(make.NOW), reference="000001",
    )  # fmt: skip
    payment.state, payment.booked_subject, payment.settled_at = Payment.State.SUCCEEDED, "sad", make.NOW
    payment.save()
    return payment


def propose(
    payment: Payment, user: User, kopecks: int = 2000_00, *, key: str = "", after: timedelta = timedelta()
) -> RefundProposal:
    return services.propose_refund(
        payment_id=payment.pk, amount_kopecks=Kopecks(kopecks), reason="mistake", note="Два раза", user=user,
        request_key=key or uuid4().hex, now=make.NOW + after,
    )  # fmt: skip


def refunds() -> list[int]:
    return list(Refund.objects.order_by("pk").values_list("amount_kopecks", flat=True))


def states() -> list[str]:
    return list(RefundProposal.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.django_db
def test_within_the_limit_one_person_is_enough(treasurer: User) -> None:
    proposal = propose(paid(), treasurer, LIMIT)

    assert (proposal.state, proposal.decided_by, proposal.decided_at) == (State.DIRECT, None, make.NOW)
    assert proposal.refund == Refund.objects.get()
    assert (refunds(), proposal.refund.moved_by) == ([LIMIT], "staff")


@pytest.mark.django_db
def test_above_the_limit_nothing_goes_until_a_second_person_says_so(treasurer: User, signer: User) -> None:
    proposal = propose(paid(), treasurer, LIMIT + 1)
    assert (proposal.state, refunds()) == (State.PROPOSED, [])
    decided = services.approve_refund(proposal_id=proposal.pk, user=signer, now=make.NOW)

    assert (decided.state, decided.decided_by, decided.refund) == (State.APPROVED, signer, Refund.objects.get())
    assert (str(decided), refunds()) == (f"proposal {decided.pk} (approved)", [LIMIT + 1])


@pytest.mark.django_db
def test_nobody_approves_or_rejects_what_they_asked_for(treasurer: User) -> None:
    proposal = propose(paid(), treasurer)

    with pytest.raises(services.OwnProposalError):
        services.approve_refund(proposal_id=proposal.pk, user=treasurer, now=make.NOW)
    with pytest.raises(services.OwnProposalError):
        services.reject_refund(proposal_id=proposal.pk, user=treasurer, answer="", now=make.NOW)
    assert (states(), refunds()) == ([State.PROPOSED], [])


@pytest.mark.django_db
def test_only_its_author_takes_a_proposal_back(treasurer: User, signer: User) -> None:
    proposal = propose(paid(), treasurer)
    with pytest.raises(services.NotOwnProposalError):
        services.withdraw_refund(proposal_id=proposal.pk, user=signer, now=make.NOW)
    assert states() == [State.PROPOSED]

    services.withdraw_refund(proposal_id=proposal.pk, user=treasurer, now=make.NOW)
    assert (states(), refunds()) == ([State.WITHDRAWN], [])


@pytest.mark.django_db
def test_a_proposal_is_decided_once(treasurer: User, signer: User) -> None:
    proposal = propose(paid(), treasurer)
    services.reject_refund(proposal_id=proposal.pk, user=signer, answer="Уже вернули", now=make.NOW)
    acts: list[Callable[[], object]] = [
        lambda: services.approve_refund(proposal_id=proposal.pk, user=signer, now=make.NOW),
        lambda: services.reject_refund(proposal_id=proposal.pk, user=signer, answer="", now=make.NOW),
        lambda: services.withdraw_refund(proposal_id=proposal.pk, user=treasurer, now=make.NOW),
    ]
    for act in acts:
        with pytest.raises(services.ProposalDecidedError):
            act()

    proposal.refresh_from_db()
    assert (proposal.state, proposal.answer, refunds()) == (State.REJECTED, "Уже вернули", [])


@pytest.mark.django_db
def test_a_doubled_submit_proposes_once(treasurer: User, signer: User) -> None:
    payment = paid()
    first = propose(payment, treasurer, key="k")

    assert propose(payment, treasurer, key="k") == first
    for wanted, user, kopecks in (
        (payment, treasurer, 1500_00),
        (payment, signer, 2000_00),
        (paid(), treasurer, 2000_00),
    ):
        with pytest.raises(services.RefundKeyReusedError):
            propose(wanted, user, kopecks, key="k")
    assert (states(), refunds()) == ([State.PROPOSED], [])


@pytest.mark.django_db
def test_what_cannot_go_back_is_not_even_proposed(treasurer: User) -> None:
    payment = paid()
    for kopecks, error in ((99, services.RefundTooSmallError), (3000_01, services.RefundTooLargeError)):
        with pytest.raises(error):
            propose(payment, treasurer, kopecks)
    with pytest.raises(services.NotPaidError):
        propose(make.payment(), treasurer)

    assert (states(), refunds()) == ([], [])


@pytest.mark.django_db
def test_parts_of_one_payment_count_together_whoever_asks(treasurer: User, signer: User) -> None:
    payment = paid()
    assert propose(payment, treasurer, LIMIT - 1_00).state == State.DIRECT
    assert propose(payment, signer, 1_01).state == State.PROPOSED
    assert propose(payment, signer, 1_00).state == State.PROPOSED  # what waits counts too

    assert refunds() == [LIMIT - 1_00]


@pytest.mark.django_db
def test_what_one_person_sends_in_a_day_counts_together(treasurer: User, signer: User) -> None:
    assert propose(paid(), treasurer, LIMIT - 1_00).state == State.DIRECT
    assert propose(paid(), treasurer, 1_01).state == State.PROPOSED
    assert propose(paid(), treasurer, 1_00).state == State.DIRECT
    assert propose(paid(), signer, LIMIT).state == State.DIRECT
    assert propose(paid(), treasurer, LIMIT, after=timedelta(days=1)).state == State.DIRECT


@pytest.mark.django_db
def test_a_proposal_whose_money_went_another_way_stays_as_it_was(treasurer: User, signer: User) -> None:
    payment = paid()
    proposal = propose(payment, treasurer)
    services.request_refund(
        payment_id=payment.pk, amount_kopecks=Kopecks(1500_00), reason="mistake", request_key="by hand", now=make.NOW
    )
    with pytest.raises(services.RefundTooLargeError):
        services.approve_refund(proposal_id=proposal.pk, user=signer, now=make.NOW)

    assert (states(), refunds()) == ([State.PROPOSED], [1500_00])


at_once = partial(together, refusals=(services.ProposalDecidedError, services.RefundError), done="done")


def test_two_second_persons_at_once_send_the_money_once(committed: str, treasurer: User, signer: User) -> None:
    other = User.objects.create(email="chair@example.org")
    proposal = propose(paid(), treasurer)
    ends = at_once(
        *(
            lambda user=user: services.approve_refund(proposal_id=proposal.pk, user=user, now=make.NOW)
            for user in (signer, other, signer, other)
        )
    )

    assert ends == ["ProposalDecidedError"] * 3 + ["done"]
    assert (states(), refunds()) == ([State.APPROVED], [2000_00])


def test_approval_and_withdrawal_at_once_end_in_one_of_them(committed: str, treasurer: User, signer: User) -> None:
    proposal = propose(paid(), treasurer)
    ends = at_once(
        lambda: services.approve_refund(proposal_id=proposal.pk, user=signer, now=make.NOW),
        lambda: services.withdraw_refund(proposal_id=proposal.pk, user=treasurer, now=make.NOW),
    )

    assert ends == ["ProposalDecidedError", "done"]
    assert (states(), refunds()) in [([State.APPROVED], [2000_00]), ([State.WITHDRAWN], [])]


def test_one_person_cannot_pass_the_limit_by_asking_at_once(committed: str, treasurer: User) -> None:
    payments = [paid() for _ in range(4)]
    at_once(*(lambda payment=payment: propose(payment, treasurer, 600_00) for payment in payments))

    assert sorted(states()) == [State.DIRECT] + [State.PROPOSED] * 3
    assert refunds() == [600_00]


def test_a_submit_doubled_at_once_proposes_once(committed: str, treasurer: User) -> None:
    payment = paid()
    ends = at_once(*(lambda: propose(payment, treasurer, 600_00, key="k") for _ in range(4)))

    assert ends == ["done"] * 4
    assert (states(), refunds()) == ([State.DIRECT], [600_00])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [{"state": "approved", "decided_by": "treasurer"}, {"state": "rejected", "decided_by": "treasurer"},
     {"state": "withdrawn", "decided_by": "signer"}, {"state": "approved", "decided_by": None},
     {"state": "rejected", "decided_by": "signer", "decided_at": None},
     {"state": "approved", "decided_by": "signer", "refund": None}, {"state": "direct"},
     {"amount_kopecks": 1}, {"note": "x"}],
)  # fmt: skip
def test_the_database_holds_the_second_person(treasurer: User, signer: User, changes: dict[str, Any]) -> None:
    payment = paid()
    proposal = propose(payment, treasurer)
    back = Refund.objects.create(
        payment=payment, amount_kopecks=1, request_key="x", reason="mistake", created_at=make.NOW
    )
    people: dict[Any, User | None] = {"treasurer": treasurer, "signer": signer, None: None}
    wanted: dict[str, Any] = {"decided_at": make.NOW, "refund": back} | changes if "state" in changes else dict(changes)
    if wanted.get("state") in {"rejected", "withdrawn"}:
        wanted["refund"] = None
    if "decided_by" in wanted:
        wanted["decided_by"] = people[wanted["decided_by"]]

    with pytest.raises(DatabaseError), transaction.atomic():
        RefundProposal.objects.filter(pk=proposal.pk).update(**wanted)
    assert states() == [State.PROPOSED]


@pytest.mark.django_db
def test_the_database_keeps_decided_proposals_and_lets_none_begin_decided(treasurer: User, signer: User) -> None:
    proposal = propose(paid(), treasurer)
    services.reject_refund(proposal_id=proposal.pk, user=signer, answer="", now=make.NOW)

    with pytest.raises(IntegrityError, match="decided"), transaction.atomic():
        RefundProposal.objects.update(answer="x")
    with pytest.raises(DatabaseError, match="are kept"), transaction.atomic():
        proposal.delete()
    proposal.refresh_from_db()
    proposal.pk, proposal.request_key = None, "other"
    with pytest.raises(IntegrityError, match="begins undecided"), transaction.atomic():
        proposal.save(force_insert=True)
    assert states() == [State.REJECTED]


def test_not_even_the_owner_empties_the_proposals(committed: str, cluster: Cluster, treasurer: User) -> None:
    propose(paid(), treasurer)
    with cluster.connect(committed, user="fund_owner") as owner, pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute("TRUNCATE payments_refundproposal CASCADE")

    assert states() == [State.PROPOSED]


def test_a_refund_from_the_machine_is_written_down_once_as_nobodys_act(db: None) -> None:
    payment = paid()
    wanted: dict[str, Any] = {"payment_id": payment.pk, "reason": "mistake", "request_key": "by hand", "now": make.NOW}
    sent = services.refund_by_command(amount_kopecks=Kopecks(2000_00), **wanted)
    again = services.refund_by_command(amount_kopecks=Kopecks(2000_00), **wanted)
    with pytest.raises(services.RefundKeyReusedError):
        services.refund_by_command(amount_kopecks=Kopecks(2000_01), **wanted)

    act = StaffAct.objects.get(action="payments.request_refund")
    assert (sent, again) == (Refund.objects.get(), sent)
    assert (act.actor, act.subject) == (None, f"payment:{payment.pk}")
    assert act.details == {"refund": sent.pk, "kopecks": 2000_00, "reason": "mistake"}
    assert Refund.objects.get().moved_by == "staff"
