"""Open the accounts of the shop that are no family, and the families' own of the fund."""

from django.db import migrations

ACCOUNTS = [
    ("41", "Товары: сувениры на складе", "active"),
    ("62.01", "Расчёты с покупателями: за переданные товары", "active"),
    ("62.02", "Расчёты с покупателями: предоплата и возвраты", "passive"),
    ("90.09", "Продажи: результат", "both"),
    ("91.09", "Прочие доходы и расходы: результат", "both"),
    ("99", "Прибыли и убытки года", "both"),
    ("84", "Нераспределённая прибыль (непокрытый убыток)", "both"),
    ("90.01.fund", "Выручка от сувениров: общие цели фонда", "passive"),
    ("90.02.fund", "Себестоимость проданных сувениров: общие цели фонда", "active"),
    ("91.01.fund", "Прочие доходы от сувениров: общие цели фонда", "passive"),
    ("91.02.fund", "Прочие расходы на сувениры: общие цели фонда", "active"),
]


def open_accounts(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for row in ACCOUNTS:
            cursor.execute("SELECT open_account(%s, %s, %s)", row)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0013_leaves_in_one_pass")]

    operations = [migrations.RunPython(open_accounts, migrations.RunPython.noop)]
