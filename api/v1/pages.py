"""Cursor pages: each names the next by an opaque word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

PAGE_SIZE = 50
LARGEST = 2**63 - 1
LONGEST = len(str(LARGEST))
CURSOR = OpenApiParameter("cursor", str, description="From next_cursor of the page before.")


def number_cursor(request: Request) -> int | None:
    """Return the place after which the page begins.

    :raises ValidationError: if the cursor is not one of ours.
    """
    cursor = request.query_params.get("cursor", "")
    if not cursor:
        return None
    if not cursor.isascii() or not cursor.isdecimal() or len(cursor) > LONGEST or int(cursor) > LARGEST:
        raise ValidationError({"cursor": [_("This is not a cursor that we gave.")]})
    return int(cursor)


def numbered_page(
    request: Request, rows: QuerySet[Any], *, by: str = "pk", is_oldest_first: bool = False
) -> tuple[list[Any], str | None]:
    """Return the page of rows that is asked for, in the order of a number, and the cursor of the next. One query.

    :raises ValidationError: if the cursor is not one of ours.
    """
    cursor, order = number_cursor(request), by if is_oldest_first else f"-{by}"
    if cursor is not None:
        rows = rows.filter(**{f"{by}__{'gt' if is_oldest_first else 'lt'}": cursor})
    found = list(rows.order_by(order)[: PAGE_SIZE + 1])
    page = found[:PAGE_SIZE]
    return page, str(getattr(page[-1], by)) if len(found) > PAGE_SIZE else None
