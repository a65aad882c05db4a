"""The log's keys are made and its checkpoints by hand, where one has the key."""

from __future__ import annotations

from datetime import date
from io import StringIO
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection

from config import pulse
from fund.ledger import log, notes, services
from fund.money import Kopecks
from pages import health

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings


def told(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_a_new_pair_of_keys_fits_together_and_is_another_each_time() -> None:
    first, second = told("make_log_key", "fond.example/log"), told("make_log_key", "fond.example/log")

    signing, verifier = first.split()
    key = notes.read_signing_key(signing.removeprefix("LOG_SIGNING_KEY="))
    assert notes.read_verifier_key(verifier.removeprefix("LOG_VERIFIER_KEY=")) == key.verifier
    assert first != second
    for wrong in ("fond example/log", "fond+log", ""):
        with pytest.raises(CommandError, match="neither spaces nor plus signs"):
            told("make_log_key", wrong)


@pytest.mark.usefixtures("committed")
def test_the_books_are_sealed_by_hand_where_the_key_is(settings: Settings) -> None:
    services.post_event(
        event="gift", subject="fund", amounts={"gross": Kopecks(100)}, key="k", business_date=date(2026, 5, 1)
    )
    key, settings.LOG_SIGNING_KEY = settings.LOG_SIGNING_KEY, ""
    with pytest.raises(CommandError, match="only the sealer's process has it"):
        told("seal_books")
    assert log.newest_head() is None

    settings.LOG_SIGNING_KEY = key
    assert told("seal_books") == "signed: 1\n"
    assert told("seal_books") == "signed: 0\n"


@pytest.mark.usefixtures("committed")
def test_a_sealer_that_lags_is_an_alarm(settings: Settings) -> None:
    assert health.states()["sealer"] == "ok"
    services.post_event(
        event="gift", subject="fund", amounts={"gross": Kopecks(100)}, key="k", business_date=date(2026, 5, 1)
    )
    settings.SEALING_LAG_SECONDS = 60
    assert health.states()["sealer"] == "ok"
    services.seal_checkpoint()
    settings.SEALING_LAG_SECONDS = 0  # sealed and not signed is not enough
    assert health.states()["sealer"] == "down"

    told("seal_books")
    assert health.states()["sealer"] == "ok"

    connection.close()
    connection.settings_dict["NAME"] = "nowhere"
    assert health.states()["sealer"] == "down"


@pytest.mark.parametrize(("queues", "name"), [({"celery", "sealing"}, "worker"), ({"sealing"}, "sealer")])
def test_a_worker_that_only_seals_does_not_speak_for_the_others(queues: set[str], name: str) -> None:
    timer = SimpleNamespace(call_repeatedly=lambda *_arguments: None)
    app = SimpleNamespace(
        conf=SimpleNamespace(task_default_queue="celery"),
        amqp=SimpleNamespace(queues=SimpleNamespace(consume_from=queues)),
    )
    cache.clear()

    pulse.WorkerPulse(None).start(SimpleNamespace(timer=timer, app=app))

    assert [one for one in ("worker", "sealer") if cache.get(health.PULSE_KEY.format(one))] == [name]
    cache.clear()
