"""Movements of stock are only ever added, each where the one before ended."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_stock")]
    safe_because = "the tables are new, and the code before knows nothing of them"

    operations = [
        migrations.RunSQL(
            (SQL / "0002_stock_guarded.sql").read_text(encoding="utf-8"),
            (SQL / "0002_stock_guarded_back.sql").read_text(encoding="utf-8"),
        ),
    ]
