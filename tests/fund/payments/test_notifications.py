"""Who may speak to the notification address."""

from __future__ import annotations

import json
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest
from django.test import RequestFactory

from config import env
from fund.payments.addresses import client_address
from fund.payments.models import Notification

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import Settings

ADDRESS = "/payments/yookassa/notifications/"
BODY = json.dumps({"event": "payment.succeeded", "object": {"id": "x"}})


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "status"), [("127.0.0.1", 200), ("8.8.8.8", 403), ("2a02:5180::1", 403)])
def test_a_foreign_address_is_refused(client: Client, address: str, status: int) -> None:
    answer = client.post(ADDRESS, BODY, content_type="application/json", REMOTE_ADDR=address)

    assert answer.status_code == status
    assert Notification.objects.count() == (status == 200)


@pytest.mark.django_db
def test_a_forwarded_address_is_not_believed_without_a_proxy_of_ours(client: Client) -> None:
    answer = client.post(
        ADDRESS, BODY, content_type="application/json", REMOTE_ADDR="8.8.8.8", headers={"x-forwarded-for": "127.0.0.1"}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("hops", "wanted"), [("1.1.1.1, 2.2.2.2", "2.2.2.2"), ("2.2.2.2", "2.2.2.2"), ("", "0.0.0.0"), ("x", "0.0.0.0")]
)
def test_behind_one_proxy_the_last_hop_counts(settings: Settings, hops: str, wanted: str) -> None:
    settings.TRUSTED_PROXIES = 1
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": hops})

    assert client_address(request) == wanted


def test_the_real_list_knows_yookassas_whole_ipv6_block() -> None:
    assert ip_network("2a02:5180::/32") in env.networks("YOOKASSA_UNSET", env.YOOKASSA_NETWORKS)


@pytest.mark.django_db
def test_a_body_is_kept_once_and_opened_again(client: Client) -> None:
    for _ in range(3):
        client.post(ADDRESS, BODY, content_type="application/json")

    assert list(Notification.objects.values_list("event", "object_id", "deliveries", "handled_at")) == [
        ("payment.succeeded", "x", 3, None)
    ]


@pytest.mark.django_db
def test_a_body_too_large_is_refused(client: Client) -> None:
    answer = client.post(ADDRESS, "x" * 300_000, content_type="application/json")

    assert answer.status_code == 413
    assert Notification.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    ["", "null", "[]", "{}", '{"event": 1, "object": {"id": 2}}', '{"event": "", "object": {"id": "x"}}',
     '{"event": "x", "object": {"id": "\\u0000"}}', '{"event": "x", "object": {"id": "../me"}}',
     '{"event": "\\ud800", "object": {"id": "x"}}', '{"event": "x", "object": {"id": "a/b"}}',
     json.dumps({"event": "x" * 65, "object": {"id": "x"}}), "[" * 9999],
)  # fmt: skip
def test_a_body_without_shape_is_refused(client: Client, body: str) -> None:
    answer = client.post(ADDRESS, body, content_type="application/json")

    assert answer.status_code == 400
    assert Notification.objects.count() == 0


@pytest.mark.parametrize(("told", "wanted"), [("::ffff:1.2.3.4", "1.2.3.4"), ("2001:db8::1", "2001:db8::1")])
def test_an_ipv4_address_in_the_clothes_of_ipv6_is_itself(told: str, wanted: str) -> None:
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=told)) == wanted
