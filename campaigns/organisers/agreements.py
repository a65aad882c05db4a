"""The agreement's PDF: made once by the worker from what was true when it was accepted, kept for both sides."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import override

from campaigns.models import Acceptance, Organiser, Requisites
from campaigns.organisers.applying import REQUISITES
from fund.reports.pdf import render_pdf
from people.sealing import unseal

if TYPE_CHECKING:
    from datetime import datetime

LANGUAGE = "ru"
GRACE = timedelta(seconds=20)
SWEEP = 50


@transaction.atomic
def make_agreement(*, acceptance_id: int, now: datetime) -> None:
    """Write the PDF, if it is not there yet and the person is not forgotten. Safe to run twice and at the same time."""
    found = (
        Acceptance.objects.select_for_update(of=("self",))
        .select_related("text", "organiser")
        .filter(pk=acceptance_id, made_at__isnull=True)
        .exclude(sealed="")
        .first()
    )
    if found is None:
        return
    with override(LANGUAGE):
        content = render_pdf(template="pdf/agreement.html", context=agreement_context(found))
    default_storage.delete(found.file_name)  # a crash before our commit left it
    default_storage.save(found.file_name, ContentFile(content))
    found.made_at, found.pdf_sha256 = now, sha256(content).hexdigest()
    found.save(update_fields=["made_at", "pdf_sha256"])


def agreement_context(acceptance: Acceptance) -> dict[str, object]:
    """Return what the agreement says."""
    told = json.loads(unseal(acceptance.sealed, purpose=REQUISITES))
    title, _, body = acceptance.text.body.partition("\n")
    return {
        "acceptance": acceptance,
        "title": title.strip(),
        "body": body.strip(),
        "name": told["name"],
        "is_person": told["kind"] == Organiser.Kind.PERSON,
        "account": told["account"],
        "is_organisation": told["account"].get("holder") == Requisites.Holder.ORGANISATION,
        "site": settings.SITE_URL,
        "fund": settings.FUND,
        "demo_mode": settings.DEMO_MODE,
    }


def unmade_agreements(*, now: datetime) -> list[int]:
    """Return agreements whose task was lost. One query."""
    lost = Acceptance.objects.filter(made_at__isnull=True, accepted_at__lte=now - GRACE).exclude(sealed="")
    return list(lost.order_by("accepted_at").values_list("pk", flat=True)[:SWEEP])
