"""What the desk searches and lists."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0006_alarm_closed_by"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="alarm",
            index=models.Index(fields=["subject", "raised_at"], name="alarm_of_subject"),
        ),
        migrations.AddIndex(
            model_name="alarm",
            index=models.Index(fields=["-raised_at", "-id"], name="alarm_newest"),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["object_id"], name="notification_of_object"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["-created_at", "-id"], name="payment_newest"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["amount_kopecks", "-created_at", "-id"], name="payment_by_amount"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("state__in", ["creating", "pending"])),
                fields=["created_at"],
                name="payment_unfinished",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("income_kopecks__isnull", True), ("state", "succeeded")),
                fields=["settled_at"],
                name="payment_no_commission",
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("state", "succeeded"), _negated=True),
                fields=["created_at"],
                name="refund_not_returned",
            ),
        ),
    ]
