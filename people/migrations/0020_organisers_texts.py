"""What an organiser agrees to: two new kinds of texts, and their first versions."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from django.db import migrations, models

TEXTS = Path(__file__).resolve().parent.parent / "legal"
FIRST_AT = datetime(2020, 2, 1, tzinfo=UTC)  # nobody can have agreed to anything else before
KINDS = [
    ("offer", "Offer"),
    ("refund_rules", "Refund rules"),
    ("personal_data", "Consent to personal data"),
    ("public_name", "Consent to a public name"),
    ("privacy_policy", "Privacy policy"),
    ("requisites", "Requisites"),
    ("organiser", "Agreement with an organiser"),
    ("organiser_data", "Organiser's consent to personal data"),
]


def add(apps, schema_editor):
    alias = schema_editor.connection.alias
    model = apps.get_model("people", "LegalText")
    rows = []
    for kind in ("organiser", "organiser_data"):
        body = (TEXTS / f"{kind}-1.txt").read_text(encoding="utf-8")
        digest = sha256(body.encode()).hexdigest()
        rows.append(
            model(kind=kind, version="1", body=body, sha256=digest, in_force_at=FIRST_AT, published_at=FIRST_AT)
        )
    model.objects.using(alias).bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("people", "0015_api_keys")]

    operations = [
        migrations.AlterField("legaltext", "kind", models.CharField(max_length=20, choices=KINDS)),
        migrations.AlterField("legaldraft", "kind", models.CharField(max_length=20, choices=KINDS, unique=True)),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
