"""A campaign's life and terms are guarded by the database, past all code."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0015_deadline_by_funding"), ("ledger", "0002_the_one_door")]
    safe_because = "the code before it was never released; triggers refuse what that code alone would have written"

    operations = [
        migrations.RunSQL(
            (SQL / "0016_guarded_life.sql").read_text(encoding="utf-8"),
            (SQL / "0016_guarded_life_back.sql").read_text(encoding="utf-8"),
        ),
    ]
