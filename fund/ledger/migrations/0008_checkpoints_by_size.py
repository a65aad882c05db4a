"""A checkpoint is found by how many entries it counts."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ledger", "0007_what_fits_the_log")]

    operations = [
        AddIndexConcurrently("checkpoint", models.Index(fields=["operations"], name="checkpoint_size")),
    ]
