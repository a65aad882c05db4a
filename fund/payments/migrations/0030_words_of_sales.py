"""Words of what is sold: reasons, alarms, and payments that wait for a buyer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0026_lost_refunds"),
    ]

    operations = [
        migrations.AlterField(
            model_name="alarm",
            name="kind",
            field=models.CharField(
                choices=[
                    ("key_expired", "Unknown outcome for longer than ЮKassa keeps a key"),
                    ("mismatch", "ЮKassa tells another sum, shop or payment than ours"),
                    ("unknown_payment", "ЮKassa holds a payment that we do not know"),
                    ("unknown_refund", "ЮKassa holds a refund that we do not know"),
                    ("missing_payment", "Our books hold a payment that ЮKassa does not list"),
                    ("refund_refused", "ЮKassa refused a refund: the money is owed to the donor"),
                    ("credentials", "ЮKassa does not accept the shop's key"),
                    ("no_commission", "ЮKassa has not told its commission for days"),
                    ("not_booked", "The books refuse a payment that ЮKassa calls paid"),
                    ("missing_refund", "ЮKassa does not know a refund of ours"),
                    ("not_compared", "A day could not be compared with ЮKassa's list"),
                    ("not_delivered", "A donor's letter can't be delivered"),
                    ("short", "The money at ЮKassa does not do for what must go back"),
                    ("chargeback", "A donor's bank took a payment back"),
                    ("receipt_refused", "A fiscal receipt is not registered"),
                    ("not_erased", "A person who asked for it is not erased yet, and the law's time runs out"),
                ],
                max_length=32,
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="reason",
            field=models.CharField(
                choices=[
                    ("campaign_cancelled", "The campaign was cancelled"),
                    ("campaign_closed", "The campaign was closed before the money came"),
                    ("donor_request", "The donor asked for it"),
                    ("goal_missed", "The campaign missed its goal"),
                    ("mistake", "Paid by mistake"),
                    ("sold_out", "Nothing is left of what was bought"),
                    ("order_cancelled", "The order was cancelled"),
                    ("goods_returned", "Goods came back"),
                    ("purpose_changed", "The project can't use the money as it promised"),
                ],
                max_length=32,
            ),
        ),
        migrations.AlterField(
            model_name="refundproposal",
            name="reason",
            field=models.CharField(
                choices=[
                    ("campaign_cancelled", "The campaign was cancelled"),
                    ("campaign_closed", "The campaign was closed before the money came"),
                    ("donor_request", "The donor asked for it"),
                    ("goal_missed", "The campaign missed its goal"),
                    ("mistake", "Paid by mistake"),
                    ("sold_out", "Nothing is left of what was bought"),
                    ("order_cancelled", "The order was cancelled"),
                    ("goods_returned", "Goods came back"),
                    ("purpose_changed", "The project can't use the money as it promised"),
                ],
                max_length=32,
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="state",
            field=models.CharField(
                choices=[
                    ("creating", "Being created"),
                    ("pending", "Waiting to be paid"),
                    ("succeeded", "Paid"),
                    ("canceled", "Not paid"),
                ],
                default="creating",
                max_length=16,
            ),
        ),
    ]
