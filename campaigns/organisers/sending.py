"""Papers and agreements as files: always saved, never shown, never kept by a browser or a proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from campaigns.models import Acceptance, OrganiserDocument

if TYPE_CHECKING:
    from uuid import UUID

    from campaigns.models import Organiser

ALONE = "default-src 'none'; sandbox"


def send_paper(*, organiser: Organiser, reference: UUID) -> FileResponse:
    """Return one paper of this organiser.

    :raises Http404: if it is another's, or gone.
    """
    found = OrganiserDocument.objects.filter(
        organiser=organiser, reference=reference, stored_at__isnull=False, removed_at__isnull=True
    ).first()
    if found is None:
        raise Http404
    return _file(found.file_name, found.download_name, found.kind)


def send_agreement(*, organiser: Organiser, reference: UUID) -> FileResponse:
    """Return one agreement of this organiser.

    :raises Http404: if it is another's, not made yet, or gone.
    """
    found = Acceptance.objects.filter(organiser=organiser, reference=reference, made_at__isnull=False)
    one = found.exclude(sealed="").first()
    if one is None:
        raise Http404
    return _file(one.file_name, f"soglashenie-{one.pk}.pdf", "application/pdf")


def _file(name: str, download_name: str, kind: str) -> FileResponse:
    if not default_storage.exists(name):
        raise Http404
    response = FileResponse(default_storage.open(name), as_attachment=True, filename=download_name, content_type=kind)
    response.headers["Content-Security-Policy"] = ALONE
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store, private"
    return response
