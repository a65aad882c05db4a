"""What a key may do in public grew: amend, report, publish, answer. Its owner is asked anew, by making another key."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0031_privacy_of_organisers_and_readers")]

    safe_because = (
        "keys that could open and end collections go on as keys that write drafts; the code before knows both"
    )

    operations = [
        migrations.RunSQL(
            "UPDATE people_apikey SET may_launch = false WHERE may_launch", migrations.RunSQL.noop, elidable=True
        )
    ]
