"""Open the accounts of the chart that are no family; a later account is opened by a later migration."""

from django.db import migrations

ACCOUNTS = [
    ("51", "Расчётный счёт", "active"),
    ("57.yookassa", "Переводы в пути: ЮKassa", "active"),
    ("26.acquiring", "Общие расходы: комиссия платёжного сервиса", "active"),
    ("60", "Расчёты с поставщиками", "both"),
    ("76.debts", "Долги дарителям: возвраты, в которых отказал платёжный сервис", "passive"),
    ("86.fund", "Целевые средства: общие цели фонда", "passive"),
]


def open_accounts(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for row in ACCOUNTS:
            cursor.execute("SELECT open_account(%s, %s, %s)", row)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_the_one_door")]

    operations = [migrations.RunPython(open_accounts, migrations.RunPython.noop)]
