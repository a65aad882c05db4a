"""JSON and forms, as far as they can be read."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from django.core.exceptions import TooManyFieldsSent, TooManyFilesSent
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser, MultiPartParser

if TYPE_CHECKING:
    from collections.abc import Mapping


class PlainJsonParser(JSONParser):
    """Refuses what Python can't read as it refuses what is no JSON."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the object.

        :raises ParseError: if it is not JSON, or nested without end.
        """
        try:
            found: dict[str, Any] = super().parse(stream, media_type, parser_context)
        except (ParseError, RecursionError, LookupError) as error:
            raise ParseError(_("The body is not JSON that can be read.")) from error
        return found


class PlainFormParser(MultiPartParser):
    """A form with a file; refuses in our words what can't be read."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the form.

        :raises ParseError: if it is no such form, or has fields without end.
        """
        try:
            return super().parse(stream, media_type, parser_context)
        except (ParseError, TooManyFieldsSent, TooManyFilesSent, LookupError) as error:
            raise ParseError(_("The body is no form that can be read.")) from error
