"""All that happened to one payment and its refunds, in the order of time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from fund.ledger.models import Operation
from fund.money import format_roubles
from fund.payments import purposes
from fund.payments.models import (
    Alarm,
    BankEntry,
    Call,
    Chargeback,
    LostRefund,
    Notification,
    Refund,
    RefundProposal,
    Transition,
)
from people import letters
from people.models import StaffAct
from people.services import subject_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from fund.payments.models import Payment

MOST = 500  # of each kind: nothing honest comes near it, and a page must end


@dataclass(frozen=True)
class HistoryRow:
    """One thing that happened; ``count`` alike stood together, the last at ``last_at``."""

    at: datetime
    kind: str
    title: str
    detail: str = ""
    is_trouble: bool = False
    count: int = 1
    last_at: datetime | None = None
    url: str = ""


def payment_history(*, payment: Payment) -> list[HistoryRow]:
    """Return calls, notifications, moves, entries, alarms, proposals and letters about a payment and its refunds.

    Chargebacks too. Twelve queries.
    """
    refunds = list(Refund.objects.filter(payment=payment).order_by("pk"))
    disputes = list(Chargeback.objects.filter(payment=payment).order_by("pk")[:MOST])
    subjects = [f"payment:{payment.pk}", *(f"refund:{refund.pk}" for refund in refunds)]
    rows = [
        *_calls(payment, refunds),
        *_notifications(payment, refunds),
        *_transitions(payment, refunds),
        *_chargebacks(disputes),
        *_operations(payment, refunds, disputes),
        *_alarms(subjects),
        *_proposals(payment),
        *_losses(refunds),
        *_looks(payment),
        *_letters(payment),
    ]
    return _folded(sorted(rows, key=lambda row: row.at))


def _calls(payment: Payment, refunds: Sequence[Refund]) -> Iterator[HistoryRow]:
    asked = [payment, *refunds]
    references = [row.reference for row in asked]
    ids = [row.yookassa_id for row in asked if row.yookassa_id]
    found = Call.objects.filter(Q(reference__in=references) | (Q(object_id__in=ids) & ~Q(object_id="")))
    for call in found.order_by("pk")[:MOST]:
        parts = [f"HTTP {call.http_status}" if call.http_status else "", call.code]
        yield HistoryRow(
            at=call.started_at,
            kind="call",
            title=_("%(verb)s: %(outcome)s") % {"verb": call.get_verb_display(), "outcome": call.get_outcome_display()},
            detail=", ".join(part for part in parts if part),
            is_trouble=call.outcome != Call.Outcome.DONE,
        )


def _notifications(payment: Payment, refunds: Sequence[Refund]) -> Iterator[HistoryRow]:
    ids = [row.yookassa_id for row in (payment, *refunds) if row.yookassa_id]
    for told in Notification.objects.filter(object_id__in=ids).order_by("pk")[:MOST]:
        yield HistoryRow(
            at=told.first_received_at,
            kind="notification",
            title=_("Somebody told us in ЮKassa's name: %(event)s") % {"event": told.event},
            detail=_("read again at ЮKassa") if told.handled_at else _("not read again yet"),
            count=told.deliveries,
            last_at=told.last_received_at if told.deliveries > 1 else None,
        )


def _transitions(payment: Payment, refunds: Sequence[Refund]) -> Iterator[HistoryRow]:
    sums = {refund.pk: format_roubles(refund.amount_kopecks) for refund in refunds}
    found = Transition.objects.filter(Q(payment=payment) | Q(refund__in=list(sums)))
    for moved in found.order_by("pk")[:MOST]:
        states = type(payment).State if moved.refund_id is None else Refund.State
        what = _("The payment") if moved.refund_id is None else _("Refund of %(sum)s") % {"sum": sums[moved.refund_id]}
        yield HistoryRow(
            at=moved.at,
            kind="transition",
            title=f"{what}: {states(moved.to_state).label}",
            detail=_("because of: %(cause)s") % {"cause": moved.get_cause_display()},
            is_trouble=moved.to_state == Refund.State.REFUSED,
        )


def _chargebacks(disputes: Sequence[Chargeback]) -> Iterator[HistoryRow]:
    for dispute in disputes:
        total = format_roubles(dispute.amount_kopecks)
        title = _("The donor's bank took %(sum)s back") % {"sum": total}
        yield HistoryRow(dispute.noticed_at, "transition", title, dispute.yookassa_id, is_trouble=True)


def _operations(payment: Payment, refunds: Sequence[Refund], disputes: Sequence[Chargeback]) -> Iterator[HistoryRow]:
    numbers = [payment.operation_id, payment.commission_operation_id]
    numbers += [number for refund in refunds for number in (refund.operation_id, refund.fee_operation_id)]
    numbers += BankEntry.objects.filter(refund__payment=payment).values_list("operation", flat=True)
    numbers += [dispute.operation_id for dispute in disputes]
    for operation in Operation.objects.filter(pk__in=[number for number in numbers if number]).order_by("pk"):
        yield HistoryRow(
            at=operation.posted_at,
            kind="operation",
            title=_("Entry No. %(number)d in the books") % {"number": operation.pk},
            detail=operation.memo,
            url=operation.get_absolute_url(),
        )


def _alarms(subjects: Sequence[str]) -> Iterator[HistoryRow]:
    for alarm in Alarm.objects.filter(subject__in=subjects).select_related("closed_by").order_by("pk")[:MOST]:
        yield HistoryRow(alarm.raised_at, "alarm", _("Alarm"), alarm.get_kind_display(), is_trouble=True)
        if alarm.closed_at:
            who = str(alarm.closed_by or _("it ended by itself"))
            why = ": ".join(filter(None, [who, alarm.close_reason]))
            yield HistoryRow(alarm.closed_at, "alarm", _("Alarm closed"), why)


def _proposals(payment: Payment) -> Iterator[HistoryRow]:
    people = RefundProposal.objects.select_related("proposed_by", "decided_by")
    for proposal in people.filter(payment=payment).order_by("pk")[:MOST]:
        total = format_roubles(proposal.amount_kopecks)
        yield HistoryRow(
            proposal.proposed_at,
            "proposal",
            _("%(who)s asks for a refund of %(sum)s") % {"who": proposal.proposed_by, "sum": total},
            ": ".join(filter(None, [proposal.get_reason_display(), proposal.note])),
        )
        if proposal.decided_by and proposal.decided_at:
            title = f"{proposal.get_state_display()}: {proposal.decided_by}"
            yield HistoryRow(proposal.decided_at, "proposal", title, proposal.answer)


def _losses(refunds: Sequence[Refund]) -> Iterator[HistoryRow]:
    people = LostRefund.objects.select_related("proposed_by", "decided_by")
    for word in people.filter(refund__in=refunds).order_by("pk")[:MOST]:
        title = _("%(who)s says that ЮKassa does not have the refund") % {"who": word.proposed_by}
        yield HistoryRow(word.proposed_at, "proposal", title, word.note)
        if word.decided_at:
            title = f"{word.get_state_display()}: {word.decided_by}"
            yield HistoryRow(word.decided_at, "proposal", title, word.answer)


def _looks(payment: Payment) -> Iterator[HistoryRow]:
    acts = StaffAct.objects.filter(subject=subject_of(payment), action="payments.reread_payment")
    for act in acts.select_related("actor").order_by("pk")[:MOST]:
        yield HistoryRow(act.at, "act", _("%(who)s asks to read it again") % {"who": act.actor})


def _letters(payment: Payment) -> Iterator[HistoryRow]:
    """Tell of letters by what they are about: neither address nor words."""
    for letter in purposes.find(payment.purpose).letters(payment=payment).order_by("pk")[:MOST]:
        title = _("Letter: %(about)s") % {"about": letters.find(letter.kind).title}
        yield HistoryRow(letter.queued_at, "letter", title, _("written down"))
        if letter.sent_at:
            yield HistoryRow(letter.sent_at, "letter", title, _("sent"))
        if letter.given_up_at:
            yield HistoryRow(letter.given_up_at, "letter", title, _("given up"), is_trouble=True)


def _folded(rows: Sequence[HistoryRow]) -> list[HistoryRow]:
    """Let calls that say the same, with nothing between them, stand in one line."""
    found: list[HistoryRow] = []
    for row in rows:
        last = found[-1] if found else None
        same = last and (last.kind, last.title, last.detail) == (row.kind, row.title, row.detail)
        if last and same and row.kind == "call":
            found[-1] = replace(last, count=last.count + 1, last_at=row.at)
        else:
            found.append(row)
    return found
