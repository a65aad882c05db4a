"""One slim row a published campaign, for lists and the search."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0016_guarded_life")]

    operations = [
        migrations.CreateModel(
            name="Listing",
            fields=[
                (
                    "campaign",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="listing",
                        serialize=False,
                        to="campaigns.campaign",
                    ),
                ),
                ("slug", models.CharField(max_length=60, unique=True)),
                ("theme", models.CharField(max_length=60)),
                ("district", models.CharField(max_length=20)),
                ("status", models.CharField(max_length=16)),
                ("funding", models.CharField(max_length=16)),
                ("opens_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField(null=True)),
                ("goal_kopecks", models.BigIntegerField()),
                ("raised_kopecks", models.BigIntegerField(db_default=0)),
                ("head", django.contrib.postgres.search.SearchVectorField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["words"], name="listing_words", fastupdate=False)
                ],
            },
        ),
        AddConstraintNotValid(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("slug__in", ("map",)), _negated=True), name="campaign_slug_not_a_page"
            ),
        ),
        ValidateConstraint(model_name="campaign", name="campaign_slug_not_a_page"),
    ]
