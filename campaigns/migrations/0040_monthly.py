"""Gifts that come each month: agreed to, charged once a month, each step kept by the database."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent


class Migration(migrations.Migration):
    safe_because = "triggers guard new tables, and gifts that belong to a charge, which the code before makes none of"

    dependencies = [
        ("campaigns", "0051_telling_guarded"),
        ("payments", "0028_payments_of_a_method"),
        ("people", "0025_terms_of_monthly_gifts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount_kopecks", models.BigIntegerField()),
                ("anchor_day", models.PositiveSmallIntegerField()),
                ("token", models.CharField(max_length=43, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("awaiting", "Waits for the first payment"),
                            ("active", "Goes on"),
                            ("ended", "Ended"),
                        ],
                        default="awaiting",
                        max_length=16,
                    ),
                ),
                (
                    "ended_because",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("donor", "The donor stopped it"),
                            ("refused", "The charges were refused too often"),
                            ("card", "The card can't be charged any more"),
                            ("campaign", "The project takes no more gifts"),
                            ("erased", "The donor's data were erased"),
                            ("not_paid", "The first payment was not made"),
                            ("not_kept", "The way to pay can't be charged each month"),
                        ],
                        max_length=16,
                    ),
                ),
                ("refusals", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("moved_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SubscriptionStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_state", models.CharField(blank=True, max_length=16)),
                ("to_state", models.CharField(max_length=16)),
                ("amount_kopecks", models.BigIntegerField()),
                ("reason", models.CharField(blank=True, max_length=16)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Charge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("amount_kopecks", models.BigIntegerField()),
                ("due_at", models.DateTimeField()),
                ("next_try_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for its day"),
                            ("trying", "Is being paid"),
                            ("paid", "Paid"),
                            ("failed", "Not paid"),
                            ("dropped", "Not needed any more"),
                        ],
                        default="waiting",
                        max_length=16,
                    ),
                ),
                ("failed_because", models.CharField(blank=True, max_length=64)),
                (
                    "letter",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.letter"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="donation",
            name="charge",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="donations",
                to="campaigns.charge",
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="subscriptions", to="campaigns.campaign"
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="donor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="subscriptions", to="people.donor"
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="method",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="payments.savedmethod"
            ),
        ),
        migrations.AddField(
            model_name="charge",
            name="subscription",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="charges", to="campaigns.subscription"
            ),
        ),
        migrations.AddField(
            model_name="subscriptionstep",
            name="subscription",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="campaigns.subscription"
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(condition=models.Q(("state", "active")), fields=["next_at"], name="subscription_due"),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(("state", "ended"), _negated=True), fields=["campaign"], name="subscription_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_kopecks__gt", 0)), name="subscription_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("anchor_day__gte", 1), ("anchor_day__lte", 31)), name="subscription_anchor_is_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("method__isnull", True), ("next_at__isnull", True), ("state", "awaiting")),
                    models.Q(("method__isnull", False), ("next_at__isnull", False), ("state", "active")),
                    models.Q(("method__isnull", True), ("next_at__isnull", True), ("state", "ended")),
                    _connector="OR",
                ),
                name="subscription_active_can_charge",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_at__isnull", False), ("state", "ended"), models.Q(("ended_because", ""), _negated=True)
                    ),
                    models.Q(
                        models.Q(("state", "ended"), _negated=True), ("ended_at__isnull", True), ("ended_because", "")
                    ),
                    _connector="OR",
                ),
                name="subscription_ended_says_why",
            ),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(condition=models.Q(("state", "waiting")), fields=["next_try_at"], name="charge_due"),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(condition=models.Q(("state", "trying")), fields=["subscription"], name="charge_trying"),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.UniqueConstraint(fields=("subscription", "month"), name="charge_once_a_month"),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_kopecks__gt", 0)), name="charge_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(condition=models.Q(("month__day", 1)), name="charge_of_a_month"),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("next_try_at__isnull", False), ("state", "waiting")),
                    models.Q(models.Q(("state", "waiting"), _negated=True), ("next_try_at__isnull", True)),
                    _connector="OR",
                ),
                name="charge_waiting_has_its_time",
            ),
        ),
        migrations.RunSQL(
            (SQL / "0040_monthly.sql").read_text(encoding="utf-8"),
            (SQL / "0040_monthly_back.sql").read_text(encoding="utf-8"),
        ),
    ]
