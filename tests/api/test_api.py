"""The public API keeps to the schema that it serves, and tells every error in one shape."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from jsonschema import Draft202012Validator

from api.throttles import AddressThrottle
from fund.payments import services as payments
from fund.payments.services.comparing import GRACE
from tests import make

if TYPE_CHECKING:
    from emulator.control import EmulatorControl

pytestmark = pytest.mark.usefixtures("committed")
GIFT = {
    "campaign": "sad",
    "amount_kopecks": 500_00,
    "email": "a@example.org",
    "public_name": None,
    "consents": {"offer": True, "personal_data": True},
}


class Api:
    """A caller who holds every answer against the schema."""

    def __init__(self) -> None:
        self.client = Client()
        self.schema = self.client.get("/api/v1/schema", headers={"accept": "application/json"}).json()

    def get(self, path: str, *, status: int = 200, where: str = "") -> dict[str, Any]:
        return self._checked("get", where or path, self.client.get(path), status)

    def give(self, *, status: int = 201, key: str = "", **changes: Any) -> dict[str, Any]:
        headers = {"idempotency-key": key or str(uuid4())}
        answer = self.client.post("/api/v1/donations", GIFT | changes, content_type="application/json", headers=headers)
        return self._checked("post", "/api/v1/donations", answer, status)

    def _checked(self, method: str, where: str, answer: Any, status: int) -> dict[str, Any]:
        assert answer.status_code == status, answer.content
        described = self.schema["paths"][where.partition("?")[0]][method]["responses"][str(status)]["content"]
        kind = answer.headers["Content-Type"].partition(";")[0]
        found: dict[str, Any] = answer.json()
        document = {"components": self.schema["components"], **described[kind]["schema"]}
        Draft202012Validator(document).validate(found)
        return found


@pytest.fixture
def api() -> Api:
    return Api()


def test_a_gift_is_told_as_the_schema_says_from_beginning_to_end(api: Api, control: EmulatorControl) -> None:
    make.campaign()
    gift = api.give()
    address = f"/api/v1/donations/{gift['token']}"
    assert (gift["status"], gift["operation"], gift["receipt_url"]) == ("pending", None, None)
    payment_id = gift["confirmation_url"].split("orderId=")[1]
    control.pay(payment_id)
    payments.compare_day(date=timezone.localdate(), now=timezone.now() + GRACE)

    paid = api.get(address, where="/api/v1/donations/{token}")
    assert (paid["status"], paid["confirmation_url"]) == ("succeeded", None)
    campaign = api.get("/api/v1/campaigns/sad", where="/api/v1/campaigns/{slug}")
    in_a_list = {
        "slug": "sad", "title": "Сад", "summary": "Деревья", "theme": "", "district": "city",
        "state": "live", "funding": "open_ended", "minimum_kopecks": None, "is_minimum_met": True,
        "goal_kopecks": 1_000_00, "raised_kopecks": 500_00, "donors": 1,
        "status": "live", "is_demo": False, "question": None,
    }  # fmt: skip
    assert api.get("/api/v1/campaigns")["items"] == [in_a_list]
    assert campaign.items() >= in_a_list.items()
    operation = api.get(f"/api/v1/ledger/operations/{paid['operation']}", where="/api/v1/ledger/operations/{number}")
    assert [operation[name] for name in ("kind", "subject", "subject_name", "amount_kopecks")] == [
        "gift", "sad", "Сад", 500_00,
    ]  # fmt: skip
    assert operation in api.get("/api/v1/ledger/operations?subject=sad")["items"]
    accounts = {row["code"]: row["balance_kopecks"] for row in api.get("/api/v1/ledger/accounts")["items"]}
    assert accounts["86.sad"] == 500_00


def test_every_error_is_told_as_the_schema_says(api: Api) -> None:
    make.campaign()
    api.give(key="k")

    assert api.give(status=422, key="k", amount_kopecks=600_00)["detail"].startswith("Этот Idempotency-Key уже")
    assert api.give(status=404, campaign="les")["detail"] == "Такого сбора нет."
    assert api.give(status=400, amount_kopecks=1)["errors"] == {
        "amount_kopecks": ["Пожертвование может быть от 10\xa0₽ до 350\xa0000\xa0₽."]
    }
    assert api.give(status=400, key="x" * 65)["errors"] == {
        "Idempotency-Key": ["Нужен этот заголовок: от 1 до 64 знаков."]
    }
    for path, where in (
        ("/api/v1/donations/none", "/api/v1/donations/{token}"),
        ("/api/v1/campaigns/none", "/api/v1/campaigns/{slug}"),
        ("/api/v1/ledger/operations/77", "/api/v1/ledger/operations/{number}"),
    ):
        api.get(path, where=where, status=404)
    for path in ("/api/v1/campaigns?cursor=x", "/api/v1/ledger/operations?until=x"):
        api.get(path, status=400)
    for cursor in ("0" * 30 + "9" * 30, "0" * 5000, str(2**63)):
        api.get(f"/api/v1/campaigns?cursor={cursor}", status=400)


def test_who_asks_in_english_is_answered_in_english() -> None:
    answer = Client().get("/api/v1/campaigns/none", headers={"accept-language": "en"})

    assert answer.json()["detail"] == "There is no such campaign."


def test_campaigns_come_in_pages(api: Api) -> None:
    made = [make.campaign(f"sad-{number}").slug for number in range(52)]
    first = api.get("/api/v1/campaigns")
    second = api.get(f"/api/v1/campaigns?cursor={first['next_cursor']}")

    assert [row["slug"] for row in first["items"] + second["items"]] == made[::-1]
    assert (len(first["items"]), first["total"], second["next_cursor"]) == (50, 52, None)
    beyond = api.get(f"/api/v1/campaigns?cursor={2**63 - 1}")
    assert (beyond["items"], beyond["next_cursor"]) == ([], None)


def test_the_list_takes_the_same_filters_as_the_sites(api: Api) -> None:
    make.campaign("les", title="Лес", theme="Экология", district="leninsky")
    make.campaign("hor", title="Хор", theme="Музыка", at=make.NOW - timedelta(days=1))

    def slugs(query: str) -> list[str]:
        return [row["slug"] for row in api.get(f"/api/v1/campaigns?{query}")["items"]]

    assert slugs("q=леса") == ["les"]
    assert slugs("theme=Музыка&state=live") == ["hor"]
    assert slugs("district=leninsky&funding=open_ended") == ["les"]
    assert slugs("district=city&sort=supported") == ["hor"]
    assert slugs("state=funded") == []
    wrong = api.get("/api/v1/campaigns?district=moscow&sort=best&state=draft", status=400)["errors"]
    assert set(wrong) == {"district", "sort", "state"}


def test_an_address_that_asks_too_often_waits_and_another_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AddressThrottle, "THROTTLE_RATES", {"address": "3/min"})
    eager, calm = Client(REMOTE_ADDR="10.9.9.9"), Client(REMOTE_ADDR="10.9.9.8")
    statuses = [eager.get("/api/v1/campaigns").status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]
    assert calm.get("/api/v1/campaigns").status_code == 200


def test_no_word_of_a_refusal_is_left_in_english(api: Api) -> None:
    make.campaign()
    wrong = api.give(
        status=400,
        campaign=7,
        amount_kopecks="x",
        email="x",
        public_name=[],
        consents={"offer": "x", "personal_data": 2},
    )["errors"]

    sentences = [str(text) for texts in (wrong | wrong.pop("consents")).values() for text in texts]
    assert len(sentences) == 5
    assert not [text for text in sentences if any("a" <= letter <= "z" for letter in text.lower())]


def test_the_documentation_names_its_language() -> None:
    assert '<html lang="ru">' in Client().get("/api/docs/").content.decode()
