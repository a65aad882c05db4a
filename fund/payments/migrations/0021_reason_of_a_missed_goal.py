"""Money that goes back because a goal was missed, and word that what lies at ЮKassa does not do."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0020_alarm_of_erasure"),
    ]

    operations = [
        migrations.AlterField(
            model_name="refund",
            name="reason",
            field=models.CharField(
                choices=[
                    ("campaign_closed", "The campaign was closed before the money came"),
                    ("donor_request", "The donor asked for it"),
                    ("goal_missed", "The campaign missed its goal"),
                    ("mistake", "Paid by mistake"),
                ],
                max_length=32,
            ),
        ),
        migrations.AlterField(
            model_name="refundproposal",
            name="reason",
            field=models.CharField(
                choices=[
                    ("campaign_closed", "The campaign was closed before the money came"),
                    ("donor_request", "The donor asked for it"),
                    ("goal_missed", "The campaign missed its goal"),
                    ("mistake", "Paid by mistake"),
                ],
                max_length=32,
            ),
        ),
    ]
