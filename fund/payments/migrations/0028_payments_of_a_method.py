"""Charges of a saved way to pay are found without reading every payment; built while the site runs."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("payments", "0027_saved_methods")]

    operations = [
        AddIndexConcurrently(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("charged_method__isnull", False)),
                fields=["charged_method"],
                name="payment_of_method",
            ),
        ),
    ]
