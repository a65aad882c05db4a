"""Money at the staff desk: each page works, refuses whom it must, and costs the same however much there is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.utils import timezone

from fund.ledger import services as ledger
from fund.money import Kopecks
from fund.payments import selectors, services
from fund.payments.days import moscow_date
from fund.payments.models import Alarm, DayComparison, Payment, Refund, RefundProposal
from people.models import StaffAct, User
from tests import make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
MONEY = "/desk/money/"
PAGES = {
    "payments/": "payments.view_payment",
    "payments/{payment}/": "payments.view_payment",
    "payments/{payment}/reread/": "payments.reread_payment",
    "payments/{payment}/refund/": "payments.request_refund",
    "proposals/": "payments.view_refund",
    "proposals/{proposal}/": "payments.view_refund",
    "proposals/{proposal}/approve/": "payments.approve_refund",
    "proposals/{proposal}/reject/": "payments.approve_refund",
    "proposals/{proposal}/withdraw/": "payments.request_refund",
    "stuck/": "payments.view_payment",
    "alarms/": "payments.view_alarm",
    "alarms/{alarm}/": "payments.view_alarm",
    "alarms/{alarm}/close/": "payments.close_alarm",
}
POSTS = ("reread/", "close/")
ROLES = ("treasurer", "signer", "auditor", "council_member", "moderator", "administrator")


@pytest.fixture(autouse=True)
def limit(settings: Any) -> None:
    settings.REFUND_APPROVAL_KOPECKS = 100_00


def paid(**changes: Any) -> Payment:
    """Return a gift's payment that stands in the books as paid."""
    payment = make.donation(make.campaign(f"sad-{Payment.objects.count()}")).payment
    operation = ledger.post_event(
        event="gift", subject="fund", amounts={"gross": Kopecks(payment.amount_kopecks)}, key=f"p:{payment.pk}",
        business_date=moscow_date(make.NOW),
    )  # fmt: skip
    changes = {"state": "succeeded", "operation": operation, "yookassa_id": f"2e1f-{payment.pk}"} | changes
    Payment.objects.filter(pk=payment.pk).update(**{"booked_subject": "fund", "settled_at": make.NOW} | changes)
    payment.refresh_from_db()
    return payment


def propose(payment: Payment, user: User, kopecks: int = 200_00) -> RefundProposal:
    return services.propose_refund(
        payment_id=payment.pk, amount_kopecks=Kopecks(kopecks), reason="mistake", note="Два раза", user=user,
        request_key=uuid4().hex, now=make.NOW,
    )  # fmt: skip


def alarm(subject: str = "yookassa") -> Alarm:
    services.raise_alarm(kind=Alarm.Kind.MISMATCH, subject=subject, now=make.NOW)
    return Alarm.objects.get(subject=subject)


@pytest.fixture
def treasurer(client: Client) -> User:
    person = make.staff("treasurer", email="treasurer@example.org")
    make.sign_in(client, person)
    return person


@pytest.fixture
def signer() -> User:
    return make.staff("signer", email="signer@example.org")


def text(answer: Any) -> str:
    return str(answer.content.decode())


def acts() -> list[tuple[str, str, str]]:
    found = StaffAct.objects.filter(action__startswith="payments.").order_by("pk")
    return [(str(act.actor), act.action, act.subject) for act in found]


@pytest.mark.parametrize("role", ROLES)
def test_each_page_opens_to_the_roles_of_the_table_and_to_no_other(client: Client, role: str) -> None:
    person = make.staff(role)
    asked = propose(paid(), make.staff("treasurer"))
    ids = {"payment": asked.payment_id, "proposal": asked.pk, "alarm": alarm().pk}
    make.sign_in(client, person)
    for path, permission in PAGES.items():
        address = MONEY + path.format(**ids)
        answer = client.post(address) if path.endswith(POSTS) else client.get(address)
        opened = {200, 302, 422} if person.has_perm(permission) else {403}
        assert answer.status_code in opened, (role, path)


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_led_to_the_sign_in(client: Client, path: str) -> None:
    address = MONEY + path.format(payment=1, proposal=1, alarm=1)
    answer = client.post(address) if path.endswith(POSTS) else client.get(address)

    assert answer.headers["Location"].startswith("/me/login/")


@pytest.mark.parametrize("path", [path for path in PAGES if "{" in path])
def test_what_is_not_there_is_not_found(client: Client, treasurer: User, signer: User, path: str) -> None:
    if "approve" in PAGES[path]:
        make.sign_in(client, signer)
    address = MONEY + path.format(payment=404, proposal=404, alarm=404)
    answer = client.post(address) if path.endswith(POSTS) else client.get(address)

    assert answer.status_code == 404


def test_payments_are_found_and_show_no_donor(client: Client, treasurer: User) -> None:
    one, other = paid(), paid(amount_kopecks=700_00)
    whole = text(client.get(f"{MONEY}payments/"))
    found = text(client.get(f"{MONEY}payments/?amount=700&state=succeeded"))

    assert f'href="/desk/money/payments/{one.pk}/"' in whole
    assert "@example.org" not in whole.replace("treasurer@example.org", "")
    assert f'href="/desk/money/payments/{other.pk}/"' in found
    assert f'href="/desk/money/payments/{one.pk}/"' not in found
    assert "Подходящих платежей нет" in text(client.get(f"{MONEY}payments/?text=nobody"))


@pytest.mark.parametrize("query", ["amount=x", "state=x", "since=x", "before=0", "before=x", "text=" + "x" * 65])
def test_a_wrong_question_is_refused_in_words(client: Client, treasurer: User, query: str) -> None:
    answer = client.get(f"{MONEY}payments/?{query}")

    assert answer.status_code == 422


def test_payments_are_leafed_through(client: Client, treasurer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [make.payment(created_at=make.NOW) for _ in range(3)]
    monkeypatch.setattr(selectors.desk, "PAGE_SIZE", 2)
    monkeypatch.setattr(selectors, "PAGE_SIZE", 2)
    first = client.get(f"{MONEY}payments/?state=creating")
    second = client.get(f"{MONEY}payments/{first.context['next_url']}")

    assert [row["payment"] for row in first.context["rows"]] == rows[:0:-1]
    assert [row["payment"] for row in second.context["rows"]] == rows[:1]
    assert (second.context["next_url"], second.context["form"]["state"].value()) == ("", "creating")
    assert len(client.get(f"{MONEY}payments/?before=999999").context["rows"]) == 2


@pytest.mark.parametrize("path", ["payments/", "proposals/", "alarms/", "alarms/?closed=1", "stuck/"])
def test_a_list_costs_the_same_however_long(
    client: Client, signer: User, django_assert_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    make.sign_in(client, signer)
    asks = make.staff("treasurer")

    def more() -> None:
        payment = paid(created_at=make.NOW - timedelta(days=2), settled_at=make.NOW - timedelta(days=2))
        propose(payment, asks)
        refunds = [Refund(payment=payment, amount_kopecks=1, request_key=uuid4().hex, reason="mistake",
                          created_at=make.NOW - timedelta(days=2))]  # fmt: skip
        Refund.objects.bulk_create(refunds)
        for subject in (f"payment:{payment.pk}", f"refund:{payment.pk}", f"gift:{payment.pk}"):
            services.close_alarm(alarm_id=alarm(subject).pk, now=make.NOW) if "closed" in path else alarm(subject)

    more()
    client.get(MONEY + path)
    with django_assert_num_queries(COSTS[path]):
        client.get(MONEY + path)
    more()
    more()
    with django_assert_num_queries(COSTS[path]):
        client.get(MONEY + path)


COSTS = {"payments/": 7, "proposals/": 8, "alarms/": 8, "alarms/?closed=1": 8, "stuck/": 6}


@pytest.mark.parametrize("count", [1, 3])
def test_a_payment_s_page_costs_the_same_however_much_happened(
    client: Client, treasurer: User, signer: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    payment = paid()
    for _ in range(count):
        propose(payment, treasurer, 150_00)
        services.request_refund(
            payment_id=payment.pk, amount_kopecks=Kopecks(100), reason="mistake", request_key=uuid4().hex, now=make.NOW
        )
    client.get(f"{MONEY}payments/{payment.pk}/")
    with django_assert_num_queries(22):
        answer = client.get(f"{MONEY}payments/{payment.pk}/")

    assert text(answer).count("просит вернуть") == count


def test_a_refund_is_looked_over_and_then_asked_for_once(client: Client, treasurer: User) -> None:
    payment = paid()
    address = f"{MONEY}payments/{payment.pk}/refund/"
    blank = client.get(address)
    typed = {"amount": "200", "reason": "mistake", "note": "Два раза", "key": str(blank.context["form"]["key"].value())}
    shown = client.post(address, typed)
    assert (shown.status_code, RefundProposal.objects.count()) == (200, 0)
    assert "пока его не одобрит второй" in text(shown)
    for _ in range(2):
        sent = client.post(address, typed | {"confirmed": "1"})
        assert sent.headers["Location"] == f"{MONEY}payments/{payment.pk}/"

    (proposal,) = RefundProposal.objects.all()
    assert (proposal.state, proposal.proposed_by, proposal.note) == ("proposed", treasurer, "Два раза")
    assert acts() == [("treasurer@example.org", "payments.request_refund", f"payment:{payment.pk}")]
    assert "ждёт второго человека" in text(client.get(sent.headers["Location"]))


def test_a_small_refund_goes_at_once(client: Client, treasurer: User) -> None:
    payment = paid()
    typed = {"amount": "100", "reason": "donor_request", "key": str(uuid4())}
    shown = client.post(f"{MONEY}payments/{payment.pk}/refund/", typed)
    assert "Деньги уйдут сразу" in text(shown)
    client.post(f"{MONEY}payments/{payment.pk}/refund/", typed | {"confirmed": "1"})

    assert list(Refund.objects.values_list("amount_kopecks", "reason")) == [(100_00, "donor_request")]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"amount": "500,01"}, "не больше 500"), ({"amount": "0,99"}, "не меньше рубля"), ({"amount": "x"}, "в рублях"),
     ({"amount": ""}, "Обязательное поле"), ({"reason": "campaign_closed"}, "корректный вариант"),
     ({"note": "x" * 301}, "не более 300"), ({"key": "x"}, "Форма неполная"),
     ({"amount": "500,01", "confirmed": "1"}, "этой суммы"), ({"amount": "100", "confirmed": "1"}, "другой суммой")],
)  # fmt: skip
def test_a_refund_that_makes_no_sense_is_refused_in_words(
    client: Client, treasurer: User, changes: dict[str, str], sentence: str
) -> None:
    payment, key = paid(), uuid4()
    services.propose_refund(
        payment_id=payment.pk, amount_kopecks=Kopecks(200_00), reason="mistake", note="", user=treasurer,
        request_key=key.hex, now=make.NOW,
    )  # fmt: skip
    fresh = "100" not in changes.values()
    typed = {"amount": "50", "reason": "mistake", "key": str(uuid4() if fresh else key)} | changes
    answer = client.post(f"{MONEY}payments/{payment.pk}/refund/", typed)

    assert answer.status_code == 422
    assert sentence.lower() in text(answer).lower()
    assert (RefundProposal.objects.count(), Refund.objects.count()) == (1, 0)


def test_what_is_not_paid_offers_no_refund(client: Client, treasurer: User) -> None:
    payment = make.payment()
    address = f"{MONEY}payments/{payment.pk}/refund/"
    answer = client.post(address, {"amount": "1", "reason": "mistake", "key": str(uuid4()), "confirmed": "1"})

    assert "вернуть больше нечего" in text(client.get(address))
    assert (answer.status_code, Refund.objects.count()) == (422, 0)
    assert "Платёж не оплачен" in text(answer)


def test_a_second_person_approves(client: Client, treasurer: User, signer: User) -> None:
    proposal = propose(paid(), treasurer)
    mine = text(client.get(f"{MONEY}proposals/{proposal.pk}/"))
    assert "Вы сами попросили" in mine
    assert "/approve/" not in mine
    make.sign_in(client, signer)
    assert f"/desk/money/proposals/{proposal.pk}/approve/" in text(client.get(f"{MONEY}proposals/{proposal.pk}/"))
    asked = client.get(f"{MONEY}proposals/{proposal.pk}/approve/")
    assert (asked.status_code, Refund.objects.count()) == (200, 0)
    client.post(f"{MONEY}proposals/{proposal.pk}/approve/")
    again = client.post(f"{MONEY}proposals/{proposal.pk}/approve/")

    assert (again.status_code, "Решение уже принято" in text(again)) == (422, True)
    assert list(Refund.objects.values_list("amount_kopecks", flat=True)) == [200_00]
    assert acts()[1:] == [("signer@example.org", "payments.approve_refund", f"payment:{proposal.payment_id}")]
    assert "Одобрено" in text(client.get(f"{MONEY}proposals/"))


def test_nobody_approves_or_withdraws_in_another_s_place(client: Client, treasurer: User, signer: User) -> None:
    own = propose(paid(), signer)
    others = client.post(f"{MONEY}proposals/{own.pk}/withdraw/")
    make.sign_in(client, signer)
    answers = [client.post(f"{MONEY}proposals/{own.pk}/{verb}/", {"answer": "x"}) for verb in ("approve", "reject")]

    assert [answer.status_code for answer in (others, *answers)] == [422] * 3
    assert "Отозвать возврат может только" in text(others)
    assert all("решает второй человек" in text(answer) for answer in answers)
    assert list(RefundProposal.objects.values_list("state", flat=True)) == ["proposed"]
    assert Refund.objects.count() == 0


def test_a_rejection_says_why_and_a_withdrawal_ends_it(client: Client, treasurer: User, signer: User) -> None:
    rejected, withdrawn = propose(paid(), treasurer), propose(paid(), treasurer)
    client.post(f"{MONEY}proposals/{withdrawn.pk}/withdraw/")
    make.sign_in(client, signer)
    empty = client.post(f"{MONEY}proposals/{rejected.pk}/reject/", {"answer": ""})
    assert empty.status_code == 422
    client.post(f"{MONEY}proposals/{rejected.pk}/reject/", {"answer": "Уже вернули"})
    shown = text(client.get(f"{MONEY}proposals/{rejected.pk}/"))

    assert list(RefundProposal.objects.order_by("pk").values_list("state", "answer")) == [
        ("rejected", "Уже вернули"), ("withdrawn", ""),
    ]  # fmt: skip
    assert "Уже вернули" in shown
    assert [act for _who, act, _what in acts()][2:] == ["payments.withdraw_refund", "payments.reject_refund"]


def test_a_proposal_whose_money_is_gone_says_so(client: Client, treasurer: User, signer: User) -> None:
    proposal = propose(paid(), treasurer, 400_00)
    services.request_refund(
        payment_id=proposal.payment_id, amount_kopecks=Kopecks(300_00), reason="mistake", request_key="k", now=make.NOW
    )
    make.sign_in(client, signer)
    answer = client.post(f"{MONEY}proposals/{proposal.pk}/approve/")

    assert (answer.status_code, "забрал другой возврат" in text(answer)) == (422, True)
    assert list(Refund.objects.values_list("amount_kopecks", flat=True)) == [300_00]


def test_a_payment_is_read_again_at_most_twice_a_minute(client: Client, treasurer: User) -> None:
    payment = paid()
    first = client.post(f"{MONEY}payments/{payment.pk}/reread/", follow=True)
    second = client.post(f"{MONEY}payments/{payment.pk}/reread/", follow=True)

    assert "Спрашиваем ЮKassa" in text(first)
    assert "меньше полуминуты назад" in text(second)
    assert acts() == [("treasurer@example.org", "payments.reread_payment", f"payment:{payment.pk}")]
    later = timezone.now() + timedelta(seconds=31)
    services.ask_reread(payment_id=payment.pk, user=treasurer, now=later)
    assert len(acts()) == 2


def test_an_alarm_is_closed_with_a_reason(client: Client, treasurer: User) -> None:
    payment = paid()
    found = alarm(f"payment:{payment.pk}")
    shown = text(client.get(f"{MONEY}alarms/{found.pk}/"))
    assert "Не исправляйте книги вручную" in shown
    assert f"/desk/money/payments/{payment.pk}/" in shown
    empty = client.post(f"{MONEY}alarms/{found.pk}/close/", {"reason": "  "})
    assert (empty.status_code, Alarm.objects.filter(closed_at=None).count()) == (422, 1)
    client.post(f"{MONEY}alarms/{found.pk}/close/", {"reason": "Проверено"})
    again = client.post(f"{MONEY}alarms/{found.pk}/close/", {"reason": "Ещё раз"}, follow=True)

    assert "Тревогу уже закрыли" in text(again)
    assert list(Alarm.objects.values_list("closed_by__email", "close_reason")) == [
        ("treasurer@example.org", "Проверено")
    ]
    assert acts() == [("treasurer@example.org", "payments.close_alarm", f"alarm:{found.pk}")]
    assert "Тревог нет" in text(client.get(f"{MONEY}alarms/"))
    assert "treasurer@example.org" in text(client.get(f"{MONEY}alarms/?closed=1"))


def test_alarms_are_leafed_through(client: Client, treasurer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "PAGE_SIZE", 1)
    alarm("yookassa")
    alarm("day:2026-05-01")

    assert client.get(f"{MONEY}alarms/").context["next_url"] == "?page=2"
    assert client.get(f"{MONEY}alarms/?page=2").context["previous_url"] == "?page=1"


def test_what_is_stuck_is_shown_with_what_to_do(client: Client, treasurer: User) -> None:
    assert "Ничего не застряло" in text(client.get(f"{MONEY}stuck/"))
    payment = paid(settled_at=make.NOW - timedelta(days=1))
    shown = text(client.get(f"{MONEY}stuck/"))

    assert "ЮKassa не сообщила свою комиссию" in shown
    assert f"/desk/money/payments/{payment.pk}/" in shown


def test_the_comparison_of_days_is_shown_and_not_changed(client: Client, treasurer: User) -> None:
    DayComparison.objects.create(
        date=moscow_date(make.NOW), yookassa_payments=1, yookassa_kopecks=500_00, booked_payments=1,
        booked_kopecks=400_00, differences=1, compared_at=make.NOW,
    )  # fmt: skip
    shown = text(client.get("/desk/payments/daycomparison/"))

    assert "500\xa0₽" in shown
    assert "400\xa0₽" in shown
    assert client.get("/desk/payments/daycomparison/add/").status_code == 403
