"""How the sending went is told by the letter alone."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0003_letters_move_to_the_outbox")]

    operations = [
        migrations.RemoveIndex(model_name="donation", name="donation_receipt_due"),
        migrations.RemoveField(model_name="donation", name="letter_attempts"),
        migrations.RemoveField(model_name="donation", name="letter_sent_at"),
        migrations.AddIndex(
            model_name="donation",
            index=models.Index(
                condition=Q(letter__isnull=True, receipt_due_at__isnull=False),
                fields=["receipt_due_at"],
                name="donation_receipt_due",
            ),
        ),
    ]
