"""The first version of each text that donors agree to."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from django.db import migrations

TEXTS = Path(__file__).resolve().parent.parent / "legal"
IN_FORCE_AT = datetime(2020, 1, 1, tzinfo=UTC)  # before anything that can be agreed to


def add(apps, schema_editor):
    rows = []
    for kind in ("offer", "personal_data", "public_name"):
        body = (TEXTS / f"{kind}-1.txt").read_text(encoding="utf-8")
        digest = sha256(body.encode()).hexdigest()
        rows.append({"kind": kind, "version": "1", "body": body, "sha256": digest, "in_force_at": IN_FORCE_AT})
    model = apps.get_model("people", "LegalText")
    model.objects.using(schema_editor.connection.alias).bulk_create(model(**row) for row in rows)


class Migration(migrations.Migration):
    dependencies = [("people", "0002_consents_are_append_only")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
