"""Nothing is posted that the log could not hold: its leaves are of limited length, its numbers exact."""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # checked without a lock that stops whoever posts
    dependencies = [("ledger", "0006_the_log")]

    operations = [
        AddConstraintNotValid(
            "operation",
            models.CheckConstraint(condition=models.Q(document_hashes__len__lte=100), name="operation_fits_the_log"),
        ),
        AddConstraintNotValid(
            "posting",
            models.CheckConstraint(
                condition=models.Q(amount_kopecks__lte=2**53 - 1, line__lte=200), name="posting_fits_the_log"
            ),
        ),
        ValidateConstraint("operation", "operation_fits_the_log"),
        ValidateConstraint("posting", "posting_fits_the_log"),
    ]
