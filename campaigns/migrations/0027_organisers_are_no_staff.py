"""Organisers write on the site, by their verified row; the staff role of that name ends, written down like any other end."""

from django.db import migrations
from django.utils import timezone


def end_role(apps, schema_editor):
    grants = apps.get_model("people", "RoleGrant").objects.filter(role="organiser", revoked_at=None)
    act = apps.get_model("people", "StaffAct")
    now = timezone.now()
    for grant in grants.order_by("pk"):
        act.objects.create(
            action="people.revoke_role", subject=f"user:{grant.user_id}", details={"role": grant.role}, at=now
        )
        grant.revoked_at = now
        grant.save(update_fields=["revoked_at"])


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0036_guarded_purposes"), ("people", "0015_api_keys")]

    operations = [migrations.RunPython(end_role, migrations.RunPython.noop)]
