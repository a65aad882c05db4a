"""Gifts of the year that go back: asked for, taken back, refused and paid by bank, short of money, disputed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from campaigns.models import BankDetails, RefundRequest
from campaigns.wishes import answering, asking, paying
from campaigns.wishes.paying import Payee
from fund.money import Kopecks
from fund.payments import services as payments
from fund.payments.days import moscow_date
from fund.payments.desk_views import send
from fund.payments.models import BankEntry, Chargeback, Refund, RefundProposal, Shortage
from fund.payments.services.comparing import GRACE
from fund.payments.tasks import compare_days

if TYPE_CHECKING:
    from campaigns.models import Donation
    from config.embedded.city_year.plan import PlannedPath
    from config.embedded.city_year.scene import Scene

REASON = "Заплатил дважды: верните, пожалуйста, один раз."
ANSWER = "Деньги уже потрачены на подарки: вернуть их проект не может."
REFUSED, SHORT = "general_decline", "insufficient_funds"
ORDERS = 580_000  # payment orders of the year are numbered from here on: up to six digits
MOST_ORDERS = 10_000
PAYEE = Payee("Придуманный Человек Иванович", "40817810099910004312", "044525225")


def agree(scene: Scene, path: PlannedPath) -> bool:
    """Let donors ask for gifts back and staff agree; a large one needs a second person."""
    return scene.each(path, lambda gift: _agreed(scene, gift).state == Refund.State.SUCCEEDED)


def decline(scene: Scene, path: PlannedPath) -> bool:
    """Let staff decline a request, saying why."""

    def step(gift: Donation) -> bool:
        wish = _asked(gift)
        if wish.state == RefundRequest.State.OPEN:
            now = timezone.now()
            wish = answering.decline(request_id=wish.pk, user=scene.cast.treasurer, answer=ANSWER, now=now)
        return bool(wish.state == RefundRequest.State.DECLINED)

    return scene.each(path, step)


def take_back(scene: Scene, path: PlannedPath) -> bool:
    """Let donors take gifts back that are still theirs."""

    def step(gift: Donation) -> bool:
        refund = Refund.objects.filter(payment=gift.payment).first()
        now = timezone.now()
        if refund is None and asking.can_take_back(donation=gift, now=now):
            refund = asking.take_back(donation_id=gift.pk, now=now)
        return refund is not None and refund.state == Refund.State.SUCCEEDED

    return scene.each(path, step)


def charge_back(scene: Scene, path: PlannedPath) -> bool:
    """Let the donor's bank take a gift back; the fund finds it when it compares the day with ЮKassa's list."""

    def step(gift: Donation) -> bool:
        if not Chargeback.objects.filter(payment=gift.payment).exists():
            disputed_at = _disputed_at(scene, str(gift.payment.yookassa_id))
            if disputed_at is None:
                scene.control.dispute(str(gift.payment.yookassa_id))
            elif timezone.now() - disputed_at > GRACE:
                compare_days()
        return Chargeback.objects.filter(payment=gift.payment).exists()

    return scene.each(path, step)


def pay_debt(scene: Scene, path: PlannedPath) -> bool:
    """Let ЮKassa refuse a refund; its donor says where to pay, one person enters the order, another confirms."""

    def step(gift: Donation) -> bool:
        refund = _refused(scene, gift)
        if refund.state != Refund.State.REFUSED:
            return False
        if refund.owed_kopecks and not BankDetails.objects.filter(donation=gift).exists():
            paying.give_details(donation_id=gift.pk, payee=PAYEE, now=timezone.now())
        return _pay_by_bank(scene, refund)

    return scene.each(path, step)


def leave_debt(scene: Scene, path: PlannedPath) -> bool:
    """Let ЮKassa refuse a refund whose donor has not said where to pay."""
    return scene.each(path, lambda gift: _refused(scene, gift).owed_kopecks > 0)


def run_short(scene: Scene, path: PlannedPath) -> bool:
    """Let ЮKassa have no money for a refund, until its account is topped up; then the refund goes on."""

    def step(gift: Donation) -> bool:
        if not gift.refund_requests.exists():
            scene.control.refuse_refunds(str(gift.payment.yookassa_id), SHORT)
        refund = _agreed(scene, gift)
        if refund.short_since is not None:
            _top_up(scene, refund)
            scene.control.refuse_refunds(str(gift.payment.yookassa_id), "")
        is_returned = refund.state == Refund.State.SUCCEEDED
        return is_returned and Shortage.objects.filter(refund=refund).exists()

    return scene.each(path, step)


def _asked(gift: Donation) -> RefundRequest:
    known = RefundRequest.objects.filter(donation=gift).select_related("proposal__refund").first()
    return known or asking.ask_refund(donation_id=gift.pk, reason=REASON, now=timezone.now())


def _agreed(scene: Scene, gift: Donation) -> Refund:
    """Return the refund of a gift whose donor asked for it, sent as the desk sends it."""
    wish = _asked(gift)
    if wish.state == RefundRequest.State.OPEN:
        wish = answering.agree(request_id=wish.pk, user=scene.cast.treasurer, now=timezone.now())
    proposal = wish.proposal
    if proposal is not None and proposal.state == RefundProposal.State.PROPOSED:
        proposal = payments.approve_refund(proposal_id=proposal.pk, user=scene.cast.signer, now=timezone.now())
    if proposal is None or proposal.refund is None:
        raise ValueError("a request that is agreed has its refund")
    refund = proposal.refund
    if refund.state == Refund.State.CREATING and not refund.attempts and refund.short_since is None:
        send(refund.pk)
    return refund


def _refused(scene: Scene, gift: Donation) -> Refund:
    """Return the refund of a gift, which the emulator does not send."""
    if not gift.refund_requests.exists():
        scene.control.refuse_refunds(str(gift.payment.yookassa_id), REFUSED)
    return _agreed(scene, gift)


def _pay_by_bank(scene: Scene, refund: Refund) -> bool:
    entry = BankEntry.objects.filter(refund=refund).first()
    if entry is None:
        now = timezone.now()
        paying.read_details(refund=refund, user=scene.cast.treasurer, now=now)
        entry = payments.propose_debt_paid(
            refund_id=refund.pk, order_number=_order(refund), order_date=moscow_date(now),
            request_key=f"year:debt:{refund.pk}", user=scene.cast.treasurer, now=now,
        )  # fmt: skip
    return _confirmed(scene, entry)


def _top_up(scene: Scene, refund: Refund) -> None:
    now = timezone.now()
    entry = payments.propose_top_up(
        amount_kopecks=Kopecks(refund.amount_kopecks), order_number=_order(refund), order_date=moscow_date(now),
        request_key=f"year:top-up:{refund.pk}", user=scene.cast.treasurer, now=now,
    )  # fmt: skip
    _confirmed(scene, entry)


def _confirmed(scene: Scene, entry: BankEntry) -> bool:
    if entry.state == BankEntry.State.PROPOSED:
        entry = payments.approve_bank_entry(entry_id=entry.pk, user=scene.cast.signer, now=timezone.now())
    return bool(entry.state == BankEntry.State.APPROVED)


def _order(refund: Refund) -> int:
    return ORDERS + refund.pk % MOST_ORDERS


def _disputed_at(scene: Scene, payment_id: str) -> datetime | None:
    """Return when the emulator's bank took a payment back; None if it has not."""
    taken = [row["created_at"] for row in scene.control.everything()["refunds"] if row["payment_id"] == payment_id]
    return datetime.fromisoformat(taken[0]) if taken else None
