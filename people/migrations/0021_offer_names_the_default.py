"""The offer says what becomes of money that can't be used as promised when its donor is silent."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from django.db import migrations
from django.utils import timezone

TEXT = Path(__file__).resolve().parent.parent / "legal" / "offer-3.txt"
FIRST_AT = datetime(2020, 3, 1, tzinfo=UTC)  # where nobody has agreed to anything yet
NOTE = "Сказано, как фонд спрашивает дарителя о новом назначении денег и что бывает, если он не ответил."


def add(apps, schema_editor):
    alias = schema_editor.connection.alias
    is_fresh = not apps.get_model("people", "Consent").objects.using(alias).exists()
    at = FIRST_AT if is_fresh else timezone.now()
    body = TEXT.read_text(encoding="utf-8")
    text = apps.get_model("people", "LegalText")(
        kind="offer",
        version="3",
        body=body,
        sha256=sha256(body.encode()).hexdigest(),
        in_force_at=at,
        note=NOTE,
        published_at=at,
    )
    text.__class__.objects.using(alias).bulk_create([text], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("people", "0025_terms_of_monthly_gifts")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
