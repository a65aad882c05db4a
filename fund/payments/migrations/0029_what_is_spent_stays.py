"""What of a payment is known to be spent, and two more reasons for which money goes back."""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

REASONS = [
    ("campaign_cancelled", "The campaign was cancelled"),
    ("campaign_closed", "The campaign was closed before the money came"),
    ("donor_request", "The donor asked for it"),
    ("goal_missed", "The campaign missed its goal"),
    ("mistake", "Paid by mistake"),
    ("purpose_changed", "The project can't use the money as it promised"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0028_payments_of_a_method"),
    ]

    operations = [
        migrations.AddField(
            model_name="payment", name="spent_kopecks", field=models.BigIntegerField(db_default=0, default=0)
        ),
        migrations.AlterField(
            model_name="refund", name="reason", field=models.CharField(choices=REASONS, max_length=32)
        ),
        migrations.AlterField(
            model_name="refundproposal", name="reason", field=models.CharField(choices=REASONS, max_length=32)
        ),
        AddConstraintNotValid(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(spent_kopecks__gte=0, spent_kopecks__lte=models.F("amount_kopecks")),
                name="payment_spent_within_amount",
            ),
        ),
        ValidateConstraint("payment", "payment_spent_within_amount"),
    ]
