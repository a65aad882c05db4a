"""Every sealed operation gets its place in a Merkle log, and checkpoints a root that is signed (docs/adr/0028)."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent


class Migration(migrations.Migration):
    safe_because = (
        "new tables and functions; the code before calls seal() without a wish and gets a checkpoint as it did."
        " What was sealed before is placed in this one transaction, while nothing else waits for these tables."
    )
    dependencies = [("ledger", "0005_words_for_the_desk")]

    operations = [
        migrations.AddField(
            model_name="checkpoint",
            name="root_hash",
            field=models.BinaryField(max_length=32, null=True, verbose_name="root of the log"),
        ),
        migrations.CreateModel(
            name="LogEntry",
            fields=[
                ("place", models.BigIntegerField(primary_key=True, serialize=False)),
                ("leaf_hash", models.BinaryField(max_length=32)),
                (
                    "operation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="log_entry", to="ledger.operation"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LogNode",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "level", "place", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("level", models.PositiveSmallIntegerField()),
                ("place", models.BigIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="SignedCheckpoint",
            fields=[
                (
                    "checkpoint",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="signed",
                        serialize=False,
                        to="ledger.checkpoint",
                    ),
                ),
                ("note", models.TextField()),
                ("signed_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(
            (SQL / "0006_the_log.sql").read_text(encoding="utf-8"),
            (SQL / "0006_the_log_back.sql").read_text(encoding="utf-8"),
        ),
    ]
