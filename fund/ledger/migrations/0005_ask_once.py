"""Checks a posting with one question where there were three."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent


class Migration(migrations.Migration):
    safe_because = "a function is replaced at once by one that refuses the same"
    dependencies = [("ledger", "0004_epoch")]

    operations = [
        migrations.RunSQL(
            (SQL / "0005_ask_once.sql").read_text(encoding="utf-8"),
            (SQL / "0005_ask_once_back.sql").read_text(encoding="utf-8"),
        ),
    ]
