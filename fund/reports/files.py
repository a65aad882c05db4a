"""Published files: each lies under the SHA-256 of its bytes, is written once, and looked at before it is shown."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from fund.reports.errors import DamagedFileError
from fund.reports.models import Report

if TYPE_CHECKING:
    from django.core.files.base import File


def keep_file(*, content: bytes) -> str:
    """Store a file under its SHA-256, and return that. What is there already stays, unless a crash left a part of it.

    :raises DamagedFileError: if other bytes lie under that name, and they are published.
    """
    digest = sha256(content).hexdigest()
    name = Report(file_sha256=digest).storage_name
    if default_storage.exists(name):
        with default_storage.open(name) as stream:
            if digest_of(stream) == digest:
                return digest
        if Report.objects.filter(file_sha256=digest).exists():
            raise DamagedFileError(name)
        default_storage.delete(name)
    if default_storage.save(name, ContentFile(content)) != name:
        raise DamagedFileError(name)
    return digest


def open_file(*, report: Report) -> File[bytes]:
    """Return a published report's file, read once and found to be what was published.

    :raises DamagedFileError: if it is not, or is not there.
    """
    if not default_storage.exists(report.storage_name):
        raise DamagedFileError(report.storage_name)
    stream: File[bytes] = default_storage.open(report.storage_name)
    if digest_of(stream) != report.file_sha256:
        stream.close()
        raise DamagedFileError(report.storage_name)
    stream.seek(0)
    return stream


def digest_of(stream: File[bytes]) -> str:
    """Return the SHA-256 of a file, read piece by piece."""
    found = sha256()
    for chunk in stream.chunks():
        found.update(chunk)
    return found.hexdigest()
