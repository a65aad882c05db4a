"""The terms of monthly gifts, which who gives monthly agrees to apart: their kind, and a first version."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from django.db import migrations, models

TEXT = Path(__file__).resolve().parent.parent / "legal" / "recurring-1.txt"
FIRST_AT = datetime(2020, 2, 1, tzinfo=UTC)  # nobody has agreed to anything yet


def add(apps, schema_editor):
    body = TEXT.read_text(encoding="utf-8")
    row = {"version": "1", "body": body, "sha256": sha256(body.encode()).hexdigest()}
    model = apps.get_model("people", "LegalText")
    rows = [model(kind="recurring", in_force_at=FIRST_AT, published_at=FIRST_AT, **row)]
    model.objects.using(schema_editor.connection.alias).bulk_create(rows, ignore_conflicts=True)


KINDS = [
    ("offer", "Offer"),
    ("refund_rules", "Refund rules"),
    ("personal_data", "Consent to personal data"),
    ("public_name", "Consent to a public name"),
    ("privacy_policy", "Privacy policy"),
    ("recurring", "Terms of monthly gifts"),
    ("requisites", "Requisites"),
    ("organiser", "Agreement with an organiser"),
    ("organiser_data", "Organiser's consent to personal data"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0020_organisers_texts"),
    ]

    operations = [
        migrations.AlterField("legaltext", "kind", models.CharField(max_length=20, choices=KINDS)),
        migrations.AlterField("legaldraft", "kind", models.CharField(max_length=20, choices=KINDS, unique=True)),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
