"""The books at the desk: everything to read, nothing to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fund.ledger import services
from fund.ledger.models import Account, Operation
from fund.money import Kopecks
from people.paging import CappedPaginator
from tests import make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
PAGES = ("operation", "account", "checkpoint")


def gift(key: str) -> Operation:
    amounts = {"gross": Kopecks(500_00)}
    return services.post_event(
        event="gift", subject="fund", amounts=amounts, key=key, business_date=make.NOW.date(), reference="000001"
    )


@pytest.mark.parametrize("role", ["treasurer", "signer", "auditor", "council_member"])
def test_who_reads_the_books_cannot_write_them(client: Client, role: str) -> None:
    operation, account = gift("k"), Account.objects.get(code="86.fund")
    make.sign_in(client, make.staff(role))
    shown = client.get(f"/desk/ledger/operation/{operation.pk}/change/").content.decode()

    assert "Пожертвование № 000001" in shown
    assert "500\xa0₽" in shown
    assert [client.get(f"/desk/ledger/{page}/").status_code for page in PAGES] == [200] * 3
    for address in (f"operation/{operation.pk}", f"account/{account.pk}"):
        assert client.post(f"/desk/ledger/{address}/change/", {"memo": "x"}).status_code == 403
        assert client.post(f"/desk/ledger/{address}/delete/", {"post": "yes"}).status_code == 403
    assert [client.get(f"/desk/ledger/{page}/add/").status_code for page in PAGES] == [403] * 3
    assert Operation.objects.get().memo == "Пожертвование № 000001"


@pytest.mark.parametrize("role", ["moderator", "administrator"])
def test_who_has_nothing_to_do_with_money_sees_no_books_at_the_desk(client: Client, role: str) -> None:
    make.sign_in(client, make.staff(role))

    assert [client.get(f"/desk/ledger/{page}/").status_code for page in PAGES] == [403] * 3


def test_operations_are_searched_and_cost_the_same_however_many(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = gift("k")
    make.sign_in(client, make.staff("auditor"))
    client.get("/desk/ledger/operation/")
    with django_assert_num_queries(6):
        client.get("/desk/ledger/operation/")
    gift("l")
    gift("m")
    with django_assert_num_queries(6):
        client.get("/desk/ledger/operation/")
    found = client.get(f"/desk/ledger/operation/?q={first.pk}").context["cl"].result_list

    assert [operation.pk for operation in found] == [first.pk]


def test_a_long_list_is_counted_only_as_far_as_somebody_leafs(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in "abc":
        gift(key)
    monkeypatch.setattr("people.paging.MOST", 2)

    assert CappedPaginator(Operation.objects.order_by("-number"), 1).count == 2
