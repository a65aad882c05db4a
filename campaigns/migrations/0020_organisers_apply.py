"""Organisers apply: requisites, documents, what was agreed to, and the steps of an application."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0026_guarded_drafts"),
        ("communities", "0001_initial"),
        ("people", "0020_organisers_texts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    safe_because = "organisers are few: an index and a rule of theirs take no time"

    operations = [
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text_sha256", models.CharField(max_length=64)),
                ("accepted_at", models.DateTimeField()),
                ("reference", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("sealed", models.TextField(blank=True)),
                ("made_at", models.DateTimeField(null=True)),
                ("pdf_sha256", models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="OrganiserDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kind", models.CharField(choices=[("application/pdf", "PDF"), ("image/jpeg", "JPEG")], max_length=20)),
                ("size_bytes", models.PositiveIntegerField()),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("uploaded_at", models.DateTimeField()),
                ("stored_at", models.DateTimeField(null=True)),
                ("removed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="OrganiserStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_state", models.CharField(max_length=16)),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("applying", "Filling in the application"),
                            ("in_review", "Application is being looked at"),
                            ("changes_asked", "Something is missing"),
                            ("verified", "Verified"),
                            ("refused", "Refused"),
                            ("suspended", "Suspended"),
                        ],
                        max_length=16,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("role", models.CharField(max_length=24)),
                ("reason", models.CharField(blank=True, max_length=1000)),
                ("checks", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="Requisites",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "holder",
                    models.CharField(choices=[("organisation", "Organisation"), ("person", "Person")], max_length=16),
                ),
                ("sealed", models.TextField()),
                ("tail", models.CharField(max_length=4)),
                ("saved_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="organiser",
            name="claimed",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="communities.community"
            ),
        ),
        migrations.AddField(
            model_name="organiser",
            name="erased_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="organiser",
            name="moved_as",
            field=models.CharField(db_default="system", default="system", max_length=24),
        ),
        migrations.AddField(
            model_name="organiser",
            name="moved_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="organiser",
            name="moved_because",
            field=models.CharField(blank=True, db_default="", max_length=1000),
        ),
        migrations.AddField(
            model_name="organiser",
            name="moved_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="organiser",
            name="moved_checks",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name="organiser",
            name="touched_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="organiser",
            index=models.Index(fields=["-verified_at", "-id"], name="organiser_newest"),
        ),
        migrations.AddConstraint(
            model_name="organiser",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("erased_at__isnull", True),
                    models.Q(("about", ""), ("claimed__isnull", True), ("user__isnull", True)),
                    _connector="OR",
                ),
                name="organiser_erased_is_nobody",
            ),
        ),
        migrations.AddField(
            model_name="acceptance",
            name="organiser",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="acceptances", to="campaigns.organiser"
            ),
        ),
        migrations.AddField(
            model_name="acceptance",
            name="text",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.legaltext"
            ),
        ),
        migrations.AddField(
            model_name="organiserdocument",
            name="organiser",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="campaigns.organiser"
            ),
        ),
        migrations.AddField(
            model_name="organiserstep",
            name="organiser",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="campaigns.organiser"
            ),
        ),
        migrations.AddField(
            model_name="organiserstep",
            name="user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="requisites",
            name="organiser",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="requisites", to="campaigns.organiser"
            ),
        ),
        migrations.AddIndex(
            model_name="acceptance",
            index=models.Index(
                condition=models.Q(("made_at__isnull", True), models.Q(("sealed", ""), _negated=True)),
                fields=["accepted_at"],
                name="acceptance_not_made",
            ),
        ),
        migrations.AddConstraint(
            model_name="acceptance",
            constraint=models.UniqueConstraint(fields=("organiser", "text", "accepted_at"), name="acceptance_once"),
        ),
        migrations.AddIndex(
            model_name="organiserdocument",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True), ("stored_at__isnull", True)),
                fields=["uploaded_at"],
                name="document_not_stored",
            ),
        ),
        migrations.AddConstraint(
            model_name="organiserdocument",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at__isnull", True)),
                fields=("organiser", "sha256"),
                name="document_kept_once",
            ),
        ),
        migrations.AddIndex(
            model_name="organiserstep",
            index=models.Index(fields=["organiser", "id"], name="organiser_step_of"),
        ),
        migrations.AddIndex(
            model_name="requisites",
            index=models.Index(fields=["organiser", "-id"], name="requisites_of"),
        ),
        migrations.AddConstraint(
            model_name="requisites",
            constraint=models.CheckConstraint(
                condition=models.Q(("tail__regex", "^[0-9]{4}$")), name="requisites_tail_shape"
            ),
        ),
    ]
