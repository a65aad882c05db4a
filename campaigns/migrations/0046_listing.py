"""The database keeps the listings beside the campaigns."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0045_listing_table"), ("ledger", "0020_turnovers")]
    safe_because = "new functions and a table of its own; two triggers that take their tables for a moment, and no more"

    operations = [
        migrations.RunSQL(
            (SQL / "0046_listing.sql").read_text(encoding="utf-8"),
            (SQL / "0046_listing_back.sql").read_text(encoding="utf-8"),
        ),
    ]
