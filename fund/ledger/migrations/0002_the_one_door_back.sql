ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLES FROM fund_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE USAGE, SELECT ON SEQUENCES FROM fund_app;
DROP FUNCTION seal, post_operation, open_account;
DROP TRIGGER operation_has_postings ON ledger_operation;
DROP TRIGGER posting_with_its_operation ON ledger_posting;
DROP TRIGGER turnover_append_only ON ledger_dailyturnover;
DROP TRIGGER total_append_only ON ledger_accounttotal;
DROP TRIGGER checkpoint_append_only ON ledger_checkpoint;
DROP TRIGGER posting_append_only ON ledger_posting;
DROP TRIGGER operation_append_only ON ledger_operation;
DROP TRIGGER account_append_only ON ledger_account;
DROP FUNCTION ledger_totals, ledger_lines, ledger_request_sha256, ledger_refuse_empty_operation,
    ledger_refuse_late_posting, ledger_current_transaction, ledger_refuse_change;
