"""A campaign is its organiser's; how it is funded says whether it has a deadline."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0014_lives_that_were")]
    safe_because = "nothing was released that reads these tables"

    operations = [
        migrations.RemoveField(
            model_name="campaign",
            name="community",
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("launched_at__isnull", True),
                    models.Q(("closes_at__isnull", False), ("funding__in", ["all_or_nothing", "flexible"])),
                    models.Q(("closes_at__isnull", True), ("funding__in", ["open_ended", "monthly"])),
                    _connector="OR",
                ),
                name="campaign_deadline_by_funding",
            ),
        ),
    ]
