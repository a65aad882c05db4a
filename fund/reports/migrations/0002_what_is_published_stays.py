"""What is published stays as it is: triggers hold against every role (docs/adr/0036)."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent


class Migration(migrations.Migration):
    safe_because = "the table is new, and the code before knows nothing of it"
    dependencies = [("reports", "0001_initial")]

    operations = [
        migrations.RunSQL(
            (SQL / "0002_what_is_published_stays.sql").read_text(encoding="utf-8"),
            (SQL / "0002_what_is_published_stays_back.sql").read_text(encoding="utf-8"),
        ),
    ]
