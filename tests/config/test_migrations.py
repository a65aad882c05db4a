"""Migrations say what the models say, and each can be taken back."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connections

from campaigns.models import Donation
from fund.ledger.models import Account
from people.models import LegalText, Letter
from people.outbox import queue_letter
from tests import make

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


def test_letters_keep_their_state_and_name_on_the_way_to_the_outbox_and_back() -> None:
    sad = make.campaign()
    sent, refused, fresh = (make.donation(sad) for _ in range(3))
    for gift, values in (
        (sent, {"sent_at": make.NOW}),
        (refused, {"attempts": 12, "given_up_at": make.NOW}),
    ):
        words = {"kind": "receipt", "key": gift.token, "context": {"donation": gift.pk}, "attachment": "receipts/x.pdf"}
        letter = queue_letter(to=gift.donor, now=make.NOW, **words)  # type: ignore[arg-type]
        Letter.objects.filter(pk=letter.pk).update(**values)
        changes = {"letter": letter, "receipt_due_at": make.NOW, "receipt_name": "receipts/x.pdf"}
        Donation.objects.filter(pk=gift.pk).update(**changes)
    fields = ("reference", "kind", "donor", "context", "attachment", "attempts", "sent_at", "given_up_at", "due_at")
    before = list(Letter.objects.order_by("donor").values_list(*fields))

    call_command("migrate", "campaigns", "0001", database="owner", verbosity=0)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT letter_attempts, letter_sent_at FROM campaigns_donation ORDER BY id")
        assert cursor.fetchall() == [(0, make.NOW), (12, None), (0, None)]
    call_command("migrate", "campaigns", database="owner", verbosity=0)

    assert list(Letter.objects.order_by("donor").values_list(*fields)) == before
    assert Donation.objects.get(pk=fresh.pk).letter is None
    assert Donation.objects.get(pk=sent.pk).letter == Letter.objects.get(donor=sent.donor)
