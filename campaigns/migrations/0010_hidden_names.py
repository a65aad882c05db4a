"""Public names that moderators take off the campaigns' pages."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0005_statement"),
        ("people", "0004_roles_and_sessions"),
    ]

    operations = [
        migrations.CreateModel(
            name="HiddenName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("insult", "Insult or threat"),
                            ("personal", "Somebody else's name, address or telephone"),
                            ("advertising", "Advertising"),
                            ("unlawful", "Against the law"),
                        ],
                        max_length=16,
                    ),
                ),
                ("hidden_at", models.DateTimeField()),
                (
                    "donation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hidden_name",
                        to="campaigns.donation",
                    ),
                ),
                (
                    "hidden_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.user"),
                ),
            ],
        ),
    ]
