"""Papers of orders: invoices and packing lists that the worker makes."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import merch.models.paper


class Migration(migrations.Migration):
    dependencies = [
        ("merch", "0020_catalogue_sheets"),
        ("sales", "0003_delivery_and_promo_codes"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("invoice", "Invoice"),
                            ("packing", "Packing list"),
                            ("day", "Packing lists of the day"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Being made"), ("ready", "Ready")], default="waiting", max_length=8
                    ),
                ),
                (
                    "file_name",
                    models.CharField(default=merch.models.paper.unguessable_name, max_length=60, unique=True),
                ),
                (
                    "sale_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("made_at", models.DateTimeField(null=True)),
                (
                    "sale",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="sales.sale"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["asked_at"], name="order_paper_waiting"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("sale", "kind"), name="order_paper_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("sale", None)), fields=("kind",), name="order_paper_of_the_day_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "day"), ("sale", None)),
                            models.Q(("kind__in", ["invoice", "packing"]), ("sale__isnull", False)),
                            _connector="OR",
                        ),
                        name="order_paper_of_an_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("digest", ""), ("made_at", None), ("state", "waiting")),
                            models.Q(("digest__gt", ""), ("made_at__isnull", False), ("state", "ready")),
                            _connector="OR",
                        ),
                        name="order_paper_state_sane",
                    ),
                ],
            },
        ),
    ]
