"""What a buyer decides about an order by its secret link: not to have it, or that it has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from fund.sales.models import Sale, SaleReturn
from fund.sales.selectors import returned_pieces
from fund.sales.services.handing import WrongStepError, lock_sale, move_sale
from fund.sales.services.returning import Back, return_pieces

if TYPE_CHECKING:
    from datetime import date, datetime


@transaction.atomic
def cancel_order(*, sale: Sale, today: date, now: datetime) -> SaleReturn:
    """Take all that is left of an order back that nobody has begun to pack, gift and delivery too. Repeat-safe.

    :raises WrongStepError: if it is being packed, or further.
    :raises RefundError: if less than that can go back: the buyer's bank took some already.
    """
    key = f"cancel:{sale.number}"
    held = lock_sale(sale.pk)  # what the caller read may be old: somebody may pack it by now
    known = SaleReturn.objects.filter(key=key).first()
    if known:
        return known
    if held.state != Sale.State.PAID:
        raise WrongStepError(held.state)
    gone = returned_pieces(sale_id=sale.pk)
    left = ((line.pk, line.quantity - gone.get(line.pk, 0)) for line in sale.lines.order_by("number"))
    backs = [Back(line_id, quantity) for line_id, quantity in left if quantity]
    return return_pieces(
        sale_id=sale.pk, backs=backs, reason=SaleReturn.Reason.CANCELLED, key=key, by=None, today=today, now=now
    )


def confirm_receipt(*, sale: Sale, today: date, now: datetime) -> Sale:
    """Note that an order that was sent has come. Repeat-safe.

    :raises WrongStepError: if it was not sent.
    """
    return move_sale(sale_id=sale.pk, to=Sale.State.RECEIVED, by=None, today=today, now=now)
