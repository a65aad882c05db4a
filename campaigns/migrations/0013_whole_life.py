"""Campaigns get their whole life, and organisers who run them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0012_who_wrote_it"),
        ("communities", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    safe_because = "nothing was released that reads these tables"

    operations = [
        migrations.RenameField("campaign", "organiser", "community"),
        migrations.RunSQL(  # the column's index keeps its name when the column gets another, and stands in the way
            "ALTER INDEX campaigns_campaign_organiser_id_c187a255 RENAME TO campaigns_campaign_community_id_e4aefff6",
            "ALTER INDEX campaigns_campaign_community_id_e4aefff6 RENAME TO campaigns_campaign_organiser_id_c187a255",
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_status", models.CharField(blank=True, max_length=16)),
                (
                    "to_status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in_review", "In review"),
                            ("changes_asked", "Changes asked for"),
                            ("rejected", "Rejected"),
                            ("approved", "Approved"),
                            ("live", "Collecting"),
                            ("funded", "Funded"),
                            ("not_funded", "Not funded"),
                            ("cancelled", "Cancelled"),
                            ("delivering", "Being carried out"),
                            ("reported", "Done and reported"),
                        ],
                        max_length=16,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("role", models.CharField(max_length=24)),
                ("reason", models.CharField(blank=True, max_length=1000)),
            ],
        ),
        migrations.RemoveField(
            model_name="campaign",
            name="author",
        ),
        migrations.AddField(
            model_name="budgetline",
            name="is_essential",
            field=models.BooleanField(db_default=True, default=True, verbose_name="can't do without"),
        ),
        migrations.AddField(
            model_name="campaign",
            name="delivery_due_date",
            field=models.DateField(blank=True, null=True, verbose_name="will be done by"),
        ),
        migrations.AddField(
            model_name="campaign",
            name="district",
            field=models.CharField(
                blank=True,
                choices=[
                    ("leninsky", "Leninsky district"),
                    ("oktyabrsky", "Oktyabrsky district"),
                    ("pervomaysky", "Pervomaysky district"),
                    ("zheleznodorozhny", "Zheleznodorozhny district"),
                ],
                db_default="",
                max_length=20,
                verbose_name="district",
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="ended_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="campaign",
            name="funding",
            field=models.CharField(
                choices=[
                    ("all_or_nothing", "All or nothing"),
                    ("flexible", "Flexible"),
                    ("open_ended", "Open-ended"),
                    ("monthly", "Monthly"),
                ],
                db_default="flexible",
                default="flexible",
                max_length=16,
                verbose_name="funding",
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="goal_met_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="campaign",
            name="launched_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="campaign",
            name="minimum_kopecks",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="campaign",
            name="moved_as",
            field=models.CharField(db_default="system", default="system", max_length=24),
        ),
        migrations.AddField(
            model_name="campaign",
            name="moved_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="campaign",
            name="moved_because",
            field=models.CharField(blank=True, db_default="", max_length=1000),
        ),
        migrations.AddField(
            model_name="campaign",
            name="moved_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="review_round",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="status",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("in_review", "In review"),
                    ("changes_asked", "Changes asked for"),
                    ("rejected", "Rejected"),
                    ("approved", "Approved"),
                    ("live", "Collecting"),
                    ("funded", "Funded"),
                    ("not_funded", "Not funded"),
                    ("cancelled", "Cancelled"),
                    ("delivering", "Being carried out"),
                    ("reported", "Done and reported"),
                ],
                default="draft",
                max_length=16,
                verbose_name="state",
            ),
        ),
        migrations.CreateModel(
            name="Amendment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "field",
                    models.CharField(
                        choices=[
                            ("summary", "in one sentence"),
                            ("story", "story"),
                            ("budget", "what the money is for"),
                            ("closes_at", "deadline"),
                            ("delivery_due_date", "will be done by"),
                        ],
                        max_length=20,
                    ),
                ),
                ("before", models.TextField(blank=True)),
                ("after", models.TextField(blank=True)),
                ("reason", models.CharField(max_length=1000)),
                ("role", models.CharField(max_length=24)),
                ("at", models.DateTimeField()),
                ("made_in", models.BigIntegerField(db_default=0)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="amendments", to="campaigns.campaign"
                    ),
                ),
                (
                    "user",
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
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("review_round", models.PositiveSmallIntegerField()),
                ("checklist", models.JSONField(default=list)),
                ("at", models.DateTimeField()),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="approvals", to="campaigns.campaign"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Organiser",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="address on the site")),
                (
                    "kind",
                    models.CharField(
                        choices=[("community", "Community"), ("person", "Person")], default="community", max_length=16
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("about", models.CharField(blank=True, max_length=1000, verbose_name="about")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("applying", "Filling in the application"),
                            ("in_review", "Application is being looked at"),
                            ("changes_asked", "Something is missing"),
                            ("verified", "Verified"),
                            ("refused", "Refused"),
                            ("suspended", "Suspended"),
                        ],
                        default="applying",
                        max_length=16,
                    ),
                ),
                ("verified_at", models.DateTimeField(null=True)),
                ("is_demo", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                (
                    "community",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organiser",
                        to="communities.community",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organiser",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "organiser",
                "verbose_name_plural": "organisers",
            },
        ),
        migrations.AddField(
            model_name="campaign",
            name="organiser",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="campaigns",
                to="campaigns.organiser",
                verbose_name="organiser",
            ),
        ),
        migrations.AddIndex(
            model_name="campaign",
            index=models.Index(condition=models.Q(("status", "live")), fields=["closes_at"], name="campaign_ending"),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("minimum_kopecks__isnull", True),
                    models.Q(("minimum_kopecks__gt", 0), ("minimum_kopecks__lte", models.F("goal_kopecks"))),
                    _connector="OR",
                ),
                name="campaign_minimum_within_goal",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("funding", "all_or_nothing"), _negated=True),
                    ("minimum_kopecks__isnull", False),
                    _connector="OR",
                ),
                name="campaign_all_or_nothing_has_minimum",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("goal_met_at__isnull", True), ("funding", "all_or_nothing"), _connector="OR"),
                name="campaign_goal_met_where_owed",
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="campaigns.campaign"
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="amendment",
            index=models.Index(fields=["campaign", "id"], name="amendment_of_campaign"),
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="amendment_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("field", "closes_at")), fields=("campaign",), name="amendment_extends_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(
                fields=("campaign", "review_round", "user"), name="approval_once_each_round"
            ),
        ),
        migrations.AddConstraint(
            model_name="organiser",
            constraint=models.CheckConstraint(
                condition=models.Q(("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*$")), name="organiser_slug_shape"
            ),
        ),
        migrations.AddConstraint(
            model_name="organiser",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "verified"), _negated=True), ("verified_at__isnull", False), _connector="OR"
                ),
                name="organiser_verified_once",
            ),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(fields=["campaign", "id"], name="step_of_campaign"),
        ),
    ]
