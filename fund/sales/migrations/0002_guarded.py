"""Stock and sales keep their rules in the database: pieces are counted there, and what was sold stays as it was."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_stock_and_sales")]
    safe_because = "the tables are new, and the code before knows nothing of them"

    operations = [
        migrations.RunSQL(
            (SQL / "0002_guarded.sql").read_text(encoding="utf-8"),
            (SQL / "0002_guarded_back.sql").read_text(encoding="utf-8"),
        ),
    ]
