"""Whatever is sent to the API, by its schema or against it, is answered as the schema says and never with a 500."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from django.core.cache import cache
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.throttles import AddressThrottle
from config.wsgi import application
from fund.ledger.audit import audit
from fund.sales.models import Sale
from people.services.api_keys import make_key
from tests import make
from tests.fund.sales.orders import order, place
from tests.merch import shelf

if TYPE_CHECKING:
    from emulator.control import EmulatorControl

EXAMPLES = 30  # of each operation, both ways
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture
def known(committed: str, control: EmulatorControl, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Give what exists, so that not all is answered with a 404."""
    monkeypatch.setattr(AddressThrottle, "THROTTLE_RATES", dict.fromkeys(("address", "export"), "1000000/min"))
    cache.clear()
    organiser = make.organiser()
    gift = make.paid_donation(make.campaign(by=organiser), number=1)
    assert gift.payment.operation is not None
    assert organiser.user
    mug = shelf.variant(shelf.product(slug="sad"), pieces=1000)
    Sale.objects.filter(pk=place(order((mug.item, 1, 50_000))).pk).update(token=gift.token)
    _row, key = make_key(user=organiser.user, name="all", may_launch=True, days=1, now=timezone.now())
    return {"key": key, "slug": "sad", "token": gift.token, "number": gift.payment.operation.number, "campaign": "sad",
            "amount_kopecks": 500_00, "email": "a@example.org", "sku": mug.item.sku}  # fmt: skip


def schema() -> schemathesis.schemas.BaseSchema:
    return schemathesis.openapi.from_wsgi("/api/v1/schema?format=json", application)


def hold(operation: Any, mode: GenerationMode, known: dict[str, Any]) -> int:
    """Send one operation what fits its schema, or what does not, hold each answer against it; return how many came."""
    answers = 0

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def answered(data: st.DataObject) -> None:
        nonlocal answers
        case = data.draw(operation.as_strategy(generation_mode=mode))
        if data.draw(st.booleans()):
            for part in (case.path_parameters, case.body):
                if isinstance(part, dict):
                    part.update({name: value for name, value in known.items() if name in part})
        headers = {"Accept-Encoding": "identity", "Authorization": f"Bearer {known['key']}"}
        case.call_and_validate(checks=CHECKS, headers=headers)
        answers += 1

    with suppress(Unsatisfiable):  # a path that any word fits can't be asked for asked
        answered()
    return answers


@pytest.mark.parametrize("mode", list(GenerationMode), ids=str)
def test_every_operation_keeps_to_its_schema_whatever_is_sent(known: dict[str, Any], mode: GenerationMode) -> None:
    operations = [found.ok() for found in schema().get_all_operations() if isinstance(found, Ok)]
    assert len(operations) >= 7

    answers = {operation.label: hold(operation, mode, known) for operation in operations}
    asked = [label for label, count in answers.items() if count >= EXAMPLES // 2]
    assert len(asked) >= (len(operations) if mode is GenerationMode.POSITIVE else 3), answers
    assert audit().fault == ""
