"""An alarm where what lies at ЮKassa does not do for what must go back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0021_reason_of_a_missed_goal"),
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
                    ("not_erased", "A person who asked for it is not erased yet, and the law's time runs out"),
                ],
                max_length=32,
            ),
        ),
    ]
