"""The demo history: the same everywhere, once, by the real way, and never where anything real is near."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING

import pytest
import requests
from django.core.management import CommandError, call_command
from django.test import Client

from config import env
from config.embedded.copy import FOREIGN, wait_until
from config.embedded.demo.__main__ import History
from config.embedded.demo.plan import DECLINED, GIFTS, LEFT, REFUNDED, PlannedGift, planned_gifts
from config.embedded.demo.staff import ORGANISER, demo_email
from config.embedded.donors import HiddenFields
from fund.ledger.audit import audit
from fund.sales.models import DeliveryTariff
from merch.models import Photo, Product
from people.models import RoleGrant, User
from people.roles import ROLES
from tests.config.test_run import LIVE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django.fixtures import Settings

    from tests.stack import Stack

CAMPAIGNS = ("jazz-may", "art-subbota", "ekopark", "shurum-burum", "forum-soobschestv")
STATES = """
    SELECT d.id, p.state, (SELECT count(*) FROM payments_refund r WHERE r.payment_id = p.id AND r.state = 'succeeded')
    FROM campaigns_donation d JOIN payments_payment p ON p.id = d.payment_id JOIN people_donor w ON w.id = d.donor_id
    WHERE w.email LIKE 'daritel%@example.org' ORDER BY w.email
"""


def test_the_plan_is_the_same_each_time_and_holds_all_that_happens_to_gifts() -> None:
    gifts = planned_gifts(CAMPAIGNS)

    assert gifts == planned_gifts(CAMPAIGNS)
    assert len({gift.key for gift in gifts}) == len({gift.address for gift in gifts}) == GIFTS
    assert {gift.campaign for gift in gifts} == set(CAMPAIGNS)
    assert Counter(bool(gift.name) for gift in gifts)[True] >= 10
    assert Counter(gift.is_by_form for gift in gifts) == {True: GIFTS // 2, False: GIFTS // 2}
    assert {gift.number for gift in gifts if not gift.card} == LEFT
    assert {gift.number for gift in gifts if gift.refund_roubles is not None} == REFUNDED.keys()
    assert not (REFUNDED.keys() | LEFT) & DECLINED.keys()
    assert all(gift.roubles > (gift.refund_roubles or 0) for gift in gifts)


def test_a_name_comes_with_its_consent() -> None:
    for gift in planned_gifts(CAMPAIGNS):
        words = gift.words()
        assert words.get("public_name", "") == gift.name
        assert ("public_name_consent" in words) == bool(gift.name)


def test_hidden_fields_of_a_form_are_found() -> None:
    page = '<form><input type="hidden" name="a" value="1&amp;2"><input name="b" value="3"><input type=hidden name=c>'

    assert HiddenFields(page).found == {"a": "1&2", "c": ""}


@pytest.fixture
def history(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    for name in ("VAR", "PORT", "DJANGO_SETTINGS_MODULE"):  # the refunds' command works on the stack's database
        monkeypatch.setenv(name, stack.environ[name])
    return History(site_url=stack.url, pay_url=stack.pay_url, mark=tmp_path / "mark", say=lambda _text: None, pause=0)


def some_gifts() -> list[PlannedGift]:
    """Return a few of the plan: by form and API, declined, left, refunded."""
    return [gift for gift in planned_gifts(CAMPAIGNS) if gift.number in {1, 2, 8, 17, 29, 41}]


@pytest.mark.stack
def test_a_history_that_was_cut_goes_on_and_one_that_is_over_changes_nothing(history: History, stack: Stack) -> None:
    gifts = some_gifts()

    def reports() -> dict[int, str]:
        found = requests.get(f"{stack.url}/api/v1/reports", {"subject": gifts[0].campaign}, timeout=30).json()["items"]
        return {report["id"]: report["state"] for report in found if report["id"] not in others}

    def states() -> list[tuple[int, str, int]]:
        with stack.connect() as connection:
            return connection.execute(STATES).fetchall()

    class Cut(list[PlannedGift]):
        def __iter__(self) -> Iterator[PlannedGift]:
            yield from gifts[:3]
            raise KeyboardInterrupt

    others: set[int] = set()
    others |= reports().keys()
    with pytest.raises(KeyboardInterrupt):
        history.play(Cut(gifts))
    assert history.is_due(), "it was begun and is not over"
    cut = states()
    assert len(cut) == 3
    history.play(gifts)
    wait_until(lambda: sum(refunds for _id, _state, refunds in states()) == 2)
    done = states()

    assert Counter(state for _id, state, _refunds in done) == {"succeeded": 4, "canceled": 1, "pending": 1}
    assert {number for number, _state, _refunds in cut} < {number for number, _state, _refunds in done}
    assert not history.is_due()
    wait_until(lambda: list(reports().values()) == ["published"])
    history.play(gifts)
    assert states() == done
    assert len(reports()) == 1


@pytest.mark.stack
def test_books_that_hold_anything_get_no_history(history: History, stack: Stack) -> None:
    gift = stack.give().json()
    stack.control.pay(stack.payment_id(gift))
    stack.wait_for(gift["token"], status="succeeded")

    assert not history.is_due()
    assert not history.mark.exists()


@pytest.mark.django_db
def test_each_role_has_a_demo_account_that_signs_in_with_what_was_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo_staff")
    told = {
        email: password
        for email, password, _secret in (line.split() for line in capsys.readouterr().out.splitlines()[1:])
    }
    assert told.keys() == {demo_email(role) for role in (*ROLES, ORGANISER)}
    call_command("demo_staff")
    assert capsys.readouterr().out == "", "it is told once"

    for role in ROLES:
        client = Client(REMOTE_ADDR=f"10.1.0.{len(role)}")
        client.post("/me/login/", {"login": demo_email(role), "password": told[demo_email(role)]})
        call_command("demo_code", role)
        client.post("/me/2fa/authenticate/", {"code": capsys.readouterr().out.strip()})
        assert client.get("/desk/").status_code == 200, role
    organiser = Client()
    organiser.post("/me/login/", {"login": demo_email(ORGANISER), "password": told[demo_email(ORGANISER)]})
    call_command("demo_code", ORGANISER)
    organiser.post("/me/2fa/authenticate/", {"code": capsys.readouterr().out.strip()})
    assert [organiser.get(path).status_code for path in ("/me/projects/new/", "/desk/")] == [200, 403]
    assert {grant.role: grant.user.email for grant in RoleGrant.objects.all()} == {
        role: demo_email(role) for role in ROLES
    }
    assert not any(password in str(row) for row in User.objects.values() for password in told.values())


@pytest.mark.parametrize("name", ["DATABASE_URL", "YOOKASSA_SHOP_ID"])
@pytest.mark.django_db
def test_there_are_no_demo_accounts_where_anything_real_is_near(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    call_command("demo_staff", stdout=StringIO())
    before = User.objects.count()
    User.objects.filter(email=demo_email("auditor")).update(email="moved@example.org")
    monkeypatch.setenv(name, "x")
    for command in ("demo_staff", "demo_shop"):
        with pytest.raises(CommandError, match="Here people may be real"):
            call_command(command)
    with pytest.raises(CommandError, match="Here people may be real"):
        call_command("demo_code", "treasurer")

    assert User.objects.count() == before


@pytest.mark.django_db
def test_a_demonstration_that_is_none_by_its_settings_has_none_either(settings: Settings) -> None:
    settings.DEMO_MODE = False
    for command in ("demo_staff", "demo_shop"):
        with pytest.raises(CommandError, match="Here people may be real"):
            call_command(command)
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_role_without_its_account_has_no_code() -> None:
    with pytest.raises(CommandError, match="There is no demo account"):
        call_command("demo_code", "auditor")


def test_production_does_not_even_know_the_commands(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    environ = kept | LIVE | {"DJANGO_SETTINGS_MODULE": "config.settings.prod", "VAR": str(tmp_path), "DEMO": ""}
    for command in (["demo_staff"], ["demo_code", "treasurer"]):
        done = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=env.BASE_DIR, env=environ, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 1
        assert f"Unknown command: '{command[0]}'" in done.stderr


@pytest.mark.parametrize(
    "changes",
    [
        {"DEMO": "0"},
        {"DATABASE_URL": "postgresql://fund_app@db/fund"},
        {"YOOKASSA_SHOP_ID": "1"},
        {"DJANGO_SETTINGS_MODULE": "config.settings.prod"},
    ],
)
def test_nothing_is_played_where_anything_real_is_near(
    changes: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DEMO", raising=False)
    assert env.plays_demo()
    for name, value in changes.items():
        monkeypatch.setenv(name, value)
    assert not env.plays_demo()
    command = [sys.executable, "-m", "config.embedded.demo"]
    done = subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, timeout=30, check=False)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The demo history is for the embedded run alone")


@pytest.mark.django_db
def test_the_demo_shop_is_filled_once_and_marks_its_tariffs_as_samples(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("load_city", "demo_staff", "demo_shop"):
        call_command(command, stdout=None if command == "demo_shop" else StringIO())
    assert "7 demo souvenirs" in capsys.readouterr().out
    call_command("demo_shop")
    assert capsys.readouterr().out == ""

    assert set(DeliveryTariff.objects.values_list("is_sample", flat=True)) == {True}
    assert Product.objects.get(slug="sumka-dzhaz-may").subject == "jazz-may"
    assert Photo.objects.count() == 8
    assert audit().fault == ""
