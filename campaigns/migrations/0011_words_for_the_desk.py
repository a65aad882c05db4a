"""Words by which the staff reads the tables; no table changes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0010_hidden_names"),
        ("communities", "0001_initial"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="budgetline",
            options={"verbose_name": "budget line", "verbose_name_plural": "what the money is for"},
        ),
        migrations.AlterModelOptions(
            name="campaign",
            options={"verbose_name": "campaign", "verbose_name_plural": "campaigns"},
        ),
        migrations.AlterField(
            model_name="budgetline",
            name="note",
            field=models.CharField(blank=True, max_length=300, verbose_name="note"),
        ),
        migrations.AlterField(
            model_name="budgetline",
            name="position",
            field=models.PositiveSmallIntegerField(verbose_name="place"),
        ),
        migrations.AlterField(
            model_name="budgetline",
            name="title",
            field=models.CharField(max_length=120, verbose_name="title"),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="closes_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="closes"),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="opens_at",
            field=models.DateTimeField(verbose_name="opens"),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="organiser",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="campaigns",
                to="communities.community",
                verbose_name="organiser",
            ),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="slug",
            field=models.SlugField(max_length=60, unique=True, verbose_name="address on the site"),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="status",
            field=models.CharField(
                choices=[("draft", "Draft"), ("live", "Collecting"), ("closed", "Closed")],
                default="draft",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="story",
            field=models.TextField(verbose_name="story"),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="summary",
            field=models.CharField(max_length=300, verbose_name="in one sentence"),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="theme",
            field=models.CharField(blank=True, max_length=60, verbose_name="theme"),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="title",
            field=models.CharField(max_length=120, verbose_name="title"),
        ),
    ]
