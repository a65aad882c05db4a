"""Drafts of texts; consents taken back, erasure, and donors' visits to their own gifts."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0010_letters"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentWithdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("withdrawn_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ErasureRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(blank=True, max_length=254)),
                (
                    "origin",
                    models.CharField(choices=[("donor", "The donor"), ("staff", "The fund's staff")], max_length=10),
                ),
                ("asked_at", models.DateTimeField()),
                ("donors", models.PositiveIntegerField(default=0)),
                ("done_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="LegalDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("offer", "Offer"),
                            ("refund_rules", "Refund rules"),
                            ("personal_data", "Consent to personal data"),
                            ("public_name", "Consent to a public name"),
                            ("privacy_policy", "Privacy policy"),
                            ("requisites", "Requisites"),
                        ],
                        max_length=20,
                        unique=True,
                    ),
                ),
                ("body", models.TextField()),
                ("note", models.CharField(blank=True, max_length=300)),
                ("edited_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.UUIDField(editable=False, unique=True)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("email_hash", models.CharField(max_length=64)),
                ("address", models.GenericIPAddressField()),
                ("link_sha256", models.CharField(max_length=64, unique=True)),
                ("session_sha256", models.CharField(max_length=64, null=True, unique=True)),
                ("asked_at", models.DateTimeField()),
                ("handled_at", models.DateTimeField(null=True)),
                ("opened_at", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="donor",
            name="erased_as",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="donor",
            name="erased_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="legaltext",
            name="note",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="legaltext",
            name="published_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="legaltext",
            name="published_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            model_name="donor",
            name="email",
            field=models.EmailField(max_length=254, null=True, verbose_name="e-mail"),
        ),
        migrations.AlterField(
            model_name="legaltext",
            name="kind",
            field=models.CharField(
                choices=[
                    ("offer", "Offer"),
                    ("refund_rules", "Refund rules"),
                    ("personal_data", "Consent to personal data"),
                    ("public_name", "Consent to a public name"),
                    ("privacy_policy", "Privacy policy"),
                    ("requisites", "Requisites"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(
                condition=models.Q(("address__isnull", False)), fields=["given_at"], name="consent_with_address"
            ),
        ),
        migrations.AddField(
            model_name="consentwithdrawal",
            name="consent",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="withdrawal", to="people.consent"
            ),
        ),
        migrations.AddField(
            model_name="erasurerequest",
            name="letter",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.letter"
            ),
        ),
        migrations.AddField(
            model_name="legaldraft",
            name="edited_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["address", "asked_at"], name="visit_pace_address"),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["email_hash", "asked_at"], name="visit_pace_email"),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["ends_at"], name="visit_end"),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(
                condition=models.Q(("handled_at__isnull", True)), fields=["asked_at"], name="visit_unhandled"
            ),
        ),
        migrations.AddConstraint(
            model_name="erasurerequest",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("email"),
                condition=models.Q(("done_at__isnull", True)),
                name="erasure_asked_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="erasurerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("done_at__isnull", True), ("email", ""), _connector="OR"),
                name="erasure_done_keeps_no_address",
            ),
        ),
    ]
