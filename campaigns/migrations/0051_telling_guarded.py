"""What is published of a project's news is guarded by the database, past all code."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0050_telling")]
    safe_because = "triggers on tables of the migration before it, which no released code knows"

    operations = [
        migrations.RunSQL(
            (SQL / "0051_telling_guarded.sql").read_text(encoding="utf-8"),
            (SQL / "0051_telling_guarded_back.sql").read_text(encoding="utf-8"),
        ),
    ]
