"""Cursor pages: each names the next by an opaque word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError

if TYPE_CHECKING:
    from rest_framework.request import Request

PAGE_SIZE = 50
LARGEST = 2**63 - 1
CURSOR = OpenApiParameter("cursor", str, description="From next_cursor of the page before.")


def number_cursor(request: Request) -> int | None:
    """Return the place after which the page begins.

    :raises ValidationError: if the cursor is not one of ours.
    """
    cursor = request.query_params.get("cursor", "")
    if not cursor:
        return None
    if not cursor.isascii() or not cursor.isdecimal() or int(cursor[:20]) > LARGEST:
        raise ValidationError({"cursor": [_("This is not a cursor that we gave.")]})
    return int(cursor)
