"""Debts to donors: where to pay them is said by a secret link, sealed, seen by few, forgotten after."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from campaigns.models import BankDetails, Donation, RefundRequest
from campaigns.services.erasing import forget_gifts
from campaigns.services.retention import forget_old
from campaigns.wishes import answering, paying
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.days import moscow_date
from fund.payments.models import Refund
from fund.payments.services.refunding import refuse_refund
from people.models import Letter, StaffAct, User
from tests import make
from tests.campaigns.wishes import (
    ACCOUNT,
    BIC,
    END,
    PAYEE,
    ask,
    indebted,
    owed_campaign,
    owed_gift,
    project_gift,
    sent_words,
    text,
)

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries


pytestmark = pytest.mark.django_db


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


def test_whoever_changes_the_details_the_donor_is_written_without_them(client: Client) -> None:
    address = f"/gifts/{indebted().token}/bank/"
    assert client.post(address, PAYEE).status_code == 302
    first = sent_words("bank_details")
    client.post(address, PAYEE)
    assert Letter.objects.filter(kind="bank_details").count() == 1, "the same again changes nothing"
    assert client.post(address, PAYEE | {"name": "Вор Чужой"}).status_code == 302
    second = sent_words("bank_details")

    assert ("указали" in first, "изменили" in second) == (True, True)
    for words in (first, second):
        assert not any(secret in words for secret in (ACCOUNT, BIC, "Мостовая", "Чужой"))
    for number in range(3):
        client.post(address, PAYEE | {"name": f"Вор {'И' * (number + 1)}"})
    kept = BankDetails.objects.get().sealed
    answer = client.post(address, PAYEE)
    assert (answer.status_code, "слишком часто" in text(answer)) == (422, True)
    assert (BankDetails.objects.get().sealed, Letter.objects.filter(kind="bank_details").count()) == (kept, 5)


def test_while_an_order_waits_for_its_second_person_the_details_stay(
    client: Client, treasurer: User, signer: User
) -> None:
    gift = indebted()
    paying.give_details(donation_id=gift.pk, payee=paying.Payee(**PAYEE), now=make.NOW)
    kept = BankDetails.objects.get().sealed
    entry = payments.propose_debt_paid(
        refund_id=Refund.objects.get().pk,
        order_number=7,
        order_date=moscow_date(make.NOW),
        request_key="k",
        user=treasurer,
        now=make.NOW,
    )
    answer = client.post(f"/gifts/{gift.token}/bank/", PAYEE | {"name": "Вор Чужой"})

    assert (answer.status_code, "уже платит" in text(answer)) == (422, True)
    assert (BankDetails.objects.get().sealed, Letter.objects.filter(kind="bank_details").count()) == (kept, 1)
    payments.reject_bank_entry(entry_id=entry.pk, user=signer, answer="Не тот счёт", now=make.NOW)
    assert client.post(f"/gifts/{gift.token}/bank/", PAYEE | {"name": "Анна Новая"}).status_code == 302


def test_who_is_forgotten_says_where_to_pay_and_gets_no_letter() -> None:
    gift = indebted()
    Donation.objects.filter(pk=gift.pk).update(donor=None)
    paying.give_details(donation_id=gift.pk, payee=paying.Payee(**PAYEE), now=make.NOW)

    assert (BankDetails.objects.count(), Letter.objects.filter(kind="bank_details").count()) == (1, 0)


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
