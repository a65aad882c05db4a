"""The books' door does the same with fewer questions (docs/adr/0034)."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent


class Migration(migrations.Migration):
    safe_because = "two functions get another body and are called as before; nothing waits for a table"
    dependencies = [("ledger", "0008_checkpoints_by_size")]

    operations = [
        migrations.RunSQL(
            (SQL / "0010_a_quicker_door.sql").read_text(encoding="utf-8"),
            (SQL / "0010_a_quicker_door_back.sql").read_text(encoding="utf-8"),
        ),
    ]
