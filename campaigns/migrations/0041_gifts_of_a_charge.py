"""Gifts of a charge are found without reading every gift; built while the site runs."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("campaigns", "0040_monthly")]

    operations = [
        AddIndexConcurrently(
            model_name="donation",
            index=models.Index(
                condition=models.Q(("charge__isnull", False)), fields=["charge"], name="donation_of_charge"
            ),
        ),
    ]
