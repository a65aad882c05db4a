"""Lets the books go on in another cluster after a restore (docs/adr/0018)."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_standing_accounts")]

    operations = [
        migrations.RunSQL(
            (SQL / "0004_epoch.sql").read_text(encoding="utf-8"),
            (SQL / "0004_epoch_back.sql").read_text(encoding="utf-8"),
        ),
    ]
