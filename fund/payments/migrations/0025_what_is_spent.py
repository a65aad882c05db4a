"""Payouts of ЮKassa, expenses of projects and what suppliers are paid: three more kinds of papers that two confirm."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0013_leaves_in_one_pass"),
        ("payments", "0024_what_was_noted_stays"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    safe_because = "the table has a few rows a week; the code before writes the new columns' defaults and its own kinds"

    operations = [
        migrations.RemoveConstraint(
            model_name="bankentry",
            name="bank_entry_debt_has_its_refund",
        ),
        migrations.RemoveConstraint(
            model_name="bankentry",
            name="bank_entry_order_number",
        ),
        migrations.RemoveConstraint(
            model_name="bankentry",
            name="bank_entry_order_once",
        ),
        migrations.AddField(
            model_name="bankentry",
            name="act",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="payments.bankentry"
            ),
        ),
        migrations.AddField(
            model_name="bankentry",
            name="cover_operation",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.operation"
            ),
        ),
        migrations.AddField(
            model_name="bankentry",
            name="line",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="bankentry",
            name="subject",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="bankentry",
            name="words",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AlterField(
            model_name="bankentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("debt", "A debt paid to a donor"),
                    ("top_up", "ЮKassa's account topped up"),
                    ("payout", "Paid out by ЮKassa"),
                    ("expense", "An expense of a project"),
                    ("supplier", "A supplier paid"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="bankentry",
            name="order_number",
            field=models.CharField(max_length=20),
        ),
        migrations.AddIndex(
            model_name="bankentry",
            index=models.Index(
                condition=models.Q(("kind", "expense"), ("state", "approved")),
                fields=["subject", "-order_date", "-id"],
                name="bank_entry_spent",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("act__isnull", True),
                        ("kind", "debt"),
                        ("line", ""),
                        ("refund__isnull", False),
                        ("subject", ""),
                        ("words", ""),
                    ),
                    models.Q(
                        ("act__isnull", True),
                        ("kind__in", ["top_up", "payout"]),
                        ("line", ""),
                        ("refund__isnull", True),
                        ("subject", ""),
                        ("words", ""),
                    ),
                    models.Q(
                        ("act__isnull", True),
                        ("kind", "expense"),
                        ("refund__isnull", True),
                        models.Q(("subject", ""), _negated=True),
                        models.Q(("line", ""), _negated=True),
                        models.Q(("words", ""), _negated=True),
                    ),
                    models.Q(
                        ("act__isnull", False),
                        ("kind", "supplier"),
                        ("line", ""),
                        ("refund__isnull", True),
                        ("words", ""),
                        models.Q(("subject", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="bank_entry_says_what_for",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cover_operation__isnull", False), ("kind", "expense"), ("state", "approved")),
                    models.Q(
                        models.Q(("kind", "expense"), ("state", "approved"), _negated=True),
                        ("cover_operation__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="bank_entry_expense_is_covered",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("order_number__regex", "^[0-9]{1,6}$"),
                    models.Q(("kind", "expense"), ("order_number__regex", "^[0-9A-Za-zА-Яа-яЁё№/. -]{1,20}$")),
                    _connector="OR",
                ),
                name="bank_entry_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("kind__in", ["debt", "top_up", "supplier"]), ("state__in", ["proposed", "approved"])
                ),
                fields=("order_date", "order_number"),
                name="bank_entry_own_order_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "payout"), ("state__in", ["proposed", "approved"])),
                fields=("order_date", "order_number"),
                name="bank_entry_payout_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "expense"), ("state__in", ["proposed", "approved"])),
                fields=("subject", "order_date", "order_number", "amount_kopecks"),
                name="bank_entry_act_once",
            ),
        ),
        migrations.RunSQL(
            (SQL / "0025_what_is_spent.sql").read_text(encoding="utf-8"),
            (SQL / "0025_what_is_spent_back.sql").read_text(encoding="utf-8"),
        ),
    ]
