"""Who closed an alarm, and why."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0005_proposal_decided_once"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="alarm",
            name="close_reason",
            field=models.CharField(blank=True, db_default="", max_length=300),
        ),
        migrations.AddField(
            model_name="alarm",
            name="closed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_by__isnull", True),
                    models.Q(("closed_at__isnull", False), models.Q(("close_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="alarm_closed_with_a_reason",
            ),
        ),
    ]
