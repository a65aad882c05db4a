"""The brand manager at the desk, for tests of the shop."""

from __future__ import annotations

from contextlib import contextmanager
from html import unescape
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext

from people.models import StaffAct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

SHOP = "/desk/shop/"
KEY = "8d9f0a52-7b9b-4a39-93b3-7d7b5f5b2a11"


def text(answer: Any) -> str:
    """Return a page as it is read."""
    return unescape(str(answer.content.decode())).replace("\N{NO-BREAK SPACE}", " ")


def said(msgid: str, **values: object) -> str:
    """Return the sentence as the reader's language says it."""
    return (gettext(msgid) % values if values else gettext(msgid)).replace("\N{NO-BREAK SPACE}", " ")


def acts() -> list[tuple[str, str, Any]]:
    """Return what staff did in the shop, in its order."""
    found = StaffAct.objects.filter(action__regex=r"^(merch|sales)\.").order_by("pk")
    return list(found.values_list("action", "subject", "details"))


def cost(client: Client, address: str) -> int:
    """Return how many queries a page takes."""
    client.get(address)  # what a first visit writes is written
    with counted() as found:
        assert client.get(address).status_code == 200
    return len(found)


@contextmanager
def counted() -> Iterator[CaptureQueriesContext]:
    """Count queries."""
    with CaptureQueriesContext(connection) as found:
        yield found
