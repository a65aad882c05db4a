"""What ЮKassa had no money for, what a donor's bank took back, what the fund's own bank paid."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0013_leaves_in_one_pass"),
        ("payments", "0029_what_is_spent_stays"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    safe_because = "nothing was released that writes refunds of the new kinds; the checks are short and the table small"

    operations = [
        migrations.CreateModel(
            name="BankEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request_key", models.CharField(max_length=64, unique=True)),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, max_length=300)),
                (
                    "kind",
                    models.CharField(
                        choices=[("debt", "A debt paid to a donor"), ("top_up", "ЮKassa's account topped up")],
                        max_length=16,
                    ),
                ),
                ("amount_kopecks", models.BigIntegerField()),
                ("order_number", models.CharField(max_length=6)),
                ("order_date", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waits for a second person"),
                            ("approved", "Confirmed and booked"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=16,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Chargeback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("yookassa_id", models.CharField(max_length=64, unique=True)),
                ("amount_kopecks", models.BigIntegerField()),
                ("gift_kopecks", models.BigIntegerField()),
                ("debt_kopecks", models.BigIntegerField()),
                ("loss_kopecks", models.BigIntegerField()),
                ("noticed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Shortage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("yookassa_id", models.CharField(max_length=64, unique=True)),
                ("idempotence_key", models.UUIDField(unique=True)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="refund",
            name="refund_final_is_booked",
        ),
        migrations.AddField(
            model_name="refund",
            name="discharged_kopecks",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="refund",
            name="fee_kopecks",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="refund",
            name="fee_operation",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.operation"
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="short_since",
            field=models.DateTimeField(null=True),
        ),
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
                    ("not_erased", "A person who asked for it is not erased yet, and the law's time runs out"),
                ],
                max_length=32,
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="state",
            field=models.CharField(
                choices=[
                    ("creating", "Being asked for"),
                    ("pending", "On its way"),
                    ("succeeded", "Returned"),
                    ("refused", "Refused: owed to the donor"),
                    ("dropped", "Dropped: the donor's bank took the money back"),
                ],
                default="creating",
                max_length=16,
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("short_since__isnull", False)), fields=["short_since"], name="refund_short"
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("operation__isnull", False), ("state__in", ["succeeded", "refused"])),
                    models.Q(("operation__isnull", True), ("state__in", ["creating", "pending", "dropped"])),
                    _connector="OR",
                ),
                name="refund_booked_when_final",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("fee_kopecks__gte", 0)), name="refund_fee_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discharged_kopecks", 0),
                    models.Q(
                        ("discharged_kopecks__gt", 0),
                        ("discharged_kopecks__lte", models.F("amount_kopecks")),
                        ("state", "refused"),
                    ),
                    _connector="OR",
                ),
                name="refund_debt_discharged_once",
            ),
        ),
        migrations.AddField(
            model_name="bankentry",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="bankentry",
            name="operation",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.operation"
            ),
        ),
        migrations.AddField(
            model_name="bankentry",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="bankentry",
            name="refund",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bank_entries",
                to="payments.refund",
            ),
        ),
        migrations.AddField(
            model_name="chargeback",
            name="operation",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.operation"
            ),
        ),
        migrations.AddField(
            model_name="chargeback",
            name="payment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="chargebacks", to="payments.payment"
            ),
        ),
        migrations.AddField(
            model_name="shortage",
            name="refund",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="shortages", to="payments.refund"
            ),
        ),
        migrations.AddIndex(
            model_name="bankentry",
            index=models.Index(fields=["-proposed_at", "-id"], name="bank_entry_newest"),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_kopecks__gt", 0)), name="bank_entry_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "debt"), ("refund__isnull", False)),
                    models.Q(("kind", "top_up"), ("refund__isnull", True)),
                    _connector="OR",
                ),
                name="bank_entry_debt_has_its_refund",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["approved", "rejected"]), _negated=True),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="bank_entry_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "withdrawn"), _negated=True),
                    ("decided_by", models.F("proposed_by")),
                    _connector="OR",
                ),
                name="bank_entry_withdrawn_by_its_author",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", True),
                        ("decided_by__isnull", True),
                        ("operation__isnull", True),
                        ("state", "proposed"),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("operation__isnull", False),
                        ("state", "approved"),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("operation__isnull", True),
                        ("state__in", ["rejected", "withdrawn"]),
                    ),
                    _connector="OR",
                ),
                name="bank_entry_decided_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("order_number__regex", "^[0-9]{1,6}$")), name="bank_entry_order_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["proposed", "approved"])),
                fields=("order_date", "order_number"),
                name="bank_entry_order_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["proposed", "approved"])),
                fields=("refund",),
                name="bank_entry_debt_once",
            ),
        ),
        migrations.AddIndex(
            model_name="chargeback",
            index=models.Index(fields=["-noticed_at", "-id"], name="chargeback_newest"),
        ),
        migrations.AddConstraint(
            model_name="chargeback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "amount_kopecks",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("gift_kopecks"), "+", models.F("debt_kopecks")
                            ),
                            "+",
                            models.F("loss_kopecks"),
                        ),
                    ),
                    ("amount_kopecks__gt", 0),
                    ("debt_kopecks__gte", 0),
                    ("gift_kopecks__gte", 0),
                    ("loss_kopecks__gte", 0),
                ),
                name="chargeback_adds_up",
            ),
        ),
    ]
