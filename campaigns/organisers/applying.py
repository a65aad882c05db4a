"""An application on its way to the council: who, requisites, a document, the agreement."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from campaigns.handing import soon
from campaigns.models import Acceptance, Organiser, OrganiserDocument, Requisites
from campaigns.organisers.moves import ApplicationError, WrongStateError, lock_organiser, move, require
from people.models import LegalText
from people.sealing import seal, seal_anew, unseal
from people.selectors import texts_in_force
from people.turns import take_turns

if TYPE_CHECKING:
    from datetime import datetime

    from communities.models import Community
    from people.models import User

REQUISITES = b"campaigns.requisites"  # what they are sealed for: a key of its own
AGREED = (LegalText.Kind.ORGANISER, LegalText.Kind.ORGANISER_DATA)


class UnfinishedError(ApplicationError):
    """A part of the application is missing."""


class TextChangedError(ApplicationError):
    """Another version of a text came into force since it was read."""


@dataclass(frozen=True)
class Account:
    """Whose account it is, and where. An organisation has КПП and ОГРН too; ``name`` is the holder's full name."""

    holder: str
    name: str
    inn: str
    account: str
    bic: str
    bank: str
    kpp: str = ""
    ogrn: str = ""


@dataclass(frozen=True)
class Progress:
    """Which parts of an application are there."""

    who: bool
    requisites: bool
    document: bool
    agreement: bool

    @property
    def is_whole(self) -> bool:
        """Return whether the agreement alone is missing."""
        return self.who and self.requisites and self.document


@transaction.atomic
def save_who(*, user: User, kind: str, community: Community | None, name: str, about: str, now: datetime) -> Organiser:
    """Keep who applies; the first time this begins the application. Repeat-safe.

    :raises WrongStateError: if it is handed in, or was verified once: what is looked at stays as it is.
    """
    take_turns(f"organiser:{user.pk}")
    found = Organiser.objects.select_for_update(of=("self",)).filter(user=user).first()
    if found is None:
        found = Organiser(user=user, created_at=now, slug=f"organiser-{user.pk}-{now:%y%m%d%H%M%S}")
    if not found.may_say_who:
        raise WrongStateError("who")
    found.kind, found.claimed, found.about, found.touched_at = kind, community, about, now
    found.name = community.name if community else name
    found.save()
    return found


@transaction.atomic
def save_requisites(*, user: User, account: Account, now: datetime) -> Organiser:
    """Keep where money may go. Of a verified organiser they are looked at anew, and until then nothing new begins.

    :raises WrongStateError: if the application is being looked at, refused or suspended.
    :raises Organiser.DoesNotExist: if this person has not applied.
    """
    found = lock_organiser(organiser_id=Organiser.objects.values_list("pk", flat=True).get(user=user))
    if not found.is_own_draft:
        require(organiser=found, action="change_requisites", user=user)
    kept = Requisites.objects.create(
        organiser=found,
        holder=account.holder,
        sealed=seal(json.dumps(asdict(account), ensure_ascii=False), purpose=REQUISITES),
        tail=account.account[-4:],
        saved_at=now,
    )
    if found.is_own_draft:
        Requisites.objects.filter(organiser=found, checked_at__isnull=True).exclude(pk=kept.pk).delete()
        found.touched_at = now
        found.save(update_fields=["touched_at"])
    else:
        move(organiser=found, action="change_requisites", user=user, now=now)
    return found


@transaction.atomic
def hand_in(*, user: User, seen: dict[str, str], now: datetime) -> Organiser:
    """Agree to the texts that were read, and hand the application in. Its PDF is made by the worker.

    :param seen: by kind, the hash of the text that was read.
    :raises UnfinishedError: if a part is missing.
    :raises TextChangedError: if another version came into force meanwhile.
    :raises WrongStateError: if it was handed in before.
    """
    found = lock_organiser(organiser_id=Organiser.objects.values_list("pk", flat=True).get(user=user))
    require(organiser=found, action="hand_in", user=user)
    if not progress(organiser=found).is_whole:
        raise UnfinishedError
    texts = texts_in_force(now=now)
    for kind in AGREED:
        if seen.get(kind) != texts[kind].sha256:
            raise TextChangedError(kind)
    newest = newest_requisites(organiser=found)
    made = [
        Acceptance.objects.create(
            organiser=found,
            text=texts[kind],
            text_sha256=texts[kind].sha256,
            accepted_at=now,
            sealed=_as_agreed(found, newest) if kind == LegalText.Kind.ORGANISER else "",
        )
        for kind in AGREED
    ]
    move(organiser=found, action="hand_in", user=user, now=now)
    soon("campaigns.make_agreement", acceptance_id=made[0].pk)
    return found


def open_account(*, requisites: Requisites) -> Account:
    """Return requisites unsealed; for who looks at them, never for a log.

    :raises cryptography.fernet.InvalidToken: if the site's key is another one.
    """
    return Account(**json.loads(unseal(requisites.sealed, purpose=REQUISITES)))


@transaction.atomic
def seal_requisites_anew() -> int:
    """Encrypt requisites, agreements' too, with the newest key and return how many there are. Repeat-safe.

    :raises cryptography.fernet.InvalidToken: if one was sealed with a key that is not known; nothing changes then.
    """
    count = 0
    for model in (Requisites, Acceptance):
        for row in model.objects.select_for_update().exclude(sealed="").order_by("pk"):
            row.sealed = seal_anew(row.sealed, purpose=REQUISITES)
            row.save(update_fields=["sealed"])
            count += 1
    return count


def newest_requisites(*, organiser: Organiser) -> Requisites | None:
    """Return the requisites that were saved last, looked at or not. One query."""
    return Requisites.objects.filter(organiser=organiser).order_by("-pk").first()


def documents(*, organiser: Organiser) -> list[OrganiserDocument]:
    """Return the papers that are there. One query."""
    return list(organiser.documents.filter(removed_at__isnull=True, stored_at__isnull=False).order_by("pk"))


def progress(*, organiser: Organiser | None) -> Progress:
    """Return which parts of an application are there. Two queries."""
    if organiser is None:
        return Progress(who=False, requisites=False, document=False, agreement=False)
    return Progress(
        who=bool(organiser.name),
        requisites=Requisites.objects.filter(organiser=organiser).exists(),
        document=bool(documents(organiser=organiser)),
        agreement=not organiser.is_own_draft,
    )


def _as_agreed(organiser: Organiser, requisites: Requisites | None) -> str:
    """Return, sealed, what the agreement says of the organiser."""
    account = asdict(open_account(requisites=requisites)) if requisites else {}
    told = {"name": organiser.name, "kind": organiser.kind, "account": account}
    return seal(json.dumps(told, ensure_ascii=False), purpose=REQUISITES)
