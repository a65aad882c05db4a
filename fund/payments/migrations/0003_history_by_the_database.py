"""The database writes the history of states itself, and nobody can change it."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_calls_and_transitions"), ("ledger", "0002_the_one_door")]

    operations = [
        migrations.RunSQL(
            (SQL / "0003_history_by_the_database.sql").read_text(encoding="utf-8"),
            (SQL / "0003_history_by_the_database_back.sql").read_text(encoding="utf-8"),
        ),
    ]
