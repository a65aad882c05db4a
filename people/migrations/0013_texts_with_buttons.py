"""Texts that name the buttons which exist now: second versions, and the first of three new kinds."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from django.db import migrations
from django.utils import timezone

TEXTS = Path(__file__).resolve().parent.parent / "legal"
FIRST_AT = datetime(2020, 2, 1, tzinfo=UTC)  # where nobody has agreed to anything yet
NEXT = {
    "offer": ("2", "Правила возврата вынесены в отдельный документ; сказано, что попросить о возврате можно письмом."),
    "personal_data": ("2", "Согласие можно отозвать кнопкой на странице «Мои пожертвования»; названы сроки хранения."),
    "public_name": ("2", "Имя можно убрать самому на странице «Мои пожертвования»."),
    "refund_rules": ("1", ""),
    "privacy_policy": ("1", ""),
    "requisites": ("1", ""),
}


def add(apps, schema_editor):
    alias = schema_editor.connection.alias
    is_fresh = not apps.get_model("people", "Consent").objects.using(alias).exists()
    now = timezone.now()
    model = apps.get_model("people", "LegalText")
    rows = []
    for kind, (version, note) in NEXT.items():
        body = (TEXTS / f"{kind}-{version}.txt").read_text(encoding="utf-8")
        rows.append(
            model(
                kind=kind,
                version=version,
                body=body,
                sha256=sha256(body.encode()).hexdigest(),
                in_force_at=FIRST_AT if is_fresh else now,
                note=note,
                published_at=FIRST_AT if is_fresh else now,
            )
        )
    model.objects.using(alias).bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("people", "0012_erased_donors_and_withdrawals")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
