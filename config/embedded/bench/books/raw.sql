-- The same two rows by one statement, into tables without triggers of ours: accounts by their ids, a hash that is given.
\set n random(0, :last)
\set kopecks random(1, 500000)
\set key random(1, 9000000000000000000)
WITH o AS (INSERT INTO ledger_operation (kind, subject, business_date, memo, key, request_sha256, document_hashes, posted_at, transaction_id) VALUES ('gift', 'bench-' || :n::int, '2026-11-25', 'Пожертвование № 000001', 'bench:' || :key::bigint, '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', '{}', clock_timestamp(), pg_current_xact_id()::text::bigint) RETURNING number, transaction_id) INSERT INTO ledger_posting (operation_id, line, debit_id, credit_id, amount_kopecks, transaction_id) SELECT number, 1, :money, :first + :n::int, :kopecks::bigint, transaction_id FROM o;
