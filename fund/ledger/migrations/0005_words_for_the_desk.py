"""Words by which the staff reads the tables; no table changes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_epoch"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="account",
            options={"verbose_name": "account", "verbose_name_plural": "accounts"},
        ),
        migrations.AlterModelOptions(
            name="checkpoint",
            options={"verbose_name": "checkpoint", "verbose_name_plural": "checkpoints"},
        ),
        migrations.AlterModelOptions(
            name="operation",
            options={"verbose_name": "entry in the books", "verbose_name_plural": "entries in the books"},
        ),
        migrations.AlterModelOptions(
            name="posting",
            options={"verbose_name": "posting", "verbose_name_plural": "postings"},
        ),
        migrations.AlterField(
            model_name="account",
            name="code",
            field=models.CharField(max_length=80, unique=True, verbose_name="code"),
        ),
        migrations.AlterField(
            model_name="account",
            name="name",
            field=models.CharField(max_length=200, verbose_name="title"),
        ),
        migrations.AlterField(
            model_name="account",
            name="opened_at",
            field=models.DateTimeField(verbose_name="opened"),
        ),
        migrations.AlterField(
            model_name="account",
            name="side",
            field=models.CharField(
                choices=[("active", "Active"), ("passive", "Passive"), ("both", "Active-passive")],
                max_length=10,
                verbose_name="side",
            ),
        ),
        migrations.AlterField(
            model_name="checkpoint",
            name="operations",
            field=models.BigIntegerField(verbose_name="entries"),
        ),
        migrations.AlterField(
            model_name="checkpoint",
            name="postings",
            field=models.BigIntegerField(verbose_name="postings"),
        ),
        migrations.AlterField(
            model_name="checkpoint",
            name="sealed_at",
            field=models.DateTimeField(verbose_name="sealed"),
        ),
        migrations.AlterField(
            model_name="checkpoint",
            name="watermark",
            field=models.BigIntegerField(unique=True, verbose_name="watermark"),
        ),
        migrations.AlterField(
            model_name="operation",
            name="business_date",
            field=models.DateField(verbose_name="date"),
        ),
        migrations.AlterField(
            model_name="operation",
            name="key",
            field=models.CharField(max_length=80, unique=True, verbose_name="key"),
        ),
        migrations.AlterField(
            model_name="operation",
            name="kind",
            field=models.CharField(max_length=40, verbose_name="kind"),
        ),
        migrations.AlterField(
            model_name="operation",
            name="memo",
            field=models.CharField(max_length=200, verbose_name="what happened"),
        ),
        migrations.AlterField(
            model_name="operation",
            name="number",
            field=models.BigAutoField(primary_key=True, serialize=False, verbose_name="number"),
        ),
        migrations.AlterField(
            model_name="operation",
            name="posted_at",
            field=models.DateTimeField(verbose_name="written"),
        ),
        migrations.AlterField(
            model_name="operation",
            name="reverses",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversed_by",
                to="ledger.operation",
                verbose_name="reverses",
            ),
        ),
        migrations.AlterField(
            model_name="operation",
            name="subject",
            field=models.CharField(blank=True, max_length=80, verbose_name="for what"),
        ),
        migrations.AlterField(
            model_name="posting",
            name="credit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.account",
                verbose_name="credit",
            ),
        ),
        migrations.AlterField(
            model_name="posting",
            name="debit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.account",
                verbose_name="debit",
            ),
        ),
        migrations.AlterField(
            model_name="posting",
            name="line",
            field=models.PositiveSmallIntegerField(verbose_name="line"),
        ),
    ]
