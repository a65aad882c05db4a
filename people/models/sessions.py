"""Who is signed in where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase


class Session(AbstractBaseSession):
    """One browser's session, which knows whose it is, so that it can be ended from elsewhere."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sessions", null=True)

    def __str__(self) -> str:
        return f"session of {self.user_id or 'nobody'}"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """Return what reads and writes the rows."""
        from people.sessions import SessionStore

        return SessionStore
