"""Tables of the catalogue that were sent and wait to be applied."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("merch", "0002_listing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CatalogueSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("text", models.TextField(blank=True)),
                ("rows", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checked", "Looked at"),
                            ("waiting", "Being applied"),
                            ("applied", "Applied"),
                            ("refused", "Not applied"),
                        ],
                        default="checked",
                        max_length=8,
                    ),
                ),
                ("counts", models.JSONField(default=dict)),
                ("faults", models.JSONField(default=list)),
                ("sent_at", models.DateTimeField()),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["checked", "waiting"])), fields=["sent_at"], name="sheet_open"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["checked", "waiting", "applied", "refused"])),
                        name="sheet_state_known",
                    )
                ],
            },
        ),
    ]
