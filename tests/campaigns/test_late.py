"""Money that comes late or goes back: where it stands, and who counts as a donor."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from campaigns import selectors
from campaigns.models import Donation
from campaigns.services import Gift, give
from campaigns.services.receipts import receipt_context
from fund.ledger.log import find_proof
from fund.ledger.models import Operation
from fund.ledger.selectors import balances_kopecks
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.models import Refund
from people.models import Letter
from people.outbox import send_letter
from tests import make

if TYPE_CHECKING:
    from campaigns.models import Campaign
    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")


def paid(control: EmulatorControl, campaign: Campaign, *, is_kept_if_late: bool = False, name: str = "") -> Donation:
    """Return a gift that is paid at ЮKassa and not yet read by us."""
    gift = Gift(Kopecks(500_00), f"{uuid4().hex}@example.org", public_name=name, is_kept_if_late=is_kept_if_late)
    donation = give(campaign=campaign, gift=gift, key=str(uuid4()), address="10.0.0.1", now=make.NOW)
    control.pay(str(donation.payment.yookassa_id))
    return donation


def settle(donation: Donation) -> Donation:
    payments.reread_payment(payment_id=donation.payment_id, now=timezone.now())
    return Donation.objects.select_related("payment", "campaign").get(pk=donation.pk)


def refund(donation: Donation, kopecks: int) -> None:
    made = payments.request_refund(
        payment_id=donation.payment_id,
        amount_kopecks=Kopecks(kopecks),
        reason="donor_request",
        request_key=str(uuid4()),
        now=timezone.now(),
    )
    payments.open_refund(refund_id=made.pk, now=timezone.now())


def figures(campaign: Campaign) -> tuple[int, int]:
    cache.clear()
    found = selectors.figures(campaigns=[campaign])[campaign.slug]
    return found.raised_kopecks, found.donors


def test_a_gift_that_comes_too_late_goes_back_whole(control: EmulatorControl) -> None:
    sad = make.campaign()
    donation = paid(control, sad)
    make.end(sad, at=timezone.now() - timedelta(minutes=1))
    donation = settle(donation)
    asked = Refund.objects.get()
    assert (asked.amount_kopecks, asked.reason, asked.state) == (500_00, "campaign_closed", "creating")
    payments.open_refund(refund_id=asked.pk, now=timezone.now())

    assert selectors.gift_state(donation=donation).status == "refunded"
    assert figures(sad) == (0, 0)
    assert selectors.newest_gifts(campaign=sad) == []
    assert donation.receipt_due_at is None
    assert balances_kopecks(codes=["86.sad", "76.debts", "26.acquiring"]) == {
        "86.sad": 0, "76.debts": 0, "26.acquiring": 21_35,
    }  # fmt: skip


def test_a_late_gift_serves_the_fund_where_the_donor_chose_so(control: EmulatorControl) -> None:
    sad = make.campaign()
    donation = paid(control, sad, is_kept_if_late=True)
    make.end(sad, at=timezone.now() - timedelta(minutes=1))
    donation = settle(donation)

    assert Refund.objects.count() == 0
    assert balances_kopecks(codes=["86.sad", "86.fund"]) == {"86.sad": 0, "86.fund": 500_00}
    assert figures(sad) == (0, 0)
    assert selectors.newest_gifts(campaign=sad) == []
    make.seal()
    proof = find_proof(number=donation.payment.operation_id or 0)
    assert proof is not None
    assert receipt_context(donation, proof)["is_sent_to_fund"] is True
    assert "общие цели фонда" in Client().get(f"/gifts/{donation.token}/").content.decode()


def test_a_gift_paid_in_the_last_moment_counts_though_we_hear_of_it_later(control: EmulatorControl) -> None:
    sad = make.campaign()
    donation = paid(control, sad)
    make.end(sad, at=timezone.now() + timedelta(seconds=1))
    settle(donation)

    assert Refund.objects.count() == 0
    assert figures(sad) == (500_00, 1)


def test_what_went_back_is_not_shown_as_given(control: EmulatorControl) -> None:
    sad = make.campaign()
    part, whole, debt = (settle(paid(control, sad, name=name)) for name in ("Анна", "Борис", "Вера"))
    refund(part, 200_00)
    refund(whole, 500_00)
    control.set(refund_mode="general_decline")
    refund(debt, 500_00)

    assert selectors.newest_gifts(campaign=sad) == [
        selectors.GiftRow("Анна", Kopecks(300_00), int(part.payment.operation_id or 0))
    ]
    assert figures(sad) == (300_00, 1)
    page = Client().get("/projects/sad/").content.decode()
    assert "Анна" in page
    assert "Борис" not in page


def test_the_commission_is_the_funds_cost_and_not_the_projects(control: EmulatorControl) -> None:
    sad = make.campaign()
    settle(paid(control, sad))

    assert figures(sad) == (500_00, 1)
    assert list(Operation.objects.order_by("number").values_list("kind", "subject")) == [
        ("gift", "sad"),
        ("commission", "sad"),
    ]


def shown(donation: Donation) -> tuple[str, str]:
    """Return what the gift's own page and a stranger's say."""
    own = Client().get(f"/gifts/{donation.token}/").content.decode()
    return own, Client().get(f"/gifts/back/{donation.payment.reference}/").content.decode()


def test_a_donor_whose_money_goes_back_is_told_so_at_every_step(control: EmulatorControl) -> None:
    sad = make.campaign()
    donation = paid(control, sad)
    make.end(sad, at=timezone.now() - timedelta(minutes=1))
    donation = settle(donation)
    for page in shown(donation):
        assert "Пожертвование возвращается к вам" in page
        assert "Спасибо!" not in page
    payments.open_refund(refund_id=Refund.objects.get().pk, now=timezone.now())

    for page in shown(donation):
        assert "Пожертвование вернулось к вам" in page
        assert "Спасибо!" not in page


def test_a_donor_whose_refund_was_refused_is_told_that_the_fund_owes_it(control: EmulatorControl) -> None:
    sad = make.campaign()
    donation = paid(control, sad)
    make.end(sad, at=timezone.now() - timedelta(minutes=1))
    donation = settle(donation)
    control.set(refund_mode="general_decline")
    payments.open_refund(refund_id=Refund.objects.get().pk, now=timezone.now())

    own, _strangers = shown(donation)
    assert "Фонд должен вам эти деньги" in own
    assert "Фонд должен вам 500\xa0₽ и переведёт их на ваш счёт в банке" in own
    assert "hx-get" not in own  # nothing to wait for


def test_a_part_on_its_way_back_is_no_late_gift(control: EmulatorControl) -> None:
    sad = make.campaign()
    donation = settle(paid(control, sad))
    control.set(refund_mode="held")
    refund(donation, 100_00)

    own, strangers = shown(donation)
    assert "Спасибо! Пожертвование в книгах" in own
    assert "100\xa0₽ из них возвращаются к вам." in own
    assert "Сбор закрылся" not in own + strangers


def letters() -> list[tuple[str, str]]:
    """Send what is queued; return each letter's subject and text."""
    mail.outbox.clear()
    for letter in Letter.objects.waiting().order_by("pk"):
        send_letter(letter_id=letter.pk, now=timezone.now())
    return [(str(letter.subject), str(letter.body)) for letter in mail.outbox]


def test_a_donor_is_written_to_when_a_late_gift_goes_back_and_when_it_is_back(control: EmulatorControl) -> None:
    sad = make.campaign()
    donation = paid(control, sad)
    make.end(sad, at=timezone.now() - timedelta(minutes=1))
    for _ in range(2):
        settle(donation)
    ((subject, text),) = letters()
    assert subject == f"Пожертвование № {donation.number} возвращается к вам"
    assert "500\xa0₽" in text
    assert f"/gifts/{donation.token}/" in text
    refund_id = Refund.objects.get().pk
    payments.open_refund(refund_id=refund_id, now=timezone.now())
    payments.reread_refund(refund_id=refund_id, now=timezone.now())

    ((subject, text),) = letters()
    assert subject == f"Возврат по пожертвованию № {donation.number}"
    assert "500\xa0₽ из вашего пожертвования на проект «Сад» вернулись" in text
    assert letters() == []


def test_a_donor_is_written_to_when_the_fund_owes_the_money(control: EmulatorControl) -> None:
    donation = settle(paid(control, make.campaign()))
    control.set(refund_mode="general_decline")
    refund(donation, 200_00)

    ((subject, text),) = letters()
    assert subject == f"Фонд должен вам деньги по пожертвованию № {donation.number}"
    assert "200\xa0₽" in text


def test_a_refund_that_is_on_its_way_writes_nothing_yet(control: EmulatorControl) -> None:
    donation = settle(paid(control, make.campaign()))
    control.set(refund_mode="held")
    refund(donation, 200_00)

    assert letters() == []


def test_one_donor_is_one_however_the_letters_are_written(control: EmulatorControl) -> None:
    sad = make.campaign()
    for email in ("Case@Example.org", "case@example.org"):
        donation = make.donation(sad, email=email)
        control.pay(str(donation.payment.yookassa_id))
        settle(donation)

    assert figures(sad) == (1_000_00, 1)


def test_a_crowd_is_not_counted_anew_for_each_gift(control: EmulatorControl) -> None:
    sad = make.campaign()
    cache.set_many({selectors.DONORS_KEY.format("sad"): selectors.CROWD, selectors.DONORS_KEY.format("les"): 1})
    selectors.forget_donors(slugs=["sad", "les"])

    assert cache.get(selectors.DONORS_KEY.format("sad")) == selectors.CROWD
    assert cache.get(selectors.DONORS_KEY.format("les")) is None
    assert selectors.figures(campaigns=[sad])["sad"].donors == selectors.CROWD
