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
from django.db import transaction
from django.utils import timezone

from campaigns.life.moves import SYSTEM, lock_campaign, move
from campaigns.life.opening import launch_campaign
from campaigns.models import Amendment, Approval, Campaign, Donation, Follow, Organiser, Requisites
from campaigns.repurposing.asking import confirm_question, propose_question
from campaigns.services import Gift, give
from campaigns.telling.readers import reader_of
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


def organiser(name: str = "Сад и город", *, owner: User | None = None) -> Organiser:
    """Return a verified organiser with an account."""
    return applicant("verified", name=name, owner=owner)


def applicant(state: str = "in_review", *, name: str = "Сад и город", owner: User | None = None) -> Organiser:
    """Return an organiser in some state, taken there past the services."""
    number = Organiser.objects.count() + 1
    found = Organiser.objects.create(
        slug=f"organiser-{number}", name=name, user=owner or user(), created_at=NOW, touched_at=NOW
    )
    account = {"holder": "person", "sealed": "", "tail": "0000", "saved_at": NOW, "checked_at": NOW}
    Requisites.objects.create(organiser=found, **account)
    ways = {"applying": [], "in_review": ["in_review"], "suspended": ["in_review", "verified", "suspended"]}
    for place, step in enumerate(ways.get(state, ["in_review", state])):
        moved = {"moved_by": found.user, "moved_as": "organiser"}
        if step != "in_review":
            moved = {"moved_by": User.objects.get_or_create(email="council-1@example.org")[0],
                     "moved_as": "council_member", "moved_because": "Так решили"}  # fmt: skip
        more = {"verified_at": NOW} if step == "verified" else {}
        at = NOW + timedelta(microseconds=place)
        Organiser.objects.filter(pk=found.pk).update(state=step, moved_at=at, **moved, **more)
    found.refresh_from_db()
    return found


def draft(slug: str = "park", *, by: Organiser | None = None, goal_kopecks: int = 1_000_00, **terms: Any) -> Campaign:
    """Return a draft whose budget is one line."""
    plain = {"title": "Парк", "summary": "Деревья", "story": "Сажаем.", "opens_at": NOW, "funding": "open_ended"}
    found = Campaign.objects.create(slug=slug, organiser=by, goal_kopecks=goal_kopecks, **plain | terms)
    essential = found.minimum_kopecks or goal_kopecks
    found.budget_lines.create(position=1, title="Саженцы", amount_kopecks=essential)
    if essential < goal_kopecks:
        rest = goal_kopecks - essential
        found.budget_lines.create(position=2, title="Скамьи", amount_kopecks=rest, is_essential=False)
    return found


def approve(found: Campaign) -> Campaign:
    """Take a draft through the council, past the services."""
    members = [User.objects.get_or_create(email=f"council-{number}@example.org")[0] for number in (1, 2)]
    rows = Campaign.objects.filter(pk=found.pk)
    rows.update(status="in_review", review_round=found.review_round + 1, moved_at=NOW, moved_as="organiser")
    for member in members:
        Approval.objects.create(campaign=found, review_round=found.review_round + 1, user=member, at=NOW)
    rows.update(status="approved", moved_at=NOW + timedelta(microseconds=1), moved_as="council_member")
    found.refresh_from_db()
    return found


def campaign(
    slug: str = "sad",
    *,
    title: str = "Сад",
    closes_at: datetime | None = None,
    at: datetime | None = None,
    **terms: Any,
) -> Campaign:
    """Return a live campaign with its accounts, launched a day ago; flexible if it has a deadline."""
    funding = {"funding": "flexible" if closes_at else "open_ended"}
    opened = (at or NOW) - timedelta(days=1)
    found = approve(draft(slug, title=title, closes_at=closes_at, **funding | {"opens_at": opened} | terms))
    return launch_campaign(campaign_id=found.pk, actor=SYSTEM, now=opened)


def launch(found: Campaign) -> Campaign:
    """Open an approved campaign."""
    return launch_campaign(campaign_id=found.pk, actor=SYSTEM, now=NOW)


def end(found: Campaign, *, at: datetime) -> None:
    """End a campaign as funded, whatever it raised."""
    with transaction.atomic():
        campaign = lock_campaign(campaign_id=found.pk)
        campaign.ended_at = at
        move(campaign=campaign, action="fund", actor=SYSTEM, now=at)


def follow(wanted: Campaign, email: str, *, is_confirmed: bool = True, at: datetime | None = None) -> Follow:
    """Return a follow of a project by an e-mail."""
    since = at or NOW
    with transaction.atomic():
        reader = reader_of(email=email, now=since)
        confirmed_at = since if is_confirmed else None
        return Follow.objects.create(
            reader=reader, campaign=wanted, reference=uuid4(), created_at=since, confirmed_at=confirmed_at
        )


def cancel(found: Campaign, *, at: datetime, because: str = "Нет места") -> None:
    """Stop a campaign as two members of the council do."""
    members = [User.objects.get_or_create(email=f"council-{number}@example.org")[0] for number in (1, 2)]
    asked = propose_question(campaign_id=found.pk, reason=because, answer_days=14, user=members[0], now=at)
    confirm_question(question_id=asked.pk, user=members[1], now=at)


def amend_story(found: Campaign, story: str) -> None:
    """Amend a live campaign's story, as donors will read."""
    with transaction.atomic():
        Amendment.objects.create(
            campaign=found, field="story", before=found.story, after=story, reason="Уточнили", role="organiser", at=NOW
        )
        Campaign.objects.filter(pk=found.pk).update(story=story)


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
