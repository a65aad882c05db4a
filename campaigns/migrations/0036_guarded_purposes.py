"""What becomes of money that can't be used as promised is guarded by the database, past all code."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0035_purposes")]
    safe_because = "the tables are new; no code before it cancels a campaign that was launched"

    operations = [
        migrations.RunSQL(
            (SQL / "0036_purposes.sql").read_text(encoding="utf-8"),
            (SQL / "0036_purposes_back.sql").read_text(encoding="utf-8"),
        ),
    ]
