"""A donor's way to their own gifts: a link by e-mail, then a short session; no account, no password."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from campaigns.letters import LINK, link_token
from campaigns.models import Statement
from campaigns.services.erasing import drop_statements
from people.addresses import neighbourhood
from people.models import Letter, Visit
from people.outbox import queue_letter
from people.selectors import donors_of
from people.turns import take_turns

if TYPE_CHECKING:
    from datetime import datetime

WINDOW = timedelta(minutes=10)
LINK_LIFE = timedelta(hours=1)
SESSION_LIFE = timedelta(hours=2)
GRACE = timedelta(seconds=20)
SWEEP = 100
MOST_STATEMENTS = 20


class TooManyLinksError(Exception):
    """Links are asked for faster from here, or for this address, than people lose them."""


class TooManyStatementsError(Exception):
    """A session asks for more statements than anybody reads."""


class LinkError(Exception):
    """The link was used, is too old, or never was."""


@transaction.atomic
def ask_for_link(*, email: str, address: str, now: datetime) -> Visit:
    """Write down that somebody wants to see the gifts of an e-mail. The same work whether anybody of it gave.

    :raises TooManyLinksError: if this address or e-mail asks too often; counted in the database, as gifts are.
    """
    neighbours = neighbourhood(address)
    email_hash = salted_hmac("campaigns.visits.email", email.lower(), algorithm="sha256").hexdigest()
    take_turns(f"visit:{neighbours[0]}", f"visit:{email_hash}")
    lately = Visit.objects.filter(asked_at__gt=now - WINDOW)
    limits = (
        (lately.filter(address__range=neighbours), settings.LINKS_PER_ADDRESS),
        (lately.filter(email_hash=email_hash), settings.LINKS_PER_EMAIL),
    )
    if any(asked[:limit].count() >= limit for asked, limit in limits):
        raise TooManyLinksError
    reference = uuid4()
    return Visit.objects.create(
        reference=reference,
        email=email,
        email_hash=email_hash,
        address=address,
        link_sha256=_hash(link_token(reference=reference)),
        asked_at=now,
        ends_at=now + LINK_LIFE,
    )


@transaction.atomic
def handle_visit(*, visit_id: int, now: datetime) -> Letter | None:
    """Queue the letter with the link where anybody of that e-mail gave; else forget the e-mail. Safe to run twice."""
    visit = Visit.objects.select_for_update().get(pk=visit_id)
    if visit.handled_at is not None:
        return None
    donor = donors_of(email=visit.email).order_by("-pk").first()
    visit.handled_at = now
    visit.email = visit.email if donor else ""
    visit.save(update_fields=["handled_at", "email"])
    if donor is None:
        return None
    return queue_letter(
        kind=LINK,
        key=f"visit:{visit.reference}",
        to=donor,
        context={"visit": visit.pk},
        expires_at=visit.ends_at,
        now=now,
    )


def unhandled_visits(*, now: datetime) -> list[int]:
    """Return visits whose task was lost. One query."""
    lost = Visit.objects.filter(handled_at__isnull=True, asked_at__lte=now - GRACE).order_by("asked_at")
    return list(lost.values_list("pk", flat=True)[:SWEEP])


def is_link_good(*, token: str, now: datetime) -> bool:
    """Return whether a link would open; looking does not use it up, since mail programs look too. One query."""
    return Visit.objects.filter(**_unopened(token, now)).exists()


@transaction.atomic
def open_link(*, token: str, now: datetime) -> str:
    """Use a link up; return the secret of the session that it begins.

    :raises LinkError: if it was used, is too old, or never was.
    """
    visit = Visit.objects.select_for_update().filter(**_unopened(token, now)).first()
    if visit is None:
        raise LinkError
    secret = secrets.token_urlsafe(32)
    visit.session_sha256, visit.opened_at, visit.ends_at = _hash(secret), now, now + SESSION_LIFE
    visit.save(update_fields=["session_sha256", "opened_at", "ends_at"])
    return secret


def find_visit(*, secret: str, now: datetime) -> Visit | None:
    """Return the visit that a session belongs to, while it lasts. One query."""
    return Visit.objects.filter(session_sha256=_hash(secret), ends_at__gt=now).exclude(email="").first()


@transaction.atomic
def end_visit(*, visit_id: int, now: datetime) -> None:
    """End a session and delete what was made for it."""
    visits = Visit.objects.filter(pk=visit_id)
    drop_statements(visits=visits)
    visits.filter(ends_at__gt=now).update(ends_at=now, email="")


@transaction.atomic
def ask_for_statement(*, visit_id: int, year: int, now: datetime) -> Statement:
    """Write down that a year's statement is to be made; one that still is not made is the same.

    :raises TooManyStatementsError: if a session asks for more than anybody reads.
    """
    visit = Visit.objects.select_for_update().get(pk=visit_id)
    waiting = Statement.objects.filter(visit=visit, year=year, made_at__isnull=True).first()
    if waiting:
        return waiting
    if Statement.objects.filter(visit=visit).count() >= MOST_STATEMENTS:
        raise TooManyStatementsError
    return Statement.objects.create(visit=visit, year=year, asked_at=now)


def _unopened(token: str, now: datetime) -> dict[str, object]:
    return {"link_sha256": _hash(token), "opened_at__isnull": True, "ends_at__gt": now, "handled_at__isnull": False}


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
