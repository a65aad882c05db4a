"""Lost refunds at the desk: the treasurer says what ЮKassa's cabinet shows, the signer looks too and confirms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.test import Client

from fund.payments.models import Alarm, LostRefund
from tests import make
from tests.fund.payments.test_losing import LIST, ask, lost, say, states

if TYPE_CHECKING:
    from emulator.control import EmulatorControl
    from fund.payments.models import Payment, Refund
    from people.models import User

pytestmark = pytest.mark.usefixtures("committed")
MONEY = "/desk/money/"


@pytest.fixture
def refund(payment: Payment, control: EmulatorControl) -> Refund:
    return lost(payment, control)


def seen(**more: str) -> dict[str, str]:
    return {"note": "За 1 мая возвратов нет", "key": str(uuid4())} | more


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_from_the_alarm_and_from_what_is_stuck_two_persons_bring_it_to_an_end(
    refund: Refund, treasurer: User, signer: User
) -> None:
    one, other = make.sign_in(Client(), treasurer), make.sign_in(Client(), signer)
    here = f"{MONEY}lost/{refund.pk}/"
    for path in (f"{MONEY}stuck/", f"{MONEY}alarms/{Alarm.objects.get().pk}/"):
        assert f'href="{here}"' in text(one.get(path))
    assert f"{here}say/" in text(one.get(here))
    assert f"{here}say/" not in text(other.get(here))
    assert one.post(f"{here}say/", seen()).headers["Location"] == here
    word = LostRefund.objects.get()
    words = f"{MONEY}lost/words/{word.pk}/"
    assert f"{words}withdraw/" in text(one.get(here))
    assert "Это записали вы сами" in text(one.get(here))
    assert f'href="{here}"' in text(other.get(f"{MONEY}proposals/"))
    assert [tile.figure for tile in other.get("/desk/").context["tiles"] if tile.url == f"{MONEY}proposals/"] == ["1"]
    assert f"{words}approve/" in text(other.get(here))
    assert "За 1 мая" in text(other.get(f"{words}approve/"))
    assert other.post(f"{words}approve/").headers["Location"] == here

    assert states(refund) == ("refused", ["approved"])
    assert "смотреть никому не нужно" in text(other.get(here))
    assert f'href="{here}"' not in text(one.get(f"{MONEY}alarms/{Alarm.objects.order_by('pk')[0].pk}/"))
    assert f"{MONEY}bank/debts/{refund.pk}/" in text(one.get(f"{MONEY}stuck/"))


@pytest.mark.parametrize("wrong", [{"note": ""}, {"note": "x" * 301}, {"key": ""}, {"key": "x"}])
def test_what_was_seen_is_said_in_words(refund: Refund, treasurer: User, wrong: dict[str, str]) -> None:
    client = make.sign_in(Client(), treasurer)

    assert client.post(f"{MONEY}lost/{refund.pk}/say/", seen(**wrong)).status_code == 422
    assert not LostRefund.objects.exists()


def test_the_desk_says_why_not(refund: Refund, treasurer: User, signer: User, control: EmulatorControl) -> None:
    one, other = make.sign_in(Client(), treasurer), make.sign_in(Client(), signer)
    word = say(refund, treasurer)
    words = f"{MONEY}lost/words/{word.pk}/"
    again = one.post(f"{MONEY}lost/{refund.pk}/say/", seen())
    assert (again.status_code, "уже есть запись" in text(again)) == (422, True)
    control.fault("502_html", **LIST)
    unread = other.post(f"{words}approve/")
    assert (unread.status_code, "сейчас не прочитать" in text(unread)) == (422, True)
    assert other.post(f"{words}reject/", {"answer": ""}).status_code == 422
    assert other.post(f"{words}reject/", {"answer": "Смотрели не тот день"}).status_code == 302
    late = one.post(f"{words}withdraw/")

    assert (late.status_code, "Тем временем уже решено" in text(late)) == (422, True)
    assert "Смотрели не тот день" in text(one.get(f"{MONEY}lost/{refund.pk}/"))
    assert states(refund) == ("creating", ["rejected"])


def test_ones_own_word_is_taken_back(refund: Refund, treasurer: User) -> None:
    client, word = make.sign_in(Client(), treasurer), say(refund, treasurer)
    assert str(word) == f"lost refund {word.pk} (proposed)"
    assert "возврата в ЮKassa нет" in text(client.get(f"{MONEY}payments/{refund.payment_id}/"))
    client.post(f"{MONEY}lost/words/{word.pk}/withdraw/")

    assert states(refund) == ("creating", ["withdrawn"])


def test_others_see_it_and_do_nothing(refund: Refund, treasurer: User) -> None:
    auditor = make.sign_in(Client(), make.staff("auditor"))
    word = say(refund, treasurer)
    page = text(auditor.get(f"{MONEY}lost/{refund.pk}/"))
    acts = [f"lost/{refund.pk}/say/", *(f"lost/words/{word.pk}/{act}/" for act in ("approve", "reject", "withdraw"))]

    assert not any(act in page for act in acts)
    assert [auditor.post(MONEY + act).status_code for act in acts] == [403] * 4


def test_what_is_not_lost_is_not_to_be_looked_for(payment: Payment, treasurer: User) -> None:
    fresh = ask(payment)
    client = make.sign_in(Client(), treasurer)

    assert "смотреть никому не нужно" in text(client.get(f"{MONEY}lost/{fresh.pk}/"))
    assert client.get(f"{MONEY}lost/999/").status_code == 404
