"""Migrations that the running site bears: docs/deploy.md says which, this holds what can be held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import connections, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from config.env import BASE_DIR

if TYPE_CHECKING:
    from django.db.migrations.operations.base import Operation

# The newest migration of each app that was there before the first release: nothing ran that they could stop.
BEFORE_THE_FIRST_RELEASE = {
    "campaigns": "0012_who_wrote_it",
    "communities": "0001_initial",
    "ledger": "0005_words_for_the_desk",
    "payments": "0020_alarm_of_erasure",
    "people": "0013_texts_with_buttons",
}
NEVER = (
    migrations.RemoveField,
    migrations.DeleteModel,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
    migrations.AlterField,
    migrations.AddIndex,
    migrations.RenameIndex,
    migrations.AddConstraint,
    migrations.RunSQL,
)

CONCURRENT = (AddIndexConcurrently, AddConstraintNotValid)


def faults(migration: migrations.Migration, before: ProjectState | None = None) -> list[str]:
    """Return what in a migration could stop or break a site that runs the code before it."""
    if getattr(migration, "safe_because", ""):
        return []
    made = [operation for operation in migration.operations if isinstance(operation, migrations.CreateModel)]
    made_here = {operation.name_lower for operation in made}
    return [
        type(operation).__name__
        for operation in migration.operations
        if getattr(operation, "model_name_lower", "") not in made_here
        and _is_forbidden(operation)
        and not _is_words_alone(operation, migration.app_label, before)
    ]


def _is_forbidden(operation: object) -> bool:
    if isinstance(operation, migrations.AddField):
        field: models.Field[object, object] = operation.field
        return not field.null and field.db_default is models.NOT_PROVIDED and not field.many_to_many
    return isinstance(operation, NEVER) and not isinstance(operation, CONCURRENT)


def _is_words_alone(operation: object, app: str, before: ProjectState | None) -> bool:
    """Return whether a field changes only in what the database never hears of, such as its name for people."""
    if not isinstance(operation, migrations.AlterField) or before is None:
        return False
    known = before.models[app, operation.model_name_lower].fields[operation.name]
    return _for_the_database(known) == _for_the_database(operation.field)


def _for_the_database(field: models.Field[object, object]) -> object:
    _name, path, positional, named = field.deconstruct()
    return path, positional, {name: value for name, value in named.items() if name not in field.non_db_attrs}


def test_no_migration_stops_the_running_site_without_saying_why_it_may() -> None:
    loader = MigrationLoader(None)
    ours = {
        key: migration
        for key, migration in loader.disk_migrations.items()
        if (BASE_DIR / key[0]).exists() or (BASE_DIR / "fund" / key[0]).exists()
    }
    found = {
        f"{app} {name}": faults(migration, loader.project_state((app, name), at_end=False))
        for (app, name), migration in ours.items()
        if name > BEFORE_THE_FIRST_RELEASE.get(app, "")
    }

    assert ("ledger", "0004_epoch") in ours
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def made_of(*operations: Operation, safe_because: str = "") -> migrations.Migration:
    """Return a migration of these operations."""
    words = {"operations": list(operations), "safe_because": safe_because}
    made: migrations.Migration = type("Migration", (migrations.Migration,), words)("1000_x", "campaigns")
    return made


TEXT = models.CharField(max_length=9)
CHECK = models.CheckConstraint(condition=models.Q(memo=""), name="x")


@pytest.mark.parametrize(
    ("operation", "is_borne"),
    [
        (migrations.RemoveField("gift", "memo"), False),
        (migrations.RenameField("gift", "memo", "note"), False),
        (migrations.AlterField("gift", "memo", TEXT), False),
        (migrations.AddField("gift", "memo", TEXT), False),
        (migrations.AddField("gift", "memo", models.CharField(max_length=9, default="")), False),
        (migrations.AddField("gift", "memo", models.CharField(max_length=9, db_default="")), True),
        (migrations.AddField("gift", "memo", models.CharField(max_length=9, null=True)), True),
        (migrations.AddIndex("gift", models.Index(fields=["memo"], name="x")), False),
        (AddIndexConcurrently("gift", models.Index(fields=["memo"], name="x")), True),
        (migrations.AddConstraint("gift", CHECK), False),
        (AddConstraintNotValid("gift", CHECK), True),
        (migrations.RunSQL("DROP TABLE x"), False),
        (migrations.CreateModel("gift", [("memo", TEXT)]), True),
    ],
)
def test_the_rule_knows_what_the_running_site_bears(operation: Operation, *, is_borne: bool) -> None:
    assert (faults(made_of(operation)) == []) == is_borne


def test_a_name_for_people_is_borne_and_a_type_is_not() -> None:
    before = ProjectState()
    made_of(
        migrations.CreateModel("Gift", [("id", models.BigAutoField(primary_key=True)), ("memo", TEXT)])
    ).mutate_state(before, preserve=False)
    words = models.CharField("what for", max_length=9, choices=[("a", "A")], help_text="x")

    assert faults(made_of(migrations.AlterField("gift", "memo", words)), before) == []
    longer = models.CharField("what for", max_length=10)
    assert faults(made_of(migrations.AlterField("gift", "memo", longer)), before) == ["AlterField"]


def test_a_table_that_is_made_here_may_have_anything_and_a_reason_lets_pass() -> None:
    index = migrations.AddIndex("gift", models.Index(fields=["memo"], name="x"))
    table = migrations.CreateModel("Gift", [("memo", TEXT)])

    assert faults(made_of(table, index)) == []
    assert faults(made_of(index)) == ["AddIndex"]
    assert faults(made_of(index, safe_because="the table has a hundred rows")) == []


@pytest.mark.usefixtures("committed")
def test_a_migration_waits_for_no_lock_for_long_while_visitors_wait_behind_it() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
        assert cursor.fetchone() == ("5s", "15min")
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        assert cursor.fetchone() == ("0",)
