"""Texts that say what goes back by itself, who bears ЮKassa's fee, and how a donor asks for a gift back."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from django.db import migrations
from django.utils import timezone

TEXTS = Path(__file__).resolve().parent.parent / "legal"
FIRST_AT = datetime(2020, 4, 1, tzinfo=UTC)  # where nobody has agreed to anything yet
NEXT = {
    "offer": ("4", "Сказано, чьи деньги у сбора с минимумом, как их забрать и кто несёт комиссию ЮKassa за возврат."),
    "refund_rules": (
        "2",
        "Забрать пожертвование или попросить о возврате можно на его странице; сказано, как отдают долги.",
    ),
    "privacy_policy": ("2", "Названы реквизиты, по которым фонд отдаёт долги, и срок их хранения."),
}


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
    dependencies = [("people", "0021_offer_names_the_default")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
