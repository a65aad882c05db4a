"""What a person does about each kind of alarm, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from fund.payments.models import Alarm

if TYPE_CHECKING:
    from django.utils.functional import Promise

Kind = Alarm.Kind

PLAYBOOKS: dict[str, str | Promise] = {
    Kind.KEY_EXPIRED: _(
        "For almost a day ЮKassa did not say what became of our request. Look in ЮKassa's cabinet for a payment or"
        " refund of this sum and time. If it is there, press «Read again at ЮKassa»: it will be booked. If not, nothing"
        " was taken; of a refund say so here: once a second person confirms it, the fund owes the money and pays it by"
        " bank, and the alarm ends."
    ),
    Kind.MISMATCH: _(
        "ЮKassa's words about this payment differ from ours, so nothing was booked. Compare sum, shop and number in"
        " ЮKassa's cabinet with this page. Never correct it in the books by hand: write to ЮKassa's support and to the"
        " developers."
    ),
    Kind.UNKNOWN_PAYMENT: _(
        "Somebody paid the shop past the site. Find the payment in ЮKassa's cabinet by its number: return it there, or"
        " ask the accountant how to enter it into the books."
    ),
    Kind.UNKNOWN_REFUND: _(
        "Somebody made a refund in ЮKassa's cabinet past the site. Find out who and why; the accountant enters it into"
        " the books."
    ),
    Kind.MISSING_PAYMENT: _(
        "The books hold this payment as paid, and ЮKassa does not list it. Press «Read again at ЮKassa». If the alarm"
        " stays, ask ЮKassa's support with the payment's number, and keep refunds of it back until they answer."
    ),
    Kind.REFUND_REFUSED: _(
        "The fund owes this money to the donor, whom a letter asked for bank details. Pay by them from the fund's bank"
        " account and enter the payment order among debts to donors; once a second person confirms it, the debt is"
        " booked as paid and the alarm ends."
    ),
    Kind.RECEIPT_REFUSED: _(
        "The tax office does not have the fiscal receipt of this order yet, and the law wants it at once. Look in"
        " ЮKassa's cabinet why the receipt was refused (the cash register's term, its connection, the rate of VAT). The"
        " site asks again each hour, and the alarm ends once the receipt is registered."
    ),
    Kind.CREDENTIALS: _(
        "No gift can be taken now. Look in ЮKassa's cabinet whether the shop's secret key was replaced, and give the"
        " new one to who runs the site (YOOKASSA_SECRET_KEY). The alarm ends by itself at the first call that works."
    ),
    Kind.NO_COMMISSION: _(
        "ЮKassa has not told for three days what it kept of this payment. Press «Read again at ЮKassa»; if there is"
        " still nothing, take the commission from ЮKassa's daily registry and give it to the accountant."
    ),
    Kind.NOT_BOOKED: _(
        "The donor has paid, and the books refuse the entry: an account may not be open. Tell the developers at once;"
        " the money is safe at ЮKassa, and each look tries the entry again."
    ),
    Kind.MISSING_REFUND: _(
        "We sent this refund, and ЮKassa no longer knows it. Ask ЮKassa's support with its number before you send the"
        " money another way."
    ),
    Kind.NOT_COMPARED: _(
        "ЮKassa's list of this day could not be read for half a day. See whether ЮKassa works; the comparison repeats"
        " itself every ten minutes and then closes the alarm."
    ),
    Kind.NOT_DELIVERED: _(
        "The donor's letter came back or was not taken for a day. Look whether mail leaves at all; if it does, the"
        " address is wrong; the gift's own page still has the receipt. Close the alarm saying what you found."
    ),
    Kind.SHORT: _(
        "The money at ЮKassa does not do for all that must go back. Top the shop's account up from the fund's bank"
        " account and enter the payment order among the bank's payments; once a second person confirms it, the rest"
        " goes back by itself, and the alarm ends."
    ),
    Kind.CHARGEBACK: _(
        "A donor disputed the payment at their bank, and ЮKassa gave the money back: it is booked, and nothing goes"
        " back of it once more. ЮKassa writes to the shop's mail by which date documents may be sent: the accepted"
        " offer and the gift's receipt. Close the alarm with what you answered."
    ),
    Kind.NOT_ERASED: _(
        "A person asked twenty-five days ago to be erased, and a payment, refund or letter of theirs is still not"
        " finished. Look for it among stuck payments and in the mail queue and bring it to an end: the law gives thirty"
        " days."
    ),
}
