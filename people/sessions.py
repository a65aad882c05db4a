"""Sessions kept in the database (SESSION_ENGINE): they can be ended, also by somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

if TYPE_CHECKING:
    from people.models import Session


class SessionStore(DatabaseStore):
    """Keeps a browser's session in a row that names its user."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the table."""
        from people.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row to save, with its user beside the data."""
        row = cast("Session", super().create_model_instance(data))
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return row
