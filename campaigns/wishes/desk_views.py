"""Requests of donors at the desk: who asks for a gift back, and the treasurer's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.models import RefundRequest
from campaigns.wishes import answering, selectors
from campaigns.wishes.asking import NothingLeftError
from campaigns.wishes.forms import DeclineForm
from fund.payments import services as payments
from fund.payments.desk_views import refusal, send
from fund.payments.selectors import PAGE_SIZE, refundable_kopecks
from people.access import person
from people.desk_pages import desk_page, render_desk
from people.paging import CappedPaginator

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

REFUSALS = (answering.AnsweredError, NothingLeftError, payments.RefundError)


@require_safe
@desk_page("campaigns.view_refundrequest")
def request_list(request: HttpRequest) -> HttpResponse:
    """Show what waits for an answer, the oldest first, then what was answered."""
    page = CappedPaginator(selectors.answered(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render_desk(
        request,
        "desk/wishes.html",
        title=_("Requests for gifts back"),
        waiting=list(selectors.waiting()[:PAGE_SIZE]),
        answered=list(page),
        next_url=f"?page={page.next_page_number()}" if page.has_next() else "",
        previous_url=f"?page={page.previous_page_number()}" if page.has_previous() else "",
    )


@require_safe
@desk_page("campaigns.view_refundrequest")
def request_detail(request: HttpRequest, request_id: int) -> HttpResponse:
    """Show a request and what can be answered."""
    return _page(request, _find(request_id), DeclineForm())


@require_POST
@desk_page("campaigns.answer_refund_request", fresh=True)
def agree(request: HttpRequest, request_id: int) -> HttpResponse:
    """Let the gift go back, alone or with a second person."""
    wish = _find(request_id)
    try:
        agreed = answering.agree(request_id=wish.pk, user=person(request), now=timezone.now())
    except REFUSALS as error:
        messages.error(request, _words(error))
        return redirect("wishes:request", request_id=wish.pk)
    if agreed.proposal is not None and agreed.proposal.refund_id is not None:
        send(agreed.proposal.refund_id)
        messages.success(request, _("The refund is on its way to ЮKassa."))
    else:
        messages.info(request, _("The refund waits for a second person; nothing has been sent yet."))
    return redirect("wishes:request", request_id=wish.pk)


@require_http_methods(["POST"])
@desk_page("campaigns.answer_refund_request")
def decline(request: HttpRequest, request_id: int) -> HttpResponse:
    """Refuse the request, saying why."""
    wish, form = _find(request_id), DeclineForm(request.POST)
    if not form.is_valid():
        return _page(request, wish, form)
    answer = form.cleaned_data["answer"]
    try:
        answering.decline(request_id=wish.pk, user=person(request), answer=answer, now=timezone.now())
    except answering.AnsweredError as error:
        messages.error(request, _words(error))
    else:
        messages.success(request, _("Declined: the donor is told by e-mail."))
    return redirect("wishes:request", request_id=wish.pk)


def _page(request: HttpRequest, wish: RefundRequest, form: DeclineForm) -> HttpResponse:
    is_waiting = selectors.waiting().filter(pk=wish.pk).exists()
    return render_desk(
        request,
        "desk/wish.html",
        title=_("Request for a gift back"),
        is_refused=bool(form.errors),
        wish=wish,
        form=form,
        left_kopecks=refundable_kopecks(payment=wish.donation.payment),
        may_answer=is_waiting and request.user.has_perm("campaigns.answer_refund_request"),
    )


def _words(error: Exception) -> str:
    if isinstance(error, answering.AnsweredError):
        return _("The request was answered meanwhile.")
    if isinstance(error, NothingLeftError):
        return _("Nothing of this gift can go back any more.")
    return refusal(error)


def _find(request_id: int) -> RefundRequest:
    found = RefundRequest.objects.select_related("donation__campaign", "donation__payment", "proposal", "answered_by")
    return get_object_or_404(found, pk=request_id)
