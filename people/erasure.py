"""Forgetting people: consents taken back, donors who become nobody, accounts and visits that go."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.db.models import ProtectedError

from people.models import ApiKey, Consent, ConsentWithdrawal, Donor, LegalText, Letter, Session, User, Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime


class RoleHeldError(Exception):
    """Who holds a role keeps the account: an administrator takes the role back first."""


class AccountBusyError(Exception):
    """Something is under way that needs the account's owner: it is finished first."""


_forgetters: dict[str, Callable[..., None]] = {}


def forget_with(name: str, forget: Callable[..., None]) -> None:
    """Let a room above empty what it knows of an account (``user``, ``now``) before it goes; called from ``ready``.

    It may raise :class:`AccountBusyError`; then the account stays.
    """
    _forgetters[name] = forget


@transaction.atomic
def withdraw_consents(*, donor_ids: Collection[int], kinds: Iterable[str], now: datetime) -> int:
    """Write down that consents are taken back, each once; return how many were. A name goes with its consent.

    Locks the donors in the order of their keys.
    """
    wanted = set(kinds)
    donors = list(Donor.objects.select_for_update().filter(pk__in=donor_ids).order_by("pk"))
    given = Consent.objects.filter(donor__in=donors, text__kind__in=wanted, withdrawal__isnull=True)
    made = ConsentWithdrawal.objects.bulk_create(ConsentWithdrawal(consent=row, withdrawn_at=now) for row in given)
    if LegalText.Kind.PUBLIC_NAME in wanted:
        Donor.objects.filter(pk__in=[donor.pk for donor in donors]).update(public_name="")
    return len(made)


@transaction.atomic
def erase_donors(*, donor_ids: Collection[int], now: datetime) -> int:
    """Make donors nobody, in one act one and the same nobody; return how many were somebody.

    Their consents stay, without addresses; letters to them that still wait are given up when their turn comes.
    """
    locked = list(Donor.objects.select_for_update().filter(pk__in=donor_ids, erased_at__isnull=True).order_by("pk"))
    found = [donor.pk for donor in locked]
    Donor.objects.filter(pk__in=found).update(email=None, public_name="", erased_at=now, erased_as=uuid4())
    Consent.objects.filter(donor__in=found, address__isnull=False).update(address=None)
    return len(found)


@transaction.atomic
def erase_address(*, email: str, now: datetime) -> bool:
    """Forget an address in letters, visits and accounts; return whether an account stays, because it holds a role."""
    known = Letter.objects.exclude(address="").filter(address__iexact=email)
    known.waiting().update(given_up_at=now, failure="Erased", subject="", body="")
    known.update(address="", subject="", body="")
    Visit.objects.filter(email__iexact=email).delete()
    _end_begun(email)
    user = User.objects.select_for_update().filter(email__iexact=email).first()
    if user is None:
        return False
    if user.is_staff:  # holds a role
        return True
    _erase_user(user, now)
    return False


def _end_begun(email: str) -> None:
    """End what was begun with the address and not ended, such as a sign-in: nobody's session holds it till it expires.

    Reads every session of nobody.
    """
    for session in Session.objects.filter(user__isnull=True).iterator():
        if email.casefold() in json.dumps(session.get_decoded(), ensure_ascii=False).casefold():
            session.delete()


@transaction.atomic
def close_account(*, user: User, now: datetime) -> None:
    """Delete an account as its owner wants: sessions, second factors, ties to other sites and letters go with it.

    Gifts are another matter: they never belong to an account.

    :raises RoleHeldError: if the person holds a role; nothing has changed then.
    :raises AccountBusyError: if a room above needs them still; nothing has changed then either.
    """
    found = User.objects.select_for_update().get(pk=user.pk)  # a role granted at the same time stands in line
    if found.is_staff:
        raise RoleHeldError
    _erase_user(found, now)


def _erase_user(user: User, now: datetime) -> None:
    """Delete an account; where acts or roles of it are kept for ever, make it nobody's instead."""
    for forget in _forgetters.values():
        forget(user=user, now=now)
    for model in (EmailAddress, SocialAccount, Authenticator, Session, ApiKey):
        model.objects.filter(user=user).delete()
    try:
        with transaction.atomic():
            user.delete()
    except ProtectedError:
        own = Letter.objects.filter(user=user)
        own.waiting().update(given_up_at=now, failure="Erased")
        own.update(subject="", body="")
        user.email, user.is_active = f"erased-{user.pk}@invalid.invalid", False
        user.set_unusable_password()
        user.save(update_fields=["email", "is_active", "password"])
