"""The shop's rules, what its buyers agree to, and a privacy policy that names them."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from django.db import migrations, models
from django.utils import timezone

TEXTS = Path(__file__).resolve().parent.parent / "legal"
FIRST_AT = datetime(2020, 6, 1, tzinfo=UTC)  # where nobody has agreed to anything yet
NEXT = {
    "shop_rules": ("1", ""),
    "buyer_data": ("1", ""),
    "privacy_policy": ("4", "Названы данные покупателей в магазине сувениров и сроки их хранения."),
}
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
    ("shop_rules", "Rules of the souvenir shop"),
    ("buyer_data", "Buyer's consent to personal data"),
]


def add(apps, schema_editor):
    alias = schema_editor.connection.alias
    is_fresh = not apps.get_model("people", "Consent").objects.using(alias).exists()
    at = FIRST_AT if is_fresh else timezone.now()
    model = apps.get_model("people", "LegalText")
    rows = []
    for kind, (version, note) in NEXT.items():
        body = (TEXTS / f"{kind}-{version}.txt").read_text(encoding="utf-8")
        digest = sha256(body.encode()).hexdigest()
        rows.append(
            model(kind=kind, version=version, body=body, sha256=digest, in_force_at=at, note=note, published_at=at)
        )
    model.objects.using(alias).bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("people", "0032_keys_that_act_in_public")]

    operations = [
        migrations.AlterField("legaltext", "kind", models.CharField(max_length=20, choices=KINDS)),
        migrations.AlterField("legaldraft", "kind", models.CharField(max_length=20, choices=KINDS, unique=True)),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
