"""Migrations say what the models say, and each can be taken back."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connections

from fund.ledger.models import Account
from people.models import LegalText

pytestmark = pytest.mark.usefixtures("committed")
DOWNWARDS = ("campaigns", "communities", "payments", "ledger", "people")


def test_the_models_and_the_migrations_agree() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_every_migration_is_taken_back_and_applied_again() -> None:
    before = (Account.objects.count(), LegalText.objects.count())
    for app in DOWNWARDS:
        call_command("migrate", app, "zero", database="owner", verbosity=0)
    left = {name for name in connections["owner"].introspection.table_names() if name.startswith(DOWNWARDS)}
    call_command("migrate", database="owner", verbosity=0)

    assert left == set()
    assert (Account.objects.count(), LegalText.objects.count()) == before
