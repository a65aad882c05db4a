"""Fields that take JSON as it is: no text for a number, no number for a text."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

# Two sentences that the framework's own Russian catalogue lacks.
NO_BOOLEAN: dict[str, Any] = {"invalid": _("This must be true or false.")}
TEXT: dict[str, Any] = {"invalid": _("This must be text.")}


class StrictIntegerField(serializers.IntegerField):
    """A JSON integer; no text, no fraction, no boolean."""

    def to_internal_value(self, data: Any) -> int:
        """Return the integer."""
        if type(data) is not int:
            self.fail("invalid")
        return int(super().to_internal_value(data))


class StrictCharField(serializers.CharField):
    """JSON text; no number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"error_messages": TEXT} | kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Return the text."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))
