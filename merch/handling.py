"""What the brand manager does about orders: each step and each return is an act of staff, written down with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from fund.sales.models import ReturnWish, SaleReturn
from fund.sales.services import decline_wish, move_sale, return_pieces
from fund.sales.services.handing import lock_sale
from people.services import record_act, subject_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from fund.sales.models import Sale
    from fund.sales.services import Back
    from people.models import User


@transaction.atomic
def move_order(*, sale_id: int, to: Sale.State, track_number: str, by: User, today: date, now: datetime) -> Sale:
    """Take an order a step further. Repeat-safe: the same step again is nothing, and no act.

    :raises WrongStepError: if the order can't go there from where it is.
    :raises NoTrackNumberError: if it is sent without the carrier's number.
    :raises NotInStockError: if a stocktake left fewer pieces than were bought.
    """
    before = lock_sale(sale_id).state
    sale = move_sale(sale_id=sale_id, to=to, by=by, today=today, now=now, track_number=track_number)
    if sale.state != before:
        details = {"from": str(before), "to": str(sale.state)}
        record_act(actor=by, action="sales.move_order", subject=subject_of(sale), details=details, now=now)
    return sale


@transaction.atomic
def take_back(
    *, sale_id: int, backs: Sequence[Back], reason: SaleReturn.Reason, key: str, by: User, today: date, now: datetime
) -> SaleReturn:
    """Cancel or take back pieces of an order; its refund is asked for at once. Repeat-safe by ``key``.

    :raises NotReturnableError: if nothing of the order can go back.
    :raises TooManyPiecesError: if it has not so many pieces any more.
    :raises TooLateError: if the buyer had it for longer than the law's days, and it is not faulty.
    :raises RefundError: if ЮKassa could not return the sum.
    """
    sale = lock_sale(sale_id)
    is_known = SaleReturn.objects.filter(key=key).exists()
    made = return_pieces(sale_id=sale_id, backs=backs, reason=reason, key=key, by=by, today=today, now=now)
    if not is_known:
        details = {"reason": str(reason.value), "pieces": sum(back.quantity for back in backs)}
        record_act(actor=by, action="sales.take_back", subject=subject_of(sale), details=details, now=now)
    return made


@transaction.atomic
def decline_return(*, wish_id: int, answer: str, by: User, now: datetime) -> ReturnWish:
    """Say no to a buyer who wants to give goods back, and why. Repeat-safe: the same no again is nothing, and no act.

    :raises NotOpenError: if the wish has ended otherwise.
    """
    sale = lock_sale(ReturnWish.objects.values_list("sale_id", flat=True).get(pk=wish_id))
    is_open = ReturnWish.objects.filter(pk=wish_id, state=ReturnWish.State.OPEN).exists()
    wish = decline_wish(wish_id=wish_id, answer=answer, now=now)
    if is_open:
        record_act(actor=by, action="sales.decline_return", subject=subject_of(sale), now=now)
    return wish
