"""Payments at the staff desk: find one, read its whole history, send money back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fund.money import Kopecks, format_roubles
from fund.payments import selectors, services, tasks
from fund.payments.desk_forms import PaymentsForm, RefundForm
from fund.payments.models import Alarm, Payment, Refund, RefundProposal
from people.access import person
from people.desk_pages import desk_page, render_desk

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from people.models import User


@require_safe
@desk_page("payments.view_payment")
def payment_list(request: HttpRequest) -> HttpResponse:
    """Show payments that fit, the newest first."""
    form = PaymentsForm(request.GET)
    found = selectors.payments_page(wanted=form.wanted(), before=form.cleaned_data["before"]) if form.is_valid() else []
    payments, more = found[: selectors.PAGE_SIZE], found[selectors.PAGE_SIZE :]
    labels = selectors.labels(payments=payments)
    query = request.GET.copy()
    query["before"] = str(payments[-1].pk) if more else ""
    return render_desk(
        request,
        "desk/payments.html",
        title=_("Payments"),
        is_refused=bool(form.errors),
        form=form,
        rows=[{"payment": payment, "label": labels.get(payment.pk)} for payment in payments],
        next_url=f"?{query.urlencode()}" if more else "",
    )


@require_safe
@desk_page("payments.view_payment")
def payment_detail(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Show all that is known of a payment."""
    payment = get_object_or_404(Payment, pk=payment_id)
    refunds = list(Refund.objects.filter(payment=payment).order_by("pk"))
    subjects = [f"payment:{payment.pk}", *(f"refund:{refund.pk}" for refund in refunds)]
    return render_desk(
        request,
        "desk/payment.html",
        title=_("Payment %(number)d") % {"number": payment.pk},
        payment=payment,
        label=selectors.labels(payments=[payment]).get(payment.pk),
        refunds=refunds,
        refundable_kopecks=selectors.refundable_kopecks(payment=payment),
        proposals=RefundProposal.objects.filter(payment=payment).select_related("proposed_by").order_by("pk"),
        alarms=Alarm.objects.filter(subject__in=subjects, closed_at__isnull=True).order_by("pk"),
        history=selectors.payment_history(payment=payment),
        may_refund=request.user.has_perm("payments.request_refund"),
        may_reread=request.user.has_perm("payments.reread_payment"),
    )


@require_POST
@desk_page("payments.reread_payment")
def reread(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Let the worker read the payment at ЮKassa now."""
    payment = get_object_or_404(Payment, pk=payment_id)
    try:
        services.ask_reread(payment_id=payment.pk, user=person(request), now=timezone.now())
    except services.RereadTooSoonError:
        messages.warning(request, _("Somebody asked for it less than half a minute ago: look at the history below."))
    else:
        follow = partial(tasks.reread_payment.delay, payment_id=payment.pk)
        transaction.on_commit(follow, robust=True)
        messages.success(request, _("ЮKassa is being asked; renew this page in a few seconds."))
    return redirect("money:payment", payment_id=payment.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("payments.request_refund", fresh=True)
def refund(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Ask how much goes back and why, show it once more, then write it down."""
    payment = get_object_or_404(Payment, pk=payment_id)
    most, now, user = selectors.refundable_kopecks(payment=payment), timezone.now(), person(request)
    is_confirmed = "confirmed" in request.POST
    initial = {"amount": format_roubles(most).removesuffix("₽").strip(), "key": uuid4()}
    form = RefundForm(request.POST or None, initial=initial, most=None if is_confirmed else most)
    if form.is_valid() and is_confirmed:
        proposal = _propose(form, payment, user, now)
        if proposal:
            _tell(request, proposal)
            return redirect("money:payment", payment_id=payment.pk)
    return render_desk(
        request,
        "desk/refund.html",
        title=_("Refund of payment %(number)d") % {"number": payment.pk},
        is_refused=bool(form.errors),
        payment=payment,
        label=selectors.labels(payments=[payment]).get(payment.pk),
        form=form,
        most_kopecks=most,
        plan=_plan(form, payment, user, now) if form.is_valid() else None,
    )


def _plan(form: RefundForm, payment: Payment, user: User, now: datetime) -> dict[str, object]:
    """Return what a valid form would do."""
    amount = Kopecks(form.cleaned_data["amount"])
    return {
        "kopecks": amount,
        "reason": Refund.Reason(form.cleaned_data["reason"]).label,
        "note": form.cleaned_data["note"],
        "needs_second_person": services.needs_second_person(payment=payment, amount_kopecks=amount, user=user, now=now),
    }


def _propose(form: RefundForm, payment: Payment, user: User, now: datetime) -> RefundProposal | None:
    """Write the refund down, or say in the form why not."""
    try:
        return services.propose_refund(
            payment_id=payment.pk,
            amount_kopecks=Kopecks(form.cleaned_data["amount"]),
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
            request_key=form.cleaned_data["key"].hex,
            user=user,
            now=now,
        )
    except services.RefundError as error:
        form.add_error(None, refusal(error))
    return None


def _tell(request: HttpRequest, proposal: RefundProposal) -> None:
    if proposal.refund_id is None:
        messages.info(request, _("The refund waits for a second person; nothing has been sent yet."))
        return
    send(proposal.refund_id)
    messages.success(request, _("The refund is on its way to ЮKassa."))


def send(refund_id: int) -> None:
    """Let the worker send a refund now; a sweep does it where this is lost."""
    transaction.on_commit(partial(tasks.settle_refund.delay, refund_id=refund_id), robust=True)


def refusal(error: Exception) -> str:
    """Return why a refund can't be, in words for the staff."""
    if isinstance(error, services.NotPaidError):
        return _("The payment is not paid: there is nothing to return.")
    if isinstance(error, services.RefundSpentError):
        left = {"sum": format_roubles(error.left_kopecks)}
        return _("The project has spent money that would go back: %(sum)s is left of it.") % left
    if isinstance(error, services.RefundDividedError):
        return _("Money of an order goes back with its lines: on the order's own page.")
    if isinstance(error, services.RefundKeyReusedError):
        return _("This form was sent before with another sum. Open the refund anew.")
    return _("The payment no longer has this sum: another refund took it meanwhile.")
