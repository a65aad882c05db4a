"""Every call to ЮKassa and every move of a payment or refund leave a trace."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("create_payment", "Create the payment"),
                            ("find_payment", "Read the payment"),
                            ("list_payments", "Look through the list of payments"),
                            ("create_refund", "Send the refund"),
                            ("find_refund", "Read the refund"),
                            ("list_refunds", "Look through the list of refunds"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reference", models.UUIDField(null=True)),
                ("object_id", models.CharField(blank=True, max_length=64)),
                ("idempotence_key", models.UUIDField(null=True)),
                ("started_at", models.DateTimeField()),
                ("took_ms", models.PositiveIntegerField()),
                ("http_status", models.PositiveSmallIntegerField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("done", "answered"),
                            ("unknown", "outcome unknown"),
                            ("busy", "asked to come later"),
                            ("refused", "refused"),
                            ("credentials", "did not accept our key"),
                            ("missing", "knows no such object"),
                        ],
                        max_length=16,
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Transition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_state", models.CharField(blank=True, max_length=16)),
                ("to_state", models.CharField(max_length=16)),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("request", "a request on the site"),
                            ("notification", "a notification of ЮKassa"),
                            ("reconciler", "our own look at ЮKassa"),
                            ("comparison", "the comparison of days"),
                            ("staff", "a member of staff"),
                        ],
                        max_length=16,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="payment",
            name="moved_by",
            field=models.CharField(
                choices=[
                    ("request", "a request on the site"),
                    ("notification", "a notification of ЮKassa"),
                    ("reconciler", "our own look at ЮKassa"),
                    ("comparison", "the comparison of days"),
                    ("staff", "a member of staff"),
                ],
                db_default="request",
                default="request",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="moved_by",
            field=models.CharField(
                choices=[
                    ("request", "a request on the site"),
                    ("notification", "a notification of ЮKassa"),
                    ("reconciler", "our own look at ЮKassa"),
                    ("comparison", "the comparison of days"),
                    ("staff", "a member of staff"),
                ],
                db_default="request",
                default="request",
                max_length=16,
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                condition=models.Q(("reference__isnull", False)), fields=["reference"], name="call_of_reference"
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                condition=models.Q(("object_id", ""), _negated=True), fields=["object_id"], name="call_of_object"
            ),
        ),
        migrations.AddField(
            model_name="transition",
            name="payment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="transitions",
                to="payments.payment",
            ),
        ),
        migrations.AddField(
            model_name="transition",
            name="refund",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="transitions", to="payments.refund"
            ),
        ),
        migrations.AddConstraint(
            model_name="transition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("payment__isnull", False), ("refund__isnull", True)),
                    models.Q(("payment__isnull", True), ("refund__isnull", False)),
                    _connector="OR",
                ),
                name="transition_of_one",
            ),
        ),
    ]
