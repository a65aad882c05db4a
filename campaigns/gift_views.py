"""The gift's own page: it waits for the real outcome, then shows number, receipt and proof."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns import selectors
from campaigns.models import Donation
from campaigns.repurposing.selectors import notices
from campaigns.subscriptions.selectors import gift_of
from campaigns.telling.followers import FOLLOWED
from campaigns.wishes.selectors import wishes

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from campaigns.selectors import GiftState

SESSION = "gifts"  # reference of the payment → the gift's secret, in this browser alone
SENT = "sent"  # references whose donor we have sent to ЮKassa already
MOST = 20


def remember(request: HttpRequest, donation: Donation) -> None:
    """Let this browser find the gift again when ЮKassa sends it back."""
    known = dict(request.session.get(SESSION, {}))
    known[str(donation.payment.reference)] = donation.token
    request.session[SESSION] = dict(list(known.items())[-MOST:])


def remembered(request: HttpRequest, reference: str) -> str:
    """Return the secret of a gift that this browser made, by its payment's reference; empty for any other."""
    return str(request.session.get(SESSION, {}).get(reference, ""))


@never_cache
@require_safe
def gift(request: HttpRequest, token: str) -> HttpResponse:
    """Show the gift; send the donor on to ЮKassa once, as soon as its address is known."""
    donation = _find(token)
    state = selectors.gift_state(donation=donation)
    if _is_to_be_sent(request, donation, state):
        return redirect(state.confirmation_url)
    return render(request, "campaigns/gift.html", _context(donation, state))


@never_cache
@require_safe
def gift_state(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the page's own question how far the gift has come."""
    donation = _find(token)
    state = selectors.gift_state(donation=donation)
    if _is_to_be_sent(request, donation, state):
        return HttpResponse(headers={"HX-Redirect": state.confirmation_url})
    if request.GET.get("seen") == state.mark:  # nothing to tell: what the reader looks at stays in place
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, "campaigns/_gift_state.html", _context(donation, state))


@never_cache
@require_safe
def back(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Receive who comes back from ЮKassa: this browser's own gift opens, a stranger's shows its state alone.

    That somebody came back says nothing about the payment.
    """
    token = remembered(request, str(reference))
    if token:
        return redirect("gifts:gift", token=token)
    donation = get_object_or_404(_with_all(), payment__reference=reference)
    context = {"donation": donation, "state": selectors.gift_state(donation=donation)}
    return render(request, "campaigns/back.html", context)


@never_cache
@require_safe
def receipt(request: HttpRequest, token: str) -> FileResponse:  # noqa: ARG001 - Django's signature
    """Send the receipt's PDF."""
    donation = _find(token)
    if not donation.receipt_name or not default_storage.exists(donation.receipt_name):
        raise Http404
    stream = default_storage.open(donation.receipt_name)
    return FileResponse(stream, filename=f"kvitanciya-{donation.number}.pdf", content_type="application/pdf")


def _with_all() -> QuerySet[Donation]:
    return Donation.objects.select_related("payment", "campaign", "letter")


def _find(token: str) -> Donation:
    return get_object_or_404(_with_all(), token=token)


def _is_to_be_sent(request: HttpRequest, donation: Donation, state: GiftState) -> bool:
    """Return whether the donor goes to ЮKassa now; once, so that coming back shows the outcome."""
    reference = str(donation.payment.reference)
    sent = list(request.session.get(SENT, []))
    if not state.confirmation_url or reference in sent or reference not in request.session.get(SESSION, {}):
        return False
    request.session[SENT] = [*sent, reference][-MOST:]
    return True


def _context(donation: Donation, state: GiftState) -> dict[str, Any]:
    is_followed = donation.campaign.status in FOLLOWED and not state.is_late and state.status == "succeeded"
    return {
        "donation": donation,
        "campaign": donation.campaign,
        "state": state,
        "steps": _steps(state),
        "notice": notices(donations=[donation]).get(donation.pk),
        "is_sent_to_fund": selectors.is_sent_to_fund(donation=donation),
        "is_followed": is_followed,
        "may_comment": is_followed and Donation.objects.filter(pk=donation.pk).kept().exists(),
        "subscription": gift_of(donation=donation),
        "wish": wishes(donation_ids=[donation.pk]).get(donation.pk),
    }


def _steps(state: GiftState) -> list[dict[str, str]]:
    is_paid = state.operation_number is not None
    done = [
        (_("Payment"), is_paid),
        (_("Entry in the open books"), is_paid),
        (_("Receipt"), state.has_receipt),
        (_("Letter"), state.is_letter_sent),
    ]
    first_open = next((index for index, (_label, is_done) in enumerate(done) if not is_done), len(done))
    return [
        {"label": label, "state": "done" if is_done else "current" if index == first_open else "waiting"}
        for index, (label, is_done) in enumerate(done)
    ]
