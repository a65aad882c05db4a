"""Words are looked for by their index, also those that nearly every story holds."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0051_reminders_of_a_deadline")]
    safe_because = "the function is new, and the code before knows nothing of it"

    operations = [
        migrations.RunSQL(
            (SQL / "0053_words_by_index.sql").read_text(encoding="utf-8"), "DROP FUNCTION campaigns_holding(tsquery)"
        ),
    ]
