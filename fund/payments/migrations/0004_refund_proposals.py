"""Refunds that one person asks for and another allows."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0003_history_by_the_database"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="RefundProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount_kopecks", models.BigIntegerField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("campaign_closed", "The campaign was closed before the money came"),
                            ("donor_request", "The donor asked for it"),
                            ("mistake", "Paid by mistake"),
                        ],
                        max_length=32,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("request_key", models.CharField(max_length=64, unique=True)),
                ("proposed_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waits for a second person"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                            ("direct", "Small: no second person needed"),
                        ],
                        default="proposed",
                        max_length=16,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.AddField(
            model_name="refundproposal",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="refundproposal",
            name="payment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to="payments.payment"
            ),
        ),
        migrations.AddField(
            model_name="refundproposal",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="refundproposal",
            name="refund",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="proposal", to="payments.refund"
            ),
        ),
        migrations.AddIndex(
            model_name="refundproposal",
            index=models.Index(condition=models.Q(("state", "proposed")), fields=["proposed_at"], name="proposal_open"),
        ),
        migrations.AddIndex(
            model_name="refundproposal",
            index=models.Index(fields=["proposed_by", "proposed_at"], name="proposal_of_a_day"),
        ),
        migrations.AddConstraint(
            model_name="refundproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_kopecks__gt", 0)), name="proposal_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="refundproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["approved", "rejected"]), _negated=True),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="proposal_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", True),
                        ("decided_by__isnull", True),
                        ("refund__isnull", True),
                        ("state", "proposed"),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", True),
                        ("refund__isnull", False),
                        ("state", "direct"),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("refund__isnull", False),
                        ("state", "approved"),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("refund__isnull", True),
                        ("state__in", ["rejected", "withdrawn"]),
                    ),
                    _connector="OR",
                ),
                name="proposal_decided_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "withdrawn"), _negated=True),
                    ("decided_by", models.F("proposed_by")),
                    _connector="OR",
                ),
                name="proposal_withdrawn_by_its_author",
            ),
        ),
    ]
