"""What people search the books by is found by index: a project's period, reversals; sums have a table of their own."""

from datetime import date

from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # indexes come and go without a lock that stops whoever posts
    dependencies = [("ledger", "0020_turnovers")]

    operations = [
        AddIndexConcurrently(
            "operation", models.Index(fields=["subject", "business_date", "number"], name="operation_subject_day")
        ),
        AddIndexConcurrently(
            "operation",
            models.Index(fields=["number"], name="operation_reversal", condition=models.Q(reverses__isnull=False)),
        ),
        RemoveIndexConcurrently("operation", "operation_subject"),
        AddConstraintNotValid(
            "operation",
            models.CheckConstraint(
                condition=models.Q(business_date__gte=date(1990, 1, 1), business_date__lte=date(2199, 12, 31)),
                name="operation_day_sensible",
            ),
        ),
        ValidateConstraint("operation", "operation_day_sensible"),
    ]
