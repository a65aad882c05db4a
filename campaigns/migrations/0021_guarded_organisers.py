"""Who an organiser is, and how far the fund vouches for them, is guarded by the database, past all code."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0020_organisers_apply")]
    safe_because = "the code before it was never released; triggers refuse what that code alone would have written"

    operations = [
        migrations.RunSQL(
            (SQL / "0021_guarded_organisers.sql").read_text(encoding="utf-8"),
            (SQL / "0021_guarded_organisers_back.sql").read_text(encoding="utf-8"),
        ),
    ]
