"""Which legal texts are in force, what a donor agreed to, and which roles are held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import Consent, Donor, LegalDraft, LegalText, RoleGrant, Session

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from people.models import User


class TextState(models.TextChoices):
    """Where a published version stands at a moment."""

    PUBLISHED = "published", _("Published, not in force yet")
    IN_FORCE = "in_force", _("In force")
    SUPERSEDED = "superseded", _("Superseded")


@dataclass(frozen=True)
class TextRow:
    """One version of a text and where it stands; ``until`` is when the next one took or takes its place."""

    text: LegalText
    state: TextState
    until: datetime | None


@dataclass(frozen=True)
class TextSummary:
    """How one kind of text stands."""

    kind: LegalText.Kind
    in_force: LegalText | None
    coming: list[LegalText]
    draft: LegalDraft | None


@dataclass(frozen=True)
class AcceptedText:
    """One version that a donor agreed to, and when it was taken back."""

    kind: str
    title: str
    version: str
    address: str
    given_at: datetime
    withdrawn_at: datetime | None


def texts_in_force(*, now: datetime) -> dict[str, LegalText]:
    """Return the newest text in force of each kind, by kind. One query."""
    rows = LegalText.objects.filter(in_force_at__lte=now).order_by("kind", "-in_force_at", "-pk").distinct("kind")
    return {row.kind: row for row in rows}


def text_versions(*, kind: str, now: datetime) -> list[TextRow]:
    """Return every published version of a text, the newest first. One query."""
    rows: list[TextRow] = []
    until: datetime | None = None
    is_found = False
    for text in LegalText.objects.filter(kind=kind).order_by("-in_force_at", "-pk"):
        state = TextState.SUPERSEDED if is_found else TextState.IN_FORCE
        if text.in_force_at > now:
            state = TextState.PUBLISHED
        is_found = is_found or state == TextState.IN_FORCE
        rows.append(TextRow(text, state, until))
        until = text.in_force_at
    return rows


def text_states(*, now: datetime) -> list[TextSummary]:
    """Return each kind of text: what is in force, what will be, whether a draft waits. Two queries."""
    drafts = {draft.kind: draft for draft in LegalDraft.objects.select_related("edited_by").defer("body")}
    texts = list(LegalText.objects.defer("body").order_by("in_force_at", "pk"))
    found = []
    for kind in LegalText.Kind:
        own = [text for text in texts if text.kind == kind]
        past = [text for text in own if text.in_force_at <= now]
        coming = [text for text in own if text.in_force_at > now]
        found.append(TextSummary(kind, past[-1] if past else None, coming, drafts.get(kind)))
    return found


def donors_of(*, email: str) -> QuerySet[Donor]:
    """Return every gift's donor who wrote this address, in whatever case."""
    return Donor.objects.annotate(lower_email=models.functions.Lower("email")).filter(lower_email=email.lower())


def accepted_texts(*, donor_ids: Collection[int]) -> dict[int, list[AcceptedText]]:
    """Return what donors agreed to and took back, by donor. One query."""
    found: dict[int, list[AcceptedText]] = {donor_id: [] for donor_id in donor_ids}
    rows = Consent.objects.filter(donor__in=donor_ids).select_related("text", "withdrawal").defer("text__body")
    for row in rows.order_by("text__kind"):
        withdrawal = getattr(row, "withdrawal", None)
        found[row.donor_id].append(
            AcceptedText(
                kind=row.text.kind,
                title=row.text.get_kind_display(),
                version=row.text.version,
                address=row.text.get_absolute_url(),
                given_at=row.given_at,
                withdrawn_at=withdrawal.withdrawn_at if withdrawal else None,
            )
        )
    return found


def roles_held(*, user_id: int) -> list[str]:
    """Return the names of the roles that a person holds now. One query."""
    return list(RoleGrant.objects.open().filter(user_id=user_id).order_by("role").values_list("role", flat=True))


def open_roles_of(users: QuerySet[User]) -> QuerySet[User]:
    """Return the people, each with ``open_grants``. One query more, however many people."""
    return users.prefetch_related(
        models.Prefetch("grants", RoleGrant.objects.open().order_by("role"), to_attr="open_grants")
    )


@dataclass(frozen=True)
class SignedIn:
    """One browser in which a person is signed in."""

    since: datetime | None
    is_current: bool


MOST_SESSIONS = 20


def sessions_of(*, user: User, current: str | None, now: datetime) -> list[SignedIn]:
    """Return where a person is signed in, the newest first, at most twenty. One query."""
    rows = Session.objects.filter(user=user, expire_date__gt=now).order_by("-expire_date")[:MOST_SESSIONS]
    found = [SignedIn(_signed_in_at(row), row.session_key == current) for row in rows]
    return sorted(found, key=lambda one: (one.is_current, one.since or datetime.min.replace(tzinfo=UTC)), reverse=True)


def _signed_in_at(row: Session) -> datetime | None:
    records = row.get_decoded().get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    return datetime.fromtimestamp(records[0]["at"], tz=UTC) if records else None
