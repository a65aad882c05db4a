"""What the catalogue is searched by, kept by the database itself."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent


class Migration(migrations.Migration):
    dependencies = [("merch", "0001_catalogue_and_carts"), ("campaigns", "0046_listing")]
    safe_because = "new functions; three triggers that take others' tables for a moment, and no more"

    operations = [
        migrations.RunSQL(
            (SQL / "0002_listing.sql").read_text(encoding="utf-8"),
            (SQL / "0002_listing_back.sql").read_text(encoding="utf-8"),
        ),
    ]
