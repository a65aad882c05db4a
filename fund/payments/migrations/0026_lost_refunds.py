"""Two persons' word that ЮKassa does not have a refund: written once, decided once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARD = """
CREATE FUNCTION payments_guard_lost_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' THEN
            RAISE EXCEPTION 'a word of a lost refund begins undecided' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'words of lost refunds are kept' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.state <> 'proposed' THEN
        RAISE EXCEPTION 'word % of a lost refund is decided', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.refund_id, NEW.note, NEW.request_key, NEW.proposed_by_id, NEW.proposed_at)
        IS DISTINCT FROM (OLD.refund_id, OLD.note, OLD.request_key, OLD.proposed_by_id, OLD.proposed_at)
    THEN
        RAISE EXCEPTION 'what word % of a lost refund says is written', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lost_refund_guard BEFORE INSERT OR UPDATE OR DELETE ON payments_lostrefund
    FOR EACH ROW EXECUTE FUNCTION payments_guard_lost_refund();
CREATE TRIGGER lost_refund_kept BEFORE TRUNCATE ON payments_lostrefund
    FOR EACH STATEMENT EXECUTE FUNCTION payments_guard_lost_refund();
"""
BACK = """
DROP TRIGGER lost_refund_kept ON payments_lostrefund;
DROP TRIGGER lost_refund_guard ON payments_lostrefund;
DROP FUNCTION payments_guard_lost_refund;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0025_what_is_spent"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    safe_because = "the table is new, and the code before knows nothing of it"

    operations = [
        migrations.CreateModel(
            name="LostRefund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request_key", models.CharField(max_length=64, unique=True)),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, max_length=300)),
                ("note", models.CharField(max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waits for a second person"),
                            ("approved", "Confirmed: owed to the donor"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=16,
                    ),
                ),
                (
                    "decided_by",
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
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="losses", to="payments.refund"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "proposed")), fields=["proposed_at"], name="lost_refund_open"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("note", ""), _negated=True), name="lost_refund_says_what_was_seen"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["approved", "rejected"]), _negated=True),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="lost_refund_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True),
                            ("decided_by", models.F("proposed_by")),
                            _connector="OR",
                        ),
                        name="lost_refund_withdrawn_by_its_author",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "proposed")),
                            models.Q(
                                models.Q(("state", "proposed"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="lost_refund_decided_whole",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["proposed", "approved"])),
                        fields=("refund",),
                        name="lost_refund_once",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, BACK),
    ]
