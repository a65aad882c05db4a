"""Every address of the project, asked by everybody, answers as tests/doors.toml says."""

from __future__ import annotations

import re
import tomllib
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from people.roles import ROLES
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from people.models import User

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).resolve().parent / "doors.toml"
DOORS: dict[str, Any] = tomllib.loads(TABLE.read_text(encoding="utf-8"))
IN, SIGN_IN, SECOND_STEP, REFUSED = "in", "sign in", "second step", "refused"
MODEL_PAGES = {"changelist": "view", "change": "view", "history": "view", "add": "add", "delete": "delete"}
SAMPLES: dict[str, Any] = {
    "IntConverter": 1,
    "SlugConverter": "sad",
    "StringConverter": "x",
    "PathConverter": "1",
    "UUIDConverter": "8a5c3f0e-0000-4000-8000-000000000000",
    "TokenConverter": "A" * 43,
}


def walk(patterns: list[Any], space: str = "", above: tuple[Any, ...] = ()) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Give every address with its whole name, and the patterns that make it up."""
    for one in patterns:
        parts = (*above, one.pattern)
        if isinstance(one, URLPattern):
            yield f"{space}{one.name or ''}", parts
        else:
            yield from walk(one.url_patterns, f"{space}{one.namespace}:" if one.namespace else space, parts)


FOUND = list(walk(get_resolver().url_patterns))
NAMED = {name: parts for name, parts in FOUND if not name.endswith(":") and name}
UNNAMED = {str(parts[-1]) for name, parts in FOUND if name.endswith(":") or not name}


def needed() -> dict[str, str | None]:
    """Return what each page of staff needs, by its name; None where nobody gets in."""
    found: dict[str, str | None] = dict(DOORS["pages"])
    for model, may in DOORS["models"].items():
        found |= {f"desk:{model}_{page}": may.get(right) for page, right in MODEL_PAGES.items()}
        found |= {
            f"desk:{model}_{right}": may[right] for right in may if right not in {*MODEL_PAGES.values(), "change"}
        }
    return found


def address(name: str) -> str:
    keys: dict[str, Any] = {}
    for part in NAMED[name]:
        kinds = {key: SAMPLES[type(converter).__name__] for key, converter in part.converters.items()}
        keys |= {key: DOORS["samples"].get(key, "1") for key in part.regex.groupindex} | kinds
    return reverse(name, kwargs=keys)


def answer(response: HttpResponse) -> str:
    where = response.headers.get("Location", "")
    if where.partition("?")[0] == "/me/login/":
        return SIGN_IN
    if where.partition("?")[0] in {"/me/2fa/", "/me/2fa/reauthenticate/"}:
        return SECOND_STEP
    return REFUSED if response.status_code == HTTPStatus.FORBIDDEN else IN


def asked(person: User | None, names: list[str], *, method: str = "get", second_factor: bool = True) -> dict[str, str]:
    client, found = Client(), {}
    for name in sorted(names):
        if person is not None and "_auth_user_id" not in client.session:  # some of the pages sign out
            make.sign_in(client, person, second_factor=second_factor)
        found[name] = answer(ask(client, name, method))
    return found


def ask(client: Client, name: str, method: str) -> HttpResponse:
    """Ask by a method, or by the other one where the address takes only that."""
    other = "post" if method == "get" else "get"
    response: HttpResponse = getattr(client, method)(address(name))
    return getattr(client, other)(address(name)) if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED else response


def every(names: list[str], expected: str) -> dict[str, str]:
    return dict.fromkeys(sorted(names), expected)


LISTS = ("open", "entrance", "begun", "own", "own_steps", "staff", "nobody", "in_state")
STAFF_PAGES = [*DOORS["staff"], *DOORS["nobody"], *DOORS["in_state"], *needed()]


def test_the_table_names_every_address_once_and_no_other() -> None:
    told = [*chain.from_iterable(DOORS[each] for each in LISTS), *needed()]

    assert sorted(set(NAMED) - set(told)) == []
    assert sorted(set(told) - set(NAMED)) == []
    assert sorted(told) == sorted(set(told))
    assert sorted(DOORS["unnamed"]) == sorted(UNNAMED)


def test_the_tests_that_the_table_leans_on_are_there() -> None:
    named = re.findall(r"tests/[\w/]+\.\w+", TABLE.read_text(encoding="utf-8"))

    assert named
    assert [path for path in named if not (TABLE.parent.parent / path).is_file()] == []


def test_the_table_asks_for_what_some_role_may() -> None:
    may = set(chain.from_iterable(role.may for role in ROLES.values()))

    assert {right for right in needed().values() if right is not None} <= may


def test_a_stranger_opens_what_is_open_and_is_led_to_the_sign_in() -> None:
    assert asked(None, [*DOORS["open"], *DOORS["entrance"]]) == every([*DOORS["open"], *DOORS["entrance"]], IN)
    shut = [*DOORS["own"], *DOORS["begun"], *STAFF_PAGES]
    assert asked(None, shut) == every(shut, SIGN_IN)
    assert asked(None, STAFF_PAGES, method="post") == every(STAFF_PAGES, SIGN_IN)


def test_who_holds_no_role_opens_what_is_their_own_and_nothing_of_staff() -> None:
    person = make.user(password=make.PASSWORD)
    free = [*DOORS["open"], *DOORS["entrance"], *DOORS["own"]]

    assert asked(person, free) == every(free, IN)
    assert asked(person, STAFF_PAGES) == every(STAFF_PAGES, REFUSED)
    assert asked(person, STAFF_PAGES, method="post") == every(STAFF_PAGES, REFUSED)


def test_staff_without_a_second_step_open_what_is_their_own_and_are_led_to_set_it_up() -> None:
    person = make.staff("administrator", password=make.PASSWORD, second_factor=False)

    assert asked(person, DOORS["own"]) == every(DOORS["own"], IN)
    assert asked(person, STAFF_PAGES) == every(STAFF_PAGES, SECOND_STEP)
    assert asked(person, STAFF_PAGES, method="post") == every(STAFF_PAGES, SECOND_STEP)


def test_staff_who_did_not_use_the_second_step_are_asked_for_it() -> None:
    person = make.staff("administrator")

    assert asked(person, STAFF_PAGES, second_factor=False) == every(STAFF_PAGES, SECOND_STEP)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_opens_what_it_may_and_nothing_else(role: str) -> None:
    person = make.staff(role)
    doors = {name: IN if right in ROLES[role].may else REFUSED for name, right in needed().items()}
    shut = [name for name, found in doors.items() if found == REFUSED]

    assert asked(person, list(doors)) == doors
    assert asked(person, shut, method="post") == every(shut, REFUSED)
    assert asked(person, DOORS["staff"]) == every(DOORS["staff"], IN)
    assert asked(person, DOORS["nobody"] + DOORS["in_state"]) == every(DOORS["nobody"] + DOORS["in_state"], REFUSED)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_that_may_only_look_changes_nothing(role: str) -> None:
    rows = [
        f"desk:{model}_change" for model, may in DOORS["models"].items() if may.get("change") not in ROLES[role].may
    ]

    assert asked(make.staff(role), rows, method="post") == every(rows, REFUSED)
