"""The words of a leaf apart from where they are read, so that all leaves are read in one pass; the bytes stay the same."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent


class Migration(migrations.Migration):
    safe_because = "ledger_leaf says what it said; the code before calls it alone."
    dependencies = [("ledger", "0021_search")]

    operations = [
        migrations.RunSQL(
            (SQL / "0013_leaves_in_one_pass.sql").read_text(encoding="utf-8"),
            (SQL / "0013_leaves_in_one_pass_back.sql").read_text(encoding="utf-8"),
        ),
    ]
