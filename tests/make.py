"""Typed builders of what tests begin with."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.utils import timezone

from campaigns.models import Campaign, Donation
from campaigns.services import Gift, give, open_campaign
from fund.ledger.notes import read_signing_key
from fund.ledger.sealing import seal_books
from fund.ledger.services import post_event
from fund.money import Kopecks
from fund.payments.models import Payment
from people.models import Donor, User
from people.services import grant_role

if TYPE_CHECKING:
    from datetime import datetime

    from django.test import Client

NOW = timezone.now()  # whatever the clock says: nothing here knows a date


def campaign(slug: str = "sad", *, title: str = "Сад", closes_at: datetime | None = None) -> Campaign:
    """Return a live campaign with its accounts."""
    found = Campaign.objects.create(
        slug=slug,
        title=title,
        summary="Деревья",
        story="Сажаем.",
        goal_kopecks=1_000_00,
        opens_at=NOW - timedelta(days=1),
        closes_at=closes_at,
    )
    open_campaign(campaign=found)
    return found


def donation(given_to: Campaign, *, email: str = "", address: str = "10.0.0.1", kopecks: int = 500_00) -> Donation:
    """Return a gift as a donor makes it; ЮKassa is asked only where one runs."""
    wanted = Gift(amount_kopecks=Kopecks(kopecks), email=email or f"{uuid4().hex}@example.org")
    return give(campaign=given_to, gift=wanted, key=str(uuid4()), address=address, now=NOW)


def paid_donation(given_to: Campaign, *, number: int, name: str = "", kopecks: int = 500_00) -> Donation:
    """Return a gift as it stands when it is paid and booked; for tests of what is shown of it."""
    operation = post_event(
        event="gift",
        subject=given_to.slug,
        amounts={"gross": Kopecks(kopecks)},
        key=f"paid:{number}",
        business_date=timezone.localdate(NOW),
        reference=f"{number:06}",
    )
    paid = payment(
        amount_kopecks=kopecks, state=Payment.State.SUCCEEDED, yookassa_id=f"paid-{number}", operation=operation,
        booked_subject=given_to.slug, income_kopecks=kopecks, settled_at=NOW,
    )  # fmt: skip
    donor = Donor.objects.create(email=f"paid{number}@example.org", public_name=name, created_at=NOW)
    return Donation.objects.create(
        campaign=given_to, payment=paid, donor=donor, amount_kopecks=kopecks, token=f"paid{number:039}",
        request_key=f"paid:{number}", request_sha256="0" * 64, created_at=NOW,
    )  # fmt: skip


def seal() -> None:
    """Seal and sign all that was posted, as beat does every few seconds; needs real commits."""
    seal_books(key=read_signing_key(settings.LOG_SIGNING_KEY))


def payment(**changes: Any) -> Payment:
    """Return a payment as it may stand in the table."""
    plain = {"purpose": "donation", "amount_kopecks": 100, "description": "x", "return_url": "x", "created_at": NOW}
    return Payment.objects.create(**plain | changes)


PASSWORD = "мост через Суру 1663"


def user(email: str = "", *, password: str | None = None) -> User:
    """Return somebody with an account and a confirmed e-mail; with a password only where one is wanted (it is slow)."""
    found = User.objects.create_user(email or f"{uuid4().hex}@example.org", password)
    EmailAddress.objects.create(user=found, email=found.email, primary=True, verified=True)
    return found


def staff(*roles: str, email: str = "", password: str | None = None, second_factor: bool = True) -> User:
    """Return somebody who holds the roles, with a second factor set up."""
    found = user(email, password=password)
    for role in roles:
        grant_role(user=found, role=role, granted_by=None, now=NOW)
    if second_factor:
        TOTP.activate(found, generate_totp_secret())
    found.refresh_from_db()
    return found


def sign_in(client: Client, person: User, *, second_factor: bool = True) -> Client:
    """Sign a person in, as a password and (where wanted) a second factor would."""
    client.force_login(person, backend="people.backends.RoleBackend")
    session = client.session
    records = [{"method": "password", "at": time.time()}]
    if second_factor:
        key = Authenticator.objects.filter(user=person).values_list("pk", flat=True).first()
        records.append({"method": "mfa", "type": "totp", "id": key, "at": time.time()})
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client
