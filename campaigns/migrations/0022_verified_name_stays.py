"""Whom the fund has verified once keeps the name: also while something new about them is asked for."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0030_wishes")]
    safe_because = "one function is replaced by a stricter one; the code before it was never released"

    operations = [
        migrations.RunSQL(
            (SQL / "0022_verified_name_stays.sql").read_text(encoding="utf-8"),
            (SQL / "0022_verified_name_stays_back.sql").read_text(encoding="utf-8"),
        ),
    ]
