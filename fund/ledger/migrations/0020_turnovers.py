"""Turnovers of days and months as they stood at each checkpoint, and sums to search by (docs/adr/0032)."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent


class Migration(migrations.Migration):
    safe_because = (
        "the first release is still to come: no site that runs reads the table that goes, and its rows go on, cumulated,"
        " in the one that comes."
    )
    dependencies = [("ledger", "0010_a_quicker_door")]

    operations = [
        migrations.CreateModel(
            name="Turnover",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "scope",
                        "is_month",
                        "start_date",
                        "checkpoint",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("scope", models.BigIntegerField()),
                ("debit_kopecks", models.BigIntegerField()),
                ("credit_kopecks", models.BigIntegerField()),
                ("start_date", models.DateField()),
                ("is_month", models.BooleanField()),
                (
                    "checkpoint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.checkpoint",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SealedSum",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "amount_kopecks",
                        "business_date",
                        "operation",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("amount_kopecks", models.BigIntegerField()),
                ("business_date", models.DateField()),
                ("subject", models.CharField(blank=True, max_length=80)),
                (
                    "operation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.operation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["amount_kopecks", "subject", "business_date", "operation"], name="sealedsum_subject"
                    )
                ]
            },
        ),
        migrations.RunSQL(
            (SQL / "0020_turnovers.sql").read_text(encoding="utf-8"),
            (SQL / "0020_turnovers_back.sql").read_text(encoding="utf-8"),
        ),
        migrations.DeleteModel(name="DailyTurnover"),
    ]
