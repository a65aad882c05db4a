"""Forgetting a donor: asked for once, done when nothing of theirs is under way, told in a last letter."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F

from campaigns.letters import ERASED
from campaigns.models import Donation, DonationQuerySet, RefundRequest, Statement
from campaigns.organisers.forgetting import is_busy
from campaigns.subscriptions.ending import empty, end_all_of
from campaigns.telling import readers
from campaigns.wishes.paying import forget_details
from fund.payments.models import Alarm
from fund.payments.services import raise_alarm
from fund.sales.services import forget_buyers, has_orders_under_way
from people import erasure
from people.models import ErasureRequest, LegalText, Letter, User, Visit
from people.outbox import queue_letter
from people.selectors import donors_of
from people.services import record_act
from people.turns import take_turns

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

# What is younger still counts against those who test cards (campaigns.services.giving).
YOUNGEST = timedelta(hours=1)
LATE = timedelta(days=25)  # the law gives thirty (152-ФЗ, ст. 21 ч. 5): a person then has five left


class UnknownPersonError(Exception):
    """Nobody of that address gave or has an account."""


@transaction.atomic
def request_erasure(*, email: str, origin: ErasureRequest.Origin, now: datetime) -> ErasureRequest:
    """Write down that a person is to be forgotten; consents are taken back and names vanish at once.

    Asked once more while it is open, it is the same request.

    :raises UnknownPersonError: if there is nobody to forget.
    """
    take_turns(f"email:{email.lower()}")
    known = ErasureRequest.objects.filter(email__iexact=email, done_at__isnull=True).first()
    if known:
        return known
    donor_ids = list(donors_of(email=email).values_list("pk", flat=True))
    if not donor_ids and not readers.is_known(email=email):
        raise UnknownPersonError
    kinds = [LegalText.Kind.PERSONAL_DATA, LegalText.Kind.PUBLIC_NAME]
    end_all_of(email=email, now=now)
    erasure.withdraw_consents(donor_ids=donor_ids, kinds=kinds, now=now)
    return ErasureRequest.objects.create(email=email, origin=origin, asked_at=now)


@transaction.atomic
def erase_for_staff(*, email: str, by: User | None, now: datetime) -> ErasureRequest:
    """Ask for somebody who wrote a letter; an act of staff, which does not name them.

    :param by: nobody where a command on the machine itself does it.
    :raises UnknownPersonError: if there is nobody to forget.
    """
    asked = request_erasure(email=email, origin=ErasureRequest.Origin.STAFF, now=now)
    record_act(actor=by, action="people.erase_donor", subject=f"erasurerequest:{asked.pk}", now=now)
    return asked


@transaction.atomic
def carry_out_erasure(*, request_id: int, now: datetime) -> bool:
    """Take an erasure as far as it goes now; return whether it is done. Safe to run twice and at the same time.

    The letter that says so goes out before the address goes.
    """
    request = ErasureRequest.objects.select_for_update().get(pk=request_id)
    if request.done_at is not None:
        return True
    take_turns(f"email:{request.email.lower()}")
    gifts = gifts_of(request)
    is_new = gifts.filter(created_at__gt=now - YOUNGEST).exists()
    is_buying = has_orders_under_way(donor_ids=_donors(request))
    if is_new or is_buying or gifts.unfinished().exists() or is_busy(email=request.email):
        _tell_if_late(request, now)
        return False
    if request.letter is None:
        request.letter = queue_letter(kind=ERASED, key=f"erasure:{request.pk}", to=request.email, now=now)
        request.save(update_fields=["letter"])
    if request.letter.state == Letter.State.WAITING:
        return False
    _erase(request, now)
    return True


def gifts_of(request: ErasureRequest) -> DonationQuerySet:
    """Return the gifts that a person made before asking; who gives again afterwards is a donor anew."""
    return Donation.objects.filter(donor__in=_donors(request))


def _donors(request: ErasureRequest) -> list[int]:
    own = donors_of(email=request.email).filter(created_at__lte=request.asked_at)
    return list(own.values_list("pk", flat=True))


def open_erasures() -> list[int]:
    """Return erasures that are not done, the oldest first. One query."""
    return list(ErasureRequest.objects.filter(done_at__isnull=True).order_by("asked_at").values_list("pk", flat=True))


def last_erasures(*, limit: int = 50) -> list[ErasureRequest]:
    """Return erasures, open ones first, then the newest. One query."""
    return list(ErasureRequest.objects.order_by(F("done_at").desc(nulls_first=True), "-pk")[:limit])


@transaction.atomic
def forget_gifts(*, donation_ids: Collection[int], now: datetime) -> int:
    """Empty gifts of what is personal, and make their donors nobody; return how many donors were somebody.

    The secret links die; so does the hash of the request, from which an address could be guessed.
    """
    gifts = list(Donation.objects.select_for_update().filter(pk__in=donation_ids).order_by("pk"))
    for gift in gifts:
        if gift.receipt_name:
            default_storage.delete(gift.receipt_name)
        gift.message = gift.request_sha256 = gift.receipt_name = ""
        gift.token = secrets.token_urlsafe(32)
    readers.forget_comments(donations=[gift.pk for gift in gifts], now=now)
    forget_details(donation_ids=[gift.pk for gift in gifts])
    RefundRequest.objects.filter(donation__in=gifts).exclude(reason="").update(reason="")
    Donation.objects.bulk_update(gifts, ["message", "request_sha256", "receipt_name", "token"], batch_size=500)
    return erasure.erase_donors(donor_ids=[gift.donor_id for gift in gifts if gift.donor_id], now=now)


@transaction.atomic
def drop_statements(*, visits: QuerySet[Visit]) -> None:
    """Delete the statements of visits, files first: a file without its row would never be found."""
    for statement in Statement.objects.select_for_update().filter(visit__in=visits).order_by("pk"):
        default_storage.delete(statement.file_name)
        statement.delete()


def _erase(request: ErasureRequest, now: datetime) -> None:
    users = list(User.objects.filter(email__iexact=request.email).values_list("pk", flat=True))
    readers.forget_words(email=request.email, users=users, now=now)
    empty(donor_ids=_donors(request), now=now)
    buyers = forget_buyers(donor_ids=_donors(request), now=now)
    request.donors = buyers + forget_gifts(donation_ids=list(gifts_of(request).values_list("pk", flat=True)), now=now)
    erasure.erase_donors(donor_ids=_donors(request), now=now)  # who neither gave nor bought
    drop_statements(visits=Visit.objects.filter(email__iexact=request.email))
    erasure.erase_address(email=request.email, now=now)
    request.email, request.done_at = "", now
    request.save(update_fields=["donors", "email", "done_at"])


def _tell_if_late(request: ErasureRequest, now: datetime) -> None:
    if request.asked_at < now - LATE:
        raise_alarm(kind=Alarm.Kind.NOT_ERASED, subject=f"erasure:{request.pk}", now=now)
