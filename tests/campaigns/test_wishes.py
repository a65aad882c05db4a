"""What a donor asks of a gift: to take it back, to have it back, to be paid what is owed; the staff's answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from campaigns.models import BankDetails, Donation, RefundRequest
from campaigns.services import Gift, give
from campaigns.services.erasing import forget_gifts
from campaigns.services.retention import forget_old
from campaigns.wishes import answering, asking, paying
from campaigns.wishes.selectors import waiting, wishes
from fund.ledger.selectors import balances_kopecks
from fund.ledger.services import post_event
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.days import moscow_date
from fund.payments.models import Payment, Refund, RefundProposal
from fund.payments.services.refunding import refuse_refund
from people.models import Letter, StaffAct, User
from people.outbox import send_letter
from tests import make

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from campaigns.models import Campaign

pytestmark = pytest.mark.django_db
ACCOUNT, BIC = "40817810700000000001", "044525225"
PAYEE = {"name": "Анна Мостовая", "account": ACCOUNT, "bic": BIC}
END = make.NOW + timedelta(days=3)


@pytest.fixture
def treasurer() -> User:
    return make.staff("treasurer", email="treasurer@example.org")


@pytest.fixture
def signer() -> User:
    return make.staff("signer", email="signer@example.org")


def owed_campaign(**terms: Any) -> Campaign:
    return make.campaign(
        closes_at=END, funding="all_or_nothing", minimum_kopecks=1_000_00, goal_kopecks=2_000_00, **terms
    )  # fmt: skip


def owed_gift(campaign: Campaign, *, fee: int | None = 17_50, email: str = "") -> Donation:
    """Return a paid gift to an all-or-nothing campaign whose goal is not met."""
    wanted = Gift(Kopecks(500_00), email or f"{uuid4().hex}@example.org")
    gift = give(campaign=campaign, gift=wanted, key=str(uuid4()), address="10.0.0.1", now=make.NOW)
    operation = post_event(
        event="gift_until_goal", subject=campaign.slug, amounts={"gross": Kopecks(500_00)}, key=f"p{gift.pk}",
        business_date=moscow_date(make.NOW), reference=gift.number,
    )  # fmt: skip
    Payment.objects.filter(pk=gift.payment_id).update(
        state="succeeded", yookassa_id=f"y{gift.pk}", operation=operation, booked_event="gift_until_goal",
        booked_subject=campaign.slug, booked_reference=gift.number, settled_at=make.NOW,
        income_kopecks=None if fee is None else 500_00 - fee,
    )  # fmt: skip
    return Donation.objects.select_related("payment", "campaign").get(pk=gift.pk)


def project_gift(number: int = 1) -> Donation:
    """Return a paid gift that is the project's."""
    return make.paid_donation(make.campaign(f"les-{number}"), number=number)


def indebted(number: int = 1) -> Donation:
    gift = project_gift(number)
    refund = payments.request_refund(
        payment_id=gift.payment_id, amount_kopecks=Kopecks(gift.amount_kopecks), reason="mistake",
        request_key=uuid4().hex, now=make.NOW,
    )  # fmt: skip
    refuse_refund(refund_id=refund.pk, reason="general_decline", now=make.NOW)
    return gift


def ask(gift: Donation, reason: str = "Заплатил дважды") -> RefundRequest:
    return asking.ask_refund(donation_id=gift.pk, reason=reason, now=make.NOW)


def sent_words(kind: str) -> str:
    letter = Letter.objects.filter(kind=kind).latest("pk")
    send_letter(letter_id=letter.pk, now=make.NOW)
    return str(mail.outbox[-1].body)


def text(answer: Any) -> str:
    return str(answer.content.decode())


# Taking back


def test_until_the_goal_is_met_a_gift_is_taken_back_at_its_donor_s_word_alone() -> None:
    gift = owed_gift(owed_campaign())
    address = f"/gifts/{gift.token}/"
    assert "Забрать пожертвование" in text(Client().get(f"{address}refund/"))
    assert Client().post(f"{address}take-back/").headers["Location"] == address
    Client().post(f"{address}take-back/")

    refund = Refund.objects.get()
    assert (refund.amount_kopecks, refund.fee_kopecks, refund.reason) == (500_00, 0, "donor_request")
    assert RefundProposal.objects.count() == 0


@pytest.mark.parametrize("change", ["goal", "deadline", "project"])
def test_what_is_not_the_donor_s_any_more_is_not_taken_back(change: str) -> None:
    gift = project_gift() if change == "project" else owed_gift(owed_campaign())
    if change == "goal":
        type(gift.campaign).objects.filter(pk=gift.campaign_id).update(goal_met_at=make.NOW)
    now = END + timedelta(seconds=1) if change == "deadline" else make.NOW
    with pytest.raises(asking.NotOwnMoneyError):
        asking.take_back(donation_id=gift.pk, now=now)

    assert Refund.objects.count() == 0
    if change == "project":
        answer = Client().post(f"/gifts/{gift.token}/take-back/")
        assert answer.headers["Location"] == f"/gifts/{gift.token}/refund/"


def test_one_person_takes_back_few_a_day() -> None:
    sad = owed_campaign()
    gifts = [owed_gift(sad, email="anna@example.org") for _ in range(4)]
    for gift in gifts[:3]:
        asking.take_back(donation_id=gift.pk, now=make.NOW)
    with pytest.raises(asking.TooManyWishesError):
        asking.take_back(donation_id=gifts[3].pk, now=make.NOW)

    assert asking.take_back(donation_id=gifts[3].pk, now=make.NOW + timedelta(days=1, minutes=1)).amount_kopecks
    assert Refund.objects.count() == 4


def test_taking_back_closes_the_request_and_an_erased_donor_may_too() -> None:
    gift = owed_gift(owed_campaign())
    request = ask(gift)
    Donation.objects.filter(pk=gift.pk).update(donor=None)
    asking.take_back(donation_id=gift.pk, now=make.NOW)
    request.refresh_from_db()

    assert request.state == "closed"


# Whose the fee is


def test_the_fee_that_the_form_said_is_kept_is_kept_to_the_kopeck(settings: Any) -> None:
    settings.REFUND_FEE_BORNE_BY = "donor"
    sad = owed_campaign()
    page = text(Client().get("/projects/sad/give/"))
    assert "её удержат из того, что вернётся вам" in page
    assert "вернутся мне целиком" not in page
    assert "её удержат" in text(Client().get("/projects/sad/"))
    gift = owed_gift(sad)
    settings.REFUND_FEE_BORNE_BY = "fund"
    assert "несёт фонд" in text(Client().get("/projects/sad/give/"))
    refund = asking.take_back(donation_id=gift.pk, now=make.NOW)
    assert (refund.amount_kopecks, refund.fee_kopecks) == (482_50, 17_50)
    refuse_refund(refund_id=refund.pk, reason="general_decline", now=make.NOW)

    found = balances_kopecks(codes=["76.sad", "76.debts", "26.acquiring"])
    assert found == {"76.sad": 0, "76.debts": 482_50, "26.acquiring": -17_50}
    refund.refresh_from_db()
    assert refund.fee_operation is not None
    assert refund.fee_operation.kind == "fee_kept_until_goal"
    assert "17,50" in text(Client().get(f"/gifts/{gift.token}/"))
    assert "17,50" in sent_words("refund")


def test_a_fee_that_is_not_told_yet_waits_and_after_days_is_the_fund_s(settings: Any) -> None:
    settings.REFUND_FEE_BORNE_BY = "donor"
    gift = owed_gift(owed_campaign(), fee=None)
    with pytest.raises(asking.NotOwnMoneyError):
        asking.take_back(donation_id=gift.pk, now=make.NOW)
    Payment.objects.filter(pk=gift.payment_id).update(settled_at=make.NOW - timedelta(days=4))

    refund = asking.take_back(donation_id=gift.pk, now=make.NOW)
    assert (refund.amount_kopecks, refund.fee_kopecks) == (500_00, 0)


# Asking


def test_a_request_is_asked_once_shown_and_answered_by_letter(treasurer: User, settings: Any) -> None:
    settings.REFUND_APPROVAL_KOPECKS = 100_000_00
    gift = project_gift()
    address = f"/gifts/{gift.token}/"
    assert Client().post(f"{address}refund/", {"reason": "Не туда"}).headers["Location"] == address
    assert Client().post(f"{address}refund/", {"reason": "Ещё раз"}).status_code == 422
    assert "ответ казначея придёт" in text(Client().get(address))
    request = RefundRequest.objects.get()
    agreed = answering.agree(request_id=request.pk, user=treasurer, now=make.NOW)
    with pytest.raises(answering.AnsweredError):
        answering.agree(request_id=request.pk, user=treasurer, now=make.NOW)

    assert agreed.proposal is not None
    assert (agreed.proposal.state, Refund.objects.get().reason) == ("direct", "donor_request")
    assert "возвращается туда" in sent_words("refund_answer")
    assert not waiting().exists()


def test_a_large_one_waits_for_a_second_person_and_opens_again_if_rejected(
    treasurer: User, signer: User, settings: Any
) -> None:
    settings.REFUND_APPROVAL_KOPECKS = 100
    gift = project_gift()
    request = ask(gift)
    agreed = answering.agree(request_id=request.pk, user=treasurer, now=make.NOW)
    assert agreed.proposal is not None
    assert "подтвердит второй человек" in sent_words("refund_answer")
    assert "осталось подтверждение" in text(Client().get(f"/gifts/{gift.token}/"))
    assert not waiting().exists()
    with pytest.raises(asking.AskedAlreadyError):
        ask(gift)
    payments.reject_refund(proposal_id=agreed.proposal.pk, user=signer, answer="Нет", now=make.NOW)
    assert waiting().get() == request
    assert wishes(donation_ids=[gift.pk])[gift.pk].state == "open"
    answering.decline(request_id=request.pk, user=treasurer, answer="Деньги потрачены <b>", now=make.NOW)

    assert "Деньги потрачены <b>" in sent_words("refund_answer")
    assert "Деньги потрачены &lt;b&gt;" in text(Client().get(f"/gifts/{gift.token}/"))
    assert StaffAct.objects.filter(action="campaigns.decline_refund_request").count() == 1


def test_who_was_declined_asks_thrice_at_most(treasurer: User) -> None:
    gift = project_gift()
    for _ in range(3):
        answering.decline(request_id=ask(gift).pk, user=treasurer, answer="Нет", now=make.NOW)
    with pytest.raises(asking.TooManyWishesError):
        ask(gift)
    assert Client().post(f"/gifts/{gift.token}/refund/", {"reason": "x"}).status_code == 422


def test_what_has_gone_back_is_neither_asked_for_nor_agreed_to(treasurer: User) -> None:
    gift = project_gift()
    request = ask(gift)
    payments.request_refund(
        payment_id=gift.payment_id, amount_kopecks=Kopecks(500_00), reason="mistake", request_key="x", now=make.NOW
    )
    with pytest.raises(asking.NothingLeftError):
        answering.agree(request_id=request.pk, user=treasurer, now=make.NOW)
    RefundRequest.objects.all().delete()
    with pytest.raises(asking.NothingLeftError):
        ask(gift)

    assert "вернуть уже нечего" in text(Client().get(f"/gifts/{gift.token}/refund/"))


@pytest.mark.parametrize("reason", ["", " ", "x" * 501])
def test_a_request_says_why_and_no_novel(reason: str) -> None:
    gift = project_gift()

    assert Client().post(f"/gifts/{gift.token}/refund/", {"reason": reason}).status_code == 422
    assert RefundRequest.objects.count() == 0
    assert Client().get(f"/gifts/{'A' * 43}/refund/").status_code == 404


def test_the_database_keeps_one_open_request_and_a_whole_answer() -> None:
    gift = project_gift()
    ask(gift)
    for values in ({"state": "declined"}, {"state": "agreed", "answered_at": make.NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RefundRequest.objects.update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        RefundRequest.objects.create(donation=gift, reason="x", asked_at=make.NOW)


def test_the_desk_agrees_and_declines(client: Client, treasurer: User, signer: User, settings: Any) -> None:
    settings.REFUND_APPROVAL_KOPECKS = 600_00
    first, second, third = (ask(project_gift(number), "Причина <i>") for number in (1, 2, 3))
    make.sign_in(client, treasurer)
    page = text(client.get("/desk/wishes/"))
    assert page.count("/desk/wishes/") > 3
    assert "Причина &lt;i&gt;" in text(client.get(f"/desk/wishes/{first.pk}/"))
    assert client.post(f"/desk/wishes/{first.pk}/agree/").status_code == 302
    assert client.post(f"/desk/wishes/{first.pk}/agree/").status_code == 302
    assert client.post(f"/desk/wishes/{second.pk}/agree/").status_code == 302
    assert client.post(f"/desk/wishes/{third.pk}/decline/", {"answer": ""}).status_code == 422
    assert client.post(f"/desk/wishes/{third.pk}/decline/", {"answer": "Нет"}).status_code == 302
    assert client.post(f"/desk/wishes/{third.pk}/decline/", {"answer": "Да"}).status_code == 302
    make.sign_in(client, signer)
    assert client.post(f"/desk/wishes/{third.pk}/agree/").status_code == 403

    states = list(RefundProposal.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["direct", "proposed"]
    assert list(RefundRequest.objects.order_by("pk").values_list("state", "answer")) == [
        ("agreed", ""), ("agreed", ""), ("declined", "Нет"),
    ]  # fmt: skip


# Paying what is owed


def test_a_debt_s_details_are_sealed_shown_to_the_treasurer_alone_and_written_down(
    client: Client, treasurer: User, signer: User
) -> None:
    gift = indebted()
    assert f"/gifts/{gift.token}/bank/" in sent_words("refund")
    address = f"/gifts/{gift.token}/bank/"
    assert Client().post(address, PAYEE | {"account": "4081 7810 7000 0000 0001"}).status_code == 302
    kept = BankDetails.objects.get()
    assert ACCOUNT not in kept.sealed
    assert ACCOUNT not in text(Client().get(address))
    refund = Refund.objects.get()
    make.sign_in(client, signer)
    assert client.get(f"/desk/returns/debts/{refund.pk}/").status_code == 403
    assert "указаны" in text(client.get("/desk/returns/debts/"))
    make.sign_in(client, treasurer)
    page = text(client.get(f"/desk/returns/debts/{refund.pk}/"))

    assert ACCOUNT in page
    assert "Анна Мостовая" in page
    assert StaffAct.objects.filter(action="campaigns.read_bank_details", actor=treasurer).count() == 1
    assert ACCOUNT not in str(list(StaffAct.objects.values("details", "subject")))


@pytest.mark.parametrize(
    "wrong",
    [{"account": "40817810700000000002"}, {"account": "40817840700000000001"}, {"account": "1"}, {"account": ""},
     {"bic": "144525225"}, {"bic": "04452522"}, {"bic": ""}, {"name": ""}, {"name": "x" * 121}],
)  # fmt: skip
def test_wrong_details_are_refused(wrong: dict[str, str]) -> None:
    gift = indebted()

    assert Client().post(f"/gifts/{gift.token}/bank/", PAYEE | wrong).status_code == 422
    assert BankDetails.objects.count() == 0


def test_where_nothing_is_owed_nothing_is_kept() -> None:
    gift = project_gift()

    assert Client().post(f"/gifts/{gift.token}/bank/", PAYEE).status_code == 422
    assert "ничего не должен" in text(Client().get(f"/gifts/{gift.token}/bank/"))
    assert BankDetails.objects.count() == 0


def test_details_given_anew_count_and_go_a_month_after_the_payment(treasurer: User, signer: User) -> None:
    gift, other = indebted(1), indebted(2)
    for one in (gift, gift, other):
        paying.give_details(donation_id=one.pk, payee=paying.Payee(**PAYEE), now=make.NOW)
    refund = Refund.objects.get(payment=gift.payment_id)
    entry = payments.propose_debt_paid(
        refund_id=refund.pk,
        order_number=7,
        order_date=moscow_date(make.NOW),
        request_key="k",
        user=treasurer,
        now=make.NOW,
    )
    forget_old(now=make.NOW + timedelta(days=31))
    assert BankDetails.objects.count() == 2, "nothing is paid yet"
    payments.approve_bank_entry(entry_id=entry.pk, user=signer, now=make.NOW)
    forget_old(now=make.NOW + timedelta(days=29))
    assert BankDetails.objects.count() == 2
    forget_old(now=make.NOW + timedelta(days=31))

    assert BankDetails.objects.get().donation == other
    assert "платёжное поручение № 7" in sent_words("repaid")


def test_who_is_erased_leaves_neither_reason_nor_details() -> None:
    gift, asked = indebted(1), project_gift(2)
    paying.give_details(donation_id=gift.pk, payee=paying.Payee(**PAYEE), now=make.NOW)
    ask(asked, "Я, Анна, ошиблась")
    assert Donation.objects.filter(pk=asked.pk).unfinished().exists()
    forget_gifts(donation_ids=[gift.pk, asked.pk], now=make.NOW)

    assert BankDetails.objects.count() == 0
    assert RefundRequest.objects.get().reason == ""


def test_who_has_not_said_where_to_pay_is_waited_for(client: Client, treasurer: User) -> None:
    indebted()
    make.sign_in(client, treasurer)

    assert "ещё не указал" in text(client.get(f"/desk/returns/debts/{Refund.objects.get().pk}/"))
    assert client.get("/desk/returns/debts/999/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_lists_at_the_desk_cost_the_same_however_long(
    client: Client, treasurer: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    make.sign_in(client, treasurer)
    for number in range(1, count + 1):
        indebted(number)
        ask(project_gift(10 + number))
        answering.decline(request_id=ask(project_gift(20 + number)).pk, user=treasurer, answer="x", now=make.NOW)
        missed = owed_campaign(slug=f"sad-{number}")
        owed_gift(missed)
        type(missed).objects.filter(pk=missed.pk).update(status="not_funded", moved_at=END, moved_as="system")
    first = type(missed).objects.filter(status="not_funded").earliest("pk")
    pages = (
        ("/desk/returns/debts/", 8), ("/desk/wishes/", 7), ("/desk/returns/", 8), (f"/desk/returns/{first.pk}/", 10),
    )  # fmt: skip
    for address, queries in pages:
        client.get(address)
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200


def test_the_progress_of_a_missed_campaign_asks_again_only_while_something_happens(
    client: Client, treasurer: User
) -> None:
    missed = owed_campaign()
    gift = owed_gift(missed)
    type(missed).objects.filter(pk=missed.pk).update(status="not_funded", moved_at=END, moved_as="system")
    make.sign_in(client, treasurer)
    page = text(client.get(f"/desk/returns/{missed.pk}/"))
    assert 'hx-trigger="every 5s"' in page
    assert "ждёт очереди" in page
    state = f"/desk/returns/{missed.pk}/state/"
    assert client.get(f"{state}?seen=1-0-0-0-0-0").status_code == 204
    refund = payments.request_refund(
        payment_id=gift.payment_id, amount_kopecks=Kopecks(500_00), reason="goal_missed", request_key="x", now=make.NOW
    )
    assert client.get(f"{state}?seen=1-0-0-0-0-0").status_code == 200
    assert "возвращается" in text(client.get(f"/desk/returns/{missed.pk}/"))
    refuse_refund(refund_id=refund.pk, reason="general_decline", now=make.NOW)

    done = text(client.get(f"{state}?seen=x"))
    assert "hx-get" not in done
    assert 'value="100"' in done
    assert client.get("/desk/returns/999/state/").status_code == 404
