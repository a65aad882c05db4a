"""Reminders that are told already name the deadline that they were of."""

from django.db import migrations

NAME_DEADLINES = """
UPDATE campaigns_mailing m SET mark = to_char(c.closes_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS')
FROM campaigns_campaign c
WHERE c.id = m.campaign_id AND m.kind = 'reminder' AND m.mark = ''
  AND m.begun_at >= c.closes_at - interval '48 hours'
"""  # one that began before was of a deadline that has moved since


class Migration(migrations.Migration):
    safe_because = (
        "it changes at most one row a campaign, in a column that the code before it does not read of reminders"
    )
    dependencies = [("campaigns", "0052_empty_is_not_funded")]

    operations = [migrations.RunSQL(NAME_DEADLINES, migrations.RunSQL.noop)]
