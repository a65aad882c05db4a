"""A buyer asks to give goods back; who packs orders takes them back, or says why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from fund.sales import letters
from fund.sales.models import ReturnWish, ReturnWishLine, SaleLine
from fund.sales.selectors import returned_pieces
from fund.sales.services.handing import lock_sale
from fund.sales.services.returning import AFTER, NotReturnableError, TooManyPiecesError, refuse_late

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from fund.sales.models import Sale

State = ReturnWish.State


class NotOpenError(Exception):
    """The wish has ended already."""


@transaction.atomic
def ask_to_return(
    *, sale_id: int, pieces: Mapping[int, int], reason: ReturnWish.Reason, words: str, now: datetime
) -> ReturnWish:
    """Write down what a buyer wants to give back of goods that have left. Repeat-safe: an open wish is written anew.

    :param pieces: how many of each line, by its id; goods alone.
    :raises NotReturnableError: if the order has not left.
    :raises TooManyPiecesError: if the buyer has fewer pieces, or names none.
    :raises TooLateError: if the days for a change of mind are over.
    """
    sale = lock_sale(sale_id)
    if sale.state not in AFTER:
        raise NotReturnableError(sale.state)
    refuse_late(sale=sale, reason=reason.value, now=now)
    _refuse_more_than_there_is(sale, pieces)
    wish, _is_new = ReturnWish.objects.update_or_create(
        sale=sale, state=State.OPEN, defaults={"reason": reason, "words": words, "asked_at": now}
    )
    wish.lines.all().delete()
    ReturnWishLine.objects.bulk_create(
        ReturnWishLine(wish=wish, line_id=line_id, quantity=many) for line_id, many in pieces.items() if many
    )
    return wish


@transaction.atomic
def drop_wish(*, sale_id: int, now: datetime) -> bool:
    """Let a buyer keep the goods after all; return whether there was an open wish. Safe to repeat."""
    lock_sale(sale_id)
    found = ReturnWish.objects.filter(sale=sale_id, state=State.OPEN)
    return bool(found.update(state=State.DROPPED, ended_at=now))


@transaction.atomic
def decline_wish(*, wish_id: int, answer: str, now: datetime) -> ReturnWish:
    """Say no to a wish, and why; the buyer is told. Repeat-safe by its state.

    :raises NotOpenError: if it has ended otherwise.
    """
    sale_id = ReturnWish.objects.values_list("sale_id", flat=True).get(pk=wish_id)
    sale = lock_sale(sale_id)
    wish = ReturnWish.objects.get(pk=wish_id)
    if wish.state == State.DECLINED:
        return wish
    if wish.state != State.OPEN:
        raise NotOpenError(wish.state)
    wish.state, wish.answer, wish.ended_at = State.DECLINED, answer, now
    wish.save(update_fields=["state", "answer", "ended_at"])
    letters.tell(sale=sale, kind=letters.DECLINED, now=now, about=wish.pk)
    return wish


def _refuse_more_than_there_is(sale: Sale, pieces: Mapping[int, int]) -> None:
    gone = returned_pieces(sale_id=sale.pk)
    goods = sale.lines.filter(kind=SaleLine.Kind.GOODS)
    left = {line.pk: line.quantity - gone.get(line.pk, 0) for line in goods}
    if not any(pieces.values()) or any(many > left.get(line_id, 0) or many < 0 for line_id, many in pieces.items()):
        raise TooManyPiecesError
