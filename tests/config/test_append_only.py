"""What is written once stays: the site's own role can neither change it nor take away what guards it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

if TYPE_CHECKING:
    from config.embedded.postgres import Cluster

GUARDED = (
    "ledger_account", "ledger_operation", "ledger_posting", "ledger_checkpoint", "ledger_accounttotal",
    "ledger_turnover", "ledger_epoch", "ledger_logentry", "ledger_lognode", "ledger_signedcheckpoint",
    "ledger_sealedsum",
    "campaigns_step", "campaigns_approval", "campaigns_amendment",
    "campaigns_handedin", "campaigns_projectreport", "campaigns_spentline",
    "campaigns_organiserstep", "campaigns_acceptance",
    "campaigns_updateversion",
    "campaigns_purposequestion", "campaigns_purposeshare", "campaigns_purposeanswer",
    "reports_report", "payments_call", "payments_transition", "payments_refundproposal",
    "payments_chargeback", "payments_shortage", "payments_bankentry", "payments_lostrefund",
    "campaigns_subscriptionstep",
    "sales_stockmovement", "sales_saleline", "sales_salestep", "sales_salereturn", "sales_salereturnline",
    "sales_sale", "sales_reservation", "sales_fiscalreceipt",
    "people_staffact", "people_rolegrant", "people_consent", "people_consentwithdrawal", "people_legaltext",
)  # fmt: skip
BY_ROW = {
    ("payments_refundproposal", "DELETE FROM {0}"),
    ("payments_bankentry", "DELETE FROM {0}"),
    ("payments_lostrefund", "DELETE FROM {0}"),
}  # there is no row; tests/fund/payments/test_proposing.py, test_banking.py and test_losing.py have one
REFUSED = {"42501", "0A000"}  # no right to do so; not possible at all
WAYS = (
    "DELETE FROM {0}",
    "TRUNCATE {0} CASCADE",
    "ALTER TABLE {0} DISABLE TRIGGER ALL",
    "ALTER TABLE {0} DISABLE TRIGGER USER",
    "DROP TABLE {0} CASCADE",
    "CREATE RULE gone AS ON INSERT TO {0} DO INSTEAD NOTHING",
    "ALTER TABLE {0} ADD COLUMN x int",
)
ELSEWHERE = (
    "SET session_replication_role = replica",
    "SET ROLE fund_owner",
    "SET SESSION AUTHORIZATION fund_owner",
    "GRANT fund_owner TO fund_app",
    "CREATE TABLE public.shadow (id int)",
    "CREATE SCHEMA shadow",
    "CREATE FUNCTION public.sha256(text) RETURNS text LANGUAGE sql AS 'SELECT 1'",
    "ALTER FUNCTION public.payments_refuse_change() RENAME TO gone",
    "DROP FUNCTION public.payments_refuse_change() CASCADE",
    "SELECT ledger_continue()",
    "SELECT seal()",
    "UPDATE ledger_epoch SET transactions_before = transactions_before + 1",
    "SELECT payments_note_transition()",
    "SELECT sales_guard_movement()",
    "INSERT INTO sales_salestep (sale_id, from_state, to_state, at) VALUES (1, '', 'unpaid', now())",
    "SELECT setval('ledger_operation_number_seq', 1)",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SELECT lo_export(0, '/tmp/x')",
    "SELECT pg_read_file('/etc/hostname')",
    "UPDATE django_migrations SET name = 'x'",
)


def test_the_sites_role_can_not_empty_unguard_or_drop_what_is_written_once(committed: str, cluster: Cluster) -> None:
    passed = []
    with cluster.connect(committed, user="fund_app") as connection:
        for table in GUARDED:
            for way in WAYS:
                try:
                    connection.execute(sql.SQL(way).format(sql.Identifier(table)))
                except psycopg.Error as error:
                    passed += [(table, way)] * (error.sqlstate not in REFUSED)
                else:
                    passed.append((table, way))

    assert set(passed) == BY_ROW


@pytest.mark.parametrize("statement", ELSEWHERE)
def test_the_sites_role_can_not_become_another_or_put_its_own_in_the_way(
    committed: str, cluster: Cluster, statement: str
) -> None:
    with cluster.connect(committed, user="fund_app") as connection, pytest.raises(psycopg.Error) as refused:
        connection.execute(statement)

    assert refused.value.sqlstate in REFUSED
