"""The privacy policy names what is known of organisers, of readers and of who gives monthly, and for how long."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from django.db import migrations
from django.utils import timezone

TEXT = Path(__file__).resolve().parent.parent / "legal" / "privacy_policy-3.txt"
FIRST_AT = datetime(2020, 5, 1, tzinfo=UTC)  # where nobody has agreed to anything yet
NOTE = "Названы данные организаторов, читателей новостей и тех, кто жертвует каждый месяц, и сроки их хранения."


def add(apps, schema_editor):
    alias = schema_editor.connection.alias
    is_fresh = not apps.get_model("people", "Consent").objects.using(alias).exists()
    at = FIRST_AT if is_fresh else timezone.now()
    body = TEXT.read_text(encoding="utf-8")
    digest = sha256(body.encode()).hexdigest()
    text = apps.get_model("people", "LegalText")(
        kind="privacy_policy", version="3", body=body, sha256=digest, in_force_at=at, note=NOTE, published_at=at
    )
    text.__class__.objects.using(alias).bulk_create([text], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("people", "0030_texts_of_returns")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
