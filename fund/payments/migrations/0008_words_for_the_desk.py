"""Words by which the staff reads the tables; no table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0007_desk_indexes"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="daycomparison",
            options={"verbose_name": "comparison of a day", "verbose_name_plural": "comparisons of days"},
        ),
        migrations.AlterField(
            model_name="daycomparison",
            name="booked_payments",
            field=models.PositiveIntegerField(verbose_name="payments in the books"),
        ),
        migrations.AlterField(
            model_name="daycomparison",
            name="compared_at",
            field=models.DateTimeField(verbose_name="compared"),
        ),
        migrations.AlterField(
            model_name="daycomparison",
            name="date",
            field=models.DateField(unique=True, verbose_name="date"),
        ),
        migrations.AlterField(
            model_name="daycomparison",
            name="differences",
            field=models.PositiveIntegerField(verbose_name="differences"),
        ),
        migrations.AlterField(
            model_name="daycomparison",
            name="yookassa_payments",
            field=models.PositiveIntegerField(verbose_name="payments at ЮKassa"),
        ),
    ]
