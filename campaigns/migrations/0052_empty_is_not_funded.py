"""A campaign that raised nothing is not funded, whichever way it collected; the database agrees."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0047_sheet"), ("ledger", "0002_the_one_door")]
    safe_because = "the function refuses less than the one before it"

    operations = [
        migrations.RunSQL(
            (SQL / "0052_empty_is_not_funded.sql").read_text(encoding="utf-8"),
            (SQL / "0052_empty_is_not_funded_back.sql").read_text(encoding="utf-8"),
        ),
    ]
