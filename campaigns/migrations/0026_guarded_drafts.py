"""What was handed in, shown and reported is guarded by the database, past all code."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0025_drafts_and_pictures")]
    safe_because = "the tables are new; the one trigger on campaigns is for a step that no code before this could take"

    operations = [
        migrations.RunSQL(
            (SQL / "0026_guarded_drafts.sql").read_text(encoding="utf-8"),
            (SQL / "0026_guarded_drafts_back.sql").read_text(encoding="utf-8"),
        ),
    ]
