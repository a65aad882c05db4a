"""The outbox: letters are rows before they are sent."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

WAITING = Q(sent_at__isnull=True, given_up_at__isnull=True)


class Migration(migrations.Migration):
    dependencies = [("people", "0005_acts_are_append_only")]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kind", models.CharField(max_length=40)),
                ("address", models.EmailField(blank=True, max_length=254)),
                ("context", models.JSONField(default=dict)),
                ("language", models.CharField(default="ru", max_length=8)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("body", models.TextField(blank=True)),
                ("attachment", models.CharField(blank=True, max_length=120)),
                ("queued_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("failure", models.CharField(blank=True, max_length=80)),
                ("sent_at", models.DateTimeField(null=True)),
                ("given_up_at", models.DateTimeField(null=True)),
                (
                    "donor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="people.donor",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letters",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=WAITING, fields=["due_at"], name="letter_due"),
                    models.Index(condition=~Q(address=""), fields=["sent_at"], name="letter_with_address"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(donor__isnull=True) | Q(address="", user__isnull=True),
                        name="letter_to_a_donor_has_no_other_address",
                    ),
                    models.CheckConstraint(
                        condition=Q(user__isnull=True) | Q(address=""), name="letter_to_a_user_has_no_address"
                    ),
                    models.CheckConstraint(
                        condition=Q(sent_at__isnull=True) | Q(body="", given_up_at__isnull=True, subject=""),
                        name="letter_sent_keeps_no_words",
                    ),
                ],
            },
        ),
    ]
