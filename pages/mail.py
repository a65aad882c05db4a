"""Letters as files, for the embedded run."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.mail import EmailMessage


class FileBackend(BaseEmailBackend):
    """Write each letter as one ``.eml`` file, named by its Message-ID: a repeated letter is one file."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the letters; return how many."""
        directory = Path(settings.EMAIL_FILE_PATH)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for letter in email_messages:
            message = letter.message()
            name = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:24]
            fresh = directory / f".{name}.new"
            fresh.write_bytes(message.as_bytes())
            fresh.rename(directory / f"{name}.eml")
        return len(email_messages)
