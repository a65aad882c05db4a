"""What the desk calls letters."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0013_texts_with_buttons")]

    operations = [
        migrations.AlterModelOptions(
            name="letter", options={"verbose_name": "letter", "verbose_name_plural": "letters"}
        ),
    ]
