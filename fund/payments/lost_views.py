"""Refunds of which ЮKassa never told: what was seen in its cabinet, said by one person, confirmed by another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fund.payments import gateway, selectors, services
from fund.payments.deciding_views import Matter, decide
from fund.payments.desk_forms import AnswerForm, SeenForm
from fund.payments.models import LostRefund, Refund
from people.access import person
from people.desk_pages import desk_page, render_desk

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

REFUSALS = (
    services.NotLostError,
    services.FoundAfterAllError,
    services.ProposalDecidedError,
    services.OwnProposalError,
    services.NotOwnProposalError,
    gateway.GatewayError,
)
WAITING = LostRefund.State.PROPOSED


@require_safe
@desk_page("payments.view_refund")
def lost(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Show a refund, what was said of it, and what the reader may do about it."""
    refund, user = _find(refund_id), person(request)
    words = list(refund.losses.select_related("proposed_by", "decided_by").order_by("-pk"))
    waiting = next((word for word in words if word.state == WAITING), None)
    is_own = waiting is not None and waiting.proposed_by_id == user.pk
    is_lost = refund.is_lost(timezone.now())
    return render_desk(
        request,
        "desk/lost.html",
        title=_("A refund that ЮKassa never told of"),
        **_facts(refund),
        words=words,
        waiting=waiting,
        is_lost=is_lost,
        is_own=is_own,
        may_say=is_lost and waiting is None and user.has_perm("payments.request_refund"),
        may_decide=waiting is not None and not is_own and user.has_perm("payments.approve_refund"),
        may_reread=is_lost and user.has_perm("payments.reread_payment"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("payments.request_refund", fresh=True)
def say(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Ask what ЮKassa's cabinet shows, and write down that it does not have the refund."""
    form = SeenForm(request.POST or None, initial={"key": uuid4()})

    def act(now: datetime) -> str:
        seen, user = form.cleaned_data, person(request)
        key = seen["key"].hex
        services.propose_lost(refund_id=refund_id, note=seen["note"], request_key=key, user=user, now=now)
        return _("Written down; a second person looks too and confirms it.")

    matter = _matter(_find(refund_id))
    return decide(request, matter, act, title=_("ЮKassa does not have it"), submit=_("Write down"), form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("payments.approve_refund", fresh=True)
def approve(request: HttpRequest, lost_id: int) -> HttpResponse:
    """Ask once, then owe the money to the donor."""

    def act(now: datetime) -> str:
        with gateway.hasty():
            services.approve_lost(lost_id=lost_id, user=person(request), now=now)
        return _("Confirmed: the fund owes the money, and a letter asks the donor for bank details.")

    matter = _matter_of_word(lost_id)
    return decide(request, matter, act, title=_("Confirm that ЮKassa does not have it"), submit=_("Confirm"))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("payments.approve_refund", fresh=True)
def reject(request: HttpRequest, lost_id: int) -> HttpResponse:
    """Ask why, then refuse the word."""
    form = AnswerForm(request.POST or None)

    def act(now: datetime) -> str:
        answer = form.cleaned_data["answer"]
        services.reject_lost(lost_id=lost_id, user=person(request), answer=answer, now=now)
        return _("Rejected: nothing is owed.")

    matter = _matter_of_word(lost_id)
    return decide(request, matter, act, title=_("Reject what was said"), submit=_("Reject"), form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("payments.request_refund")
def withdraw(request: HttpRequest, lost_id: int) -> HttpResponse:
    """Ask once, then take one's own word back."""

    def act(now: datetime) -> str:
        services.withdraw_lost(lost_id=lost_id, user=person(request), now=now)
        return _("Withdrawn: nothing is owed.")

    matter = _matter_of_word(lost_id)
    return decide(request, matter, act, title=_("Withdraw what was said"), submit=_("Withdraw"))


def _matter_of_word(lost_id: int) -> Matter:
    people = LostRefund.objects.select_related("refund__payment", "proposed_by", "decided_by")
    word = get_object_or_404(people, pk=lost_id)
    return _matter(word.refund, word)


def _matter(refund: Refund, word: LostRefund | None = None) -> Matter:
    back = reverse("money:lost", kwargs={"refund_id": refund.pk})
    return Matter("desk/lost_decide.html", {**_facts(refund), "word": word}, back, REFUSALS, _words)


def _facts(refund: Refund) -> dict[str, Any]:
    return {"refund": refund, "label": selectors.labels(payments=[refund.payment]).get(refund.payment_id)}


def _words(error: Exception) -> str:
    """Return why it can't be, in words for the staff."""
    if isinstance(error, gateway.GatewayError):
        return _("ЮKassa's list can't be read now. Try again in some minutes: without it nothing is confirmed.")
    words = {
        services.NotLostError: _("ЮKassa told of this refund meanwhile, or what was said of it waits already."),
        services.FoundAfterAllError: _("ЮKassa has this refund: its state is taken over. Reject what was said."),
        services.ProposalDecidedError: _("It was decided meanwhile."),
        services.OwnProposalError: _("You said it yourself: a second person looks and confirms it."),
        services.NotOwnProposalError: _("Only who said it can withdraw it."),
    }
    return words[type(error)]


def _find(refund_id: int) -> Refund:
    return get_object_or_404(Refund.objects.select_related("payment"), pk=refund_id)
