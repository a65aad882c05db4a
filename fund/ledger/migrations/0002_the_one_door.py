"""Roles, append-only triggers and the functions that alone write the books."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(
            (SQL / "0002_the_one_door.sql").read_text(encoding="utf-8"),
            (SQL / "0002_the_one_door_back.sql").read_text(encoding="utf-8"),
        ),
    ]
