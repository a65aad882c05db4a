"""The letters about orders: paid, ready, sent, received, money that goes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

from fund.payments.models import Alarm, Refund
from fund.payments.services import raise_alarm
from fund.payments.services.alarms import close_alarms
from fund.sales.models import ReturnWish, Sale
from fund.sales.selectors import last_day_to_return
from fund.sales.showing import entries_of, whom_fed
from people.letters import Words, register
from people.outbox import queue_letter

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.functional import _StrPromise

    from people.models import Letter

PAID, READY, SENT, RECEIVED = "order_paid", "order_ready", "order_sent", "order_received"
SOLD_OUT, REFUND, REPAID = "order_sold_out", "order_refund", "order_repaid"
DECLINED = "order_declined"
SUBJECTS = {
    PAID: gettext_lazy("Order No. %(number)s is paid"),
    READY: gettext_lazy("Order No. %(number)s waits for you"),
    SENT: gettext_lazy("Order No. %(number)s is on its way"),
    RECEIVED: gettext_lazy("Order No. %(number)s: what became of your money"),
    SOLD_OUT: gettext_lazy("Order No. %(number)s: nothing is left, the money goes back"),
    REFUND: gettext_lazy("A refund for order No. %(number)s"),
    DECLINED: gettext_lazy("Order No. %(number)s: about what you want to return"),
    REPAID: gettext_lazy("The fund paid you what it owed for order No. %(number)s"),
}


class OrderLetter:
    """One kind of letter about an order; its words are ``templates/email/<kind>.txt``."""

    def __init__(self, kind: str, title: _StrPromise) -> None:
        """Write of one kind of news."""
        self.kind, self.title = kind, title

    def write(self, *, letter: Letter) -> Words:
        """Write of one order as it stands."""
        sale = Sale.objects.select_related("payment__operation").get(pk=letter.context["sale"])
        found = letter.context.get("refund")
        refund = Refund.objects.select_related("operation").get(pk=found) if found else None
        lines = list(sale.lines.order_by("number"))
        context = {
            "sale": sale,
            "lines": lines,
            "fed": whom_fed(lines=lines),
            "order_address": settings.SITE_URL + sale.get_absolute_url(),
            "operation": sale.payment.operation,
            "entries": entries_of(sale=sale, lines=lines),
            "is_believed": letter.context.get("is_believed", False),
            "last_day": last_day_to_return(sale=sale),
            "refund": refund,
            "wish": ReturnWish.objects.filter(pk=letter.context.get("wish")).first(),
            "is_owed": refund is not None and refund.state == Refund.State.REFUSED,
            "pickup": settings.PICKUP,
            "fund": settings.FUND,
            "site_url": settings.SITE_URL,
            "demo_mode": settings.DEMO_MODE,
        }
        subject = str(SUBJECTS[self.kind]) % {"number": sale.number}
        return Words(subject, render_to_string(f"email/{self.kind}.txt", context))

    def given_up(self, *, letter: Letter, now: datetime) -> None:
        """Let a person look at it."""
        raise_alarm(kind=Alarm.Kind.NOT_DELIVERED, subject=f"letter:{letter.pk}", now=now)

    def sent(self, *, letter: Letter, now: datetime) -> None:
        """Close what was open about it: a person had it tried once more."""
        close_alarms(subject=f"letter:{letter.pk}", now=now)


def tell(
    *, sale: Sale, kind: str, now: datetime, refund: Refund | None = None, about: int = 0, is_believed: bool = False
) -> None:
    """Let the buyer know, once of each thing; nobody where the buyer was forgotten. Joins the caller's transaction.

    :param about: the wish that was answered.
    :param is_believed: the order is taken for received without anybody's word.
    """
    if sale.buyer is None or not sale.buyer.email:
        return
    context = {"sale": sale.pk} | ({"refund": refund.pk} if refund else {}) | ({"wish": about} if about else {})
    context |= {"is_believed": True} if is_believed else {}
    key = f"{kind}:{sale.number}" + (f":{refund.reference}" if refund else f":{about}" if about else "")
    queue_letter(kind=kind, key=key, to=sale.buyer, context=context, now=now)


def register_letters() -> None:
    """Tell the outbox how letters about orders are written."""
    titles = {
        PAID: gettext_lazy("Order paid"),
        READY: gettext_lazy("Order ready"),
        SENT: gettext_lazy("Order sent"),
        RECEIVED: gettext_lazy("Order received"),
        SOLD_OUT: gettext_lazy("Order sold out"),
        REFUND: gettext_lazy("Refund of an order"),
        DECLINED: gettext_lazy("Return of an order declined"),
        REPAID: gettext_lazy("Debt of an order paid by bank"),
    }
    for kind, title in titles.items():
        register(kind, OrderLetter(kind, title))
