"""Questions to donors whose money cannot be used as promised, their answers, and each share."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0041_gifts_of_a_charge"),
        ("ledger", "0013_leaves_in_one_pass"),
        ("payments", "0029_what_is_spent_stays"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="donation",
            name="spent_before_kopecks",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="PurposeQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=1000)),
                ("answer_days", models.PositiveSmallIntegerField()),
                ("proposed_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("is_asked", models.BooleanField(db_default=False, default=False)),
                ("deadline_at", models.DateTimeField(null=True)),
                ("pool_kopecks", models.BigIntegerField(null=True)),
                ("others_kopecks", models.BigIntegerField(null=True)),
                ("shared_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purpose_questions",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PurposeShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(null=True)),
                ("reminded_at", models.DateTimeField(null=True)),
                ("kept_kopecks", models.BigIntegerField(null=True)),
                ("share_kopecks", models.BigIntegerField(null=True)),
                ("carried_kopecks", models.BigIntegerField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("return", "Give it back to me"),
                            ("move", "Give it to another project"),
                            ("fund", "Leave it to the fund's common goals"),
                        ],
                        max_length=8,
                    ),
                ),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "donation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purpose_shares",
                        to="campaigns.donation",
                    ),
                ),
                (
                    "operation",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.operation"
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="campaigns.purposequestion",
                    ),
                ),
                (
                    "refund",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="payments.refund"
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaigns.campaign",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PurposeAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "choice",
                    models.CharField(
                        choices=[
                            ("return", "Give it back to me"),
                            ("move", "Give it to another project"),
                            ("fund", "Leave it to the fund's common goals"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "target",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "share",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="campaigns.purposeshare"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="purposequestion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("done_at__isnull", True), ("withdrawn_at__isnull", True)),
                fields=("campaign",),
                name="purpose_question_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="purposequestion",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="purpose_question_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="purposequestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by__isnull", True),
                    models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="purpose_question_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="purposequestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                    models.Q(
                        ("confirmed_at__isnull", False), ("confirmed_by__isnull", False), ("withdrawn_at__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="purpose_question_confirmed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="purposequestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("deadline_at__isnull", True), ("is_asked", False), ("shared_at__isnull", True)),
                    models.Q(("deadline_at__gt", models.F("confirmed_at")), ("is_asked", True)),
                    _connector="OR",
                ),
                name="purpose_question_has_deadline",
            ),
        ),
        migrations.AddIndex(
            model_name="purposeshare",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True)), fields=["question", "id"], name="purpose_share_left"
            ),
        ),
        migrations.AddConstraint(
            model_name="purposeshare",
            constraint=models.UniqueConstraint(fields=("question", "donation"), name="purpose_share_once"),
        ),
        migrations.AddConstraint(
            model_name="purposeshare",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("share_kopecks__isnull", True),
                    models.Q(("share_kopecks__gte", 0), ("share_kopecks__lte", models.F("kept_kopecks"))),
                    _connector="OR",
                ),
                name="purpose_share_within_gift",
            ),
        ),
        migrations.AddConstraint(
            model_name="purposeshare",
            constraint=models.CheckConstraint(
                condition=models.Q(("refund__isnull", True), ("operation__isnull", True), _connector="OR"),
                name="purpose_share_one_way",
            ),
        ),
        migrations.AddIndex(
            model_name="purposeanswer",
            index=models.Index(fields=["share", "-id"], name="purpose_answer_last"),
        ),
        migrations.AddConstraint(
            model_name="purposeanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("choice", "move"), ("target__isnull", False)),
                    models.Q(models.Q(("choice", "move"), _negated=True), ("target__isnull", True)),
                    _connector="OR",
                ),
                name="purpose_answer_names_target",
            ),
        ),
    ]
