"""A gift points at its letter in the outbox."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial"), ("people", "0010_letters")]

    operations = [
        migrations.AddField(
            model_name="donation",
            name="letter",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.letter"
            ),
        ),
    ]
