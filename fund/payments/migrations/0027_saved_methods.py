"""Ways to pay that ЮKassa keeps, and payments that save or charge one."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0022_alarm_of_a_shortage")]

    operations = [
        migrations.CreateModel(
            name="SavedMethod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sealed_id", models.TextField(blank=True)),
                ("title", models.CharField(blank=True, max_length=64)),
                ("saved_at", models.DateTimeField()),
                ("dropped_at", models.DateTimeField(null=True)),
                (
                    "payment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_method",
                        to="payments.payment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("dropped_at__isnull", True), models.Q(("sealed_id", ""), _negated=True)),
                            models.Q(("dropped_at__isnull", False), ("sealed_id", ""), ("title", "")),
                            _connector="OR",
                        ),
                        name="saved_method_dropped_is_empty",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="payment",
            name="saves_method",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="payment",
            name="charged_method",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="charges",
                to="payments.savedmethod",
            ),
        ),
    ]
