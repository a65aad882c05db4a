"""Orders for tests, placed at the pretended ЮKassa."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING
from uuid import uuid4

from django.utils import timezone

from config.embedded.copy import wait_until
from fund.money import Kopecks
from fund.payments import gateway
from fund.payments import services as payments
from fund.payments.models import Payment, Refund
from fund.payments.services.disputing import book_chargeback
from fund.payments.services.settling import adopt_payment, cancel_unopened
from fund.sales import services
from fund.sales.models import FiscalReceipt, Sale, SaleReturn, StockItem

if TYPE_CHECKING:
    from emulator.control import EmulatorControl

numbers = count(1)
CONTACT = services.Contact(name="Анна Петрова", phone="+79001234567")
CONSENTS = ("offer", "privacy_policy", "personal_data")


def order(*goods: tuple[StockItem, int, int], carrier: str = "pickup", **more: object) -> services.Order:
    """Return an order of items, pieces and prices in kopecks for one."""
    rows = tuple(services.Goods(row.pk, pieces, Kopecks(price)) for row, pieces, price in goods)
    own: dict[str, object] = {"email": f"buyer-{next(numbers)}@example.org", "contact": CONTACT, "consents": CONSENTS}
    return services.Order(goods=rows, carrier=carrier, **own | more)  # type: ignore[arg-type]


def place(wanted: services.Order, *, key: str = "", address: str = "") -> Sale:
    number = next(numbers)
    return services.place_sale(
        order=wanted, key=key or f"order-{uuid4()}", address=address or f"10.{number % 250}.7.1", now=timezone.now()
    )


def paid(control: EmulatorControl, wanted: services.Order) -> Sale:
    """Return an order that ЮKassa says is paid, and that is booked."""
    sale = place(wanted)
    return pay(control, sale)


def pay(control: EmulatorControl, sale: Sale) -> Sale:
    control.pay(str(sale.payment.yookassa_id))
    payments.reread_payment(payment_id=sale.payment_id, now=timezone.now())
    return Sale.objects.select_related("payment").get(pk=sale.pk)


def give_up(sale: Sale) -> None:
    """Take the payment for lost, as after a day without a word of it, and let its pieces go."""
    Payment.objects.filter(pk=sale.payment_id).update(yookassa_id=None, state=Payment.State.CREATING)
    cancel_unopened(payment_id=sale.payment_id, reason="key_expired", now=timezone.now())
    services.let_go(sale_id=sale.pk, now=timezone.now())


def come_late(control: EmulatorControl, sale: Sale) -> Sale:
    """Let ЮKassa tell of a payment that we had given up."""
    control.pay(str(sale.payment.yookassa_id))
    adopt_payment(remote=gateway.find_payment(yookassa_id=str(sale.payment.yookassa_id)), now=timezone.now())
    return Sale.objects.select_related("payment").get(pk=sale.pk)


def bring_back(
    sale: Sale,
    *backs: services.Back,
    reason: SaleReturn.Reason = SaleReturn.Reason.RETURNED,
    key: str = "",
    after: timedelta = timedelta(0),
) -> SaleReturn:
    """Take pieces back, so long after now."""
    return services.return_pieces(
        sale_id=sale.pk, backs=backs, reason=reason, key=key or f"return-{next(numbers)}", by=None,
        today=timezone.localdate(), now=timezone.now() + after,
    )  # fmt: skip


def send_refunds() -> None:
    for refund in Refund.objects.filter(state=Refund.State.CREATING).order_by("pk"):
        payments.open_refund(refund_id=refund.pk, now=timezone.now())


def dispute(control: EmulatorControl, sale: Sale, kopecks: int | None = None) -> Sale:
    """Let the buyer's bank take the payment back, and ЮKassa tell of it."""
    found = control.dispute(str(sale.payment.yookassa_id), kopecks)
    book_chargeback(remote=gateway.find_refund(yookassa_id=found["id"]), now=timezone.now())
    return Sale.objects.select_related("payment").get(pk=sale.pk)


def register_receipts(control: EmulatorControl) -> None:
    """Ask for all receipts and let ЮKassa finish what it will, a few times over."""
    for _ in range(3):
        for receipt_id in FiscalReceipt.objects.order_by("pk").values_list("pk", flat=True):
            services.register_receipt(receipt_id=receipt_id, now=timezone.now())
        control.run("advance", seconds=60)
        wait_until(lambda: all(row["status"] != "pending" for row in control.everything()["receipts"]))


TO_DOOR = (Sale.State.ASSEMBLING, Sale.State.READY, Sale.State.HANDED_OVER)


def go(sale: Sale, *states: Sale.State, track_number: str = "") -> Sale:
    for state in states:
        now = timezone.now()
        services.move_sale(sale_id=sale.pk, to=state, by=None, today=timezone.localdate(), now=now,
                           track_number=track_number)  # fmt: skip
    return Sale.objects.select_related("payment").get(pk=sale.pk)
