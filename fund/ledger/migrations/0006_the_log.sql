-- The log: every sealed operation has its place in it, and an RFC 6962 Merkle tree stands above (docs/adr/0028).
-- A leaf is the canonical JSON (RFC 8785) of the operation's public form, read anew from its rows each time: who changes
-- a row changes the leaf, and no root that was signed before fits any more.

CREATE TRIGGER logentry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_logentry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER lognode_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_lognode
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER signed_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_signedcheckpoint
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

-- Names in the order of RFC 8785, nothing between them. Whole numbers stay below 2^53, times are UTC to the microsecond.
CREATE FUNCTION ledger_leaf(p_number bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT '{"business_date":"' || to_char(o.business_date, 'YYYY-MM-DD')
        || '","document_hashes":' || to_json(o.document_hashes)
        || ',"kind":' || to_json(o.kind)
        || ',"memo":' || to_json(o.memo)
        || ',"number":' || o.number
        || ',"posted_at":"' || to_char(o.posted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        || '","postings":[' || coalesce((
            SELECT string_agg('{"amount_kopecks":' || p.amount_kopecks || ',"credit":' || to_json(c.code)
                              || ',"debit":' || to_json(d.code) || '}', ',' ORDER BY p.line)
            FROM public.ledger_posting p
            JOIN public.ledger_account d ON d.id = p.debit_id
            JOIN public.ledger_account c ON c.id = p.credit_id
            WHERE p.operation_id = o.number), '')
        || '],"reverses":' || coalesce(o.reverses_id::text, 'null')
        || ',"subject":' || to_json(o.subject)
        || ',"version":1}'
    FROM public.ledger_operation o WHERE o.number = p_number
$$;

CREATE FUNCTION ledger_leaf_hash(p_number bigint) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256('\x00'::bytea || convert_to(public.ledger_leaf(p_number), 'UTF8'))
$$;

-- The Merkle tree hash (RFC 6962, 2.1) of a row of hashes: pair by pair, a last one without a pair goes up as it is.
CREATE FUNCTION ledger_tree_hash(p_hashes bytea[]) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    hashes bytea[] := p_hashes;
BEGIN
    WHILE cardinality(hashes) > 1 LOOP
        SELECT array_agg(coalesce(sha256('\x01'::bytea || hashes[2 * i - 1] || hashes[2 * i]), hashes[2 * i - 1])
                         ORDER BY i)
            INTO hashes FROM generate_series(1, (cardinality(hashes) + 1) / 2) AS i;
    END LOOP;
    RETURN hashes[1];
END $$;

-- Places the operations of a window behind those that are there. Node N of level L stands for the leaves
-- from N·256^L on, 256^L of them; only whole ones are kept (C2SP tlog-tiles).
CREATE FUNCTION ledger_place(p_since bigint, p_until bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    before bigint := coalesce((SELECT max(place) + 1 FROM public.ledger_logentry), 0);
    size bigint;
    span bigint := 256;
    height integer := 1;
BEGIN
    INSERT INTO public.ledger_logentry (place, operation_id, leaf_hash)
        SELECT before + row_number() OVER (ORDER BY o.number) - 1, o.number, public.ledger_leaf_hash(o.number)
        FROM public.ledger_operation o WHERE o.transaction_id >= p_since AND o.transaction_id < p_until;
    size := coalesce((SELECT max(place) + 1 FROM public.ledger_logentry), 0);
    INSERT INTO public.ledger_lognode (level, place, hash)
        SELECT 1, e.place / 256, public.ledger_tree_hash(array_agg(e.leaf_hash ORDER BY e.place))
        FROM public.ledger_logentry e
        WHERE e.place >= before / 256 * 256 AND e.place < size / 256 * 256 GROUP BY 1, 2;
    WHILE size / span >= 256 LOOP
        INSERT INTO public.ledger_lognode (level, place, hash)
            SELECT height + 1, n.place / 256, public.ledger_tree_hash(array_agg(n.hash ORDER BY n.place))
            FROM public.ledger_lognode n WHERE n.level = height
                AND n.place >= before / span / 256 * 256 AND n.place < size / span / 256 * 256 GROUP BY 1, 2;
        span := span * 256;
        height := height + 1;
    END LOOP;
    RETURN size;
END $$;

-- The root of the log's first entries; reads at most 256 hashes a level.
CREATE FUNCTION ledger_root(p_size bigint) RETURNS bytea LANGUAGE plpgsql STABLE AS $$
DECLARE
    whole bigint := p_size;
    height integer := 0;
    first bigint;
    hashes bytea[];
    rest bytea;
BEGIN
    LOOP
        first := CASE WHEN whole <= 256 THEN 0 ELSE whole / 256 * 256 END;
        IF height = 0 THEN
            SELECT array_agg(leaf_hash ORDER BY place) INTO hashes FROM public.ledger_logentry
                WHERE place >= first AND place < whole;
        ELSE
            SELECT array_agg(hash ORDER BY place) INTO hashes FROM public.ledger_lognode
                WHERE level = height AND place >= first AND place < whole;
        END IF;
        rest := public.ledger_tree_hash(CASE WHEN rest IS NULL THEN hashes ELSE hashes || rest END);
        IF whole <= 256 THEN
            RETURN coalesce(rest, sha256(''::bytea));
        END IF;
        whole := whole / 256;
        height := height + 1;
    END LOOP;
END $$;

-- What a checkpoint adds to balances and daily turnovers.
CREATE FUNCTION ledger_sum_up(p_checkpoint bigint, p_since bigint, p_until bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.ledger_dailyturnover (checkpoint_id, account_id, business_date, debit_kopecks, credit_kopecks)
        SELECT p_checkpoint, side.account_id, o.business_date, sum(side.debit), sum(side.credit)
        FROM public.ledger_posting p
        JOIN public.ledger_operation o ON o.number = p.operation_id
        CROSS JOIN LATERAL (VALUES (p.debit_id, p.amount_kopecks, 0), (p.credit_id, 0, p.amount_kopecks))
            AS side (account_id, debit, credit)
        WHERE p.transaction_id >= p_since AND p.transaction_id < p_until
        GROUP BY side.account_id, o.business_date;
    INSERT INTO public.ledger_accounttotal (checkpoint_id, account_id, debit_kopecks, credit_kopecks)
        SELECT p_checkpoint, moved.account_id, coalesce(t.debit_kopecks, 0) + moved.debit,
               coalesce(t.credit_kopecks, 0) + moved.credit
        FROM (
            SELECT account_id, sum(debit_kopecks) AS debit, sum(credit_kopecks) AS credit
            FROM public.ledger_dailyturnover WHERE checkpoint_id = p_checkpoint GROUP BY account_id
        ) moved
        LEFT JOIN LATERAL (
            SELECT x.debit_kopecks, x.credit_kopecks FROM public.ledger_accounttotal x
            WHERE x.account_id = moved.account_id ORDER BY x.checkpoint_id DESC LIMIT 1
        ) t ON true;
END $$;

-- Seals what committed below the oldest running transaction: its place in the log, turnovers, balances, the root. NULL
-- where there is nothing new, or another sealer works. A watermark by row number would lose operations that commit late.
-- No more than some p_most at once, or a backlog would hold one transaction open for long. The epoch's row is the
-- sealers' turn: no other role may lock it.
DROP FUNCTION seal();
CREATE FUNCTION seal(p_most bigint DEFAULT 20000) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    since bigint := 0;
    until bigint;
    beyond bigint;
    fresh_operations bigint;
    fresh_postings bigint;
    before_postings bigint := 0;
    size bigint;
    made bigint;
BEGIN
    PERFORM 1 FROM ledger_epoch FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT watermark, postings INTO since, before_postings FROM ledger_checkpoint ORDER BY watermark DESC LIMIT 1;
    since := coalesce(since, 0);
    until := pg_snapshot_xmin(pg_current_snapshot())::text::bigint + (SELECT transactions_before FROM ledger_epoch);
    SELECT transaction_id INTO beyond FROM ledger_operation
        WHERE transaction_id >= since AND transaction_id < until ORDER BY transaction_id OFFSET p_most LIMIT 1;
    IF beyond IS NOT NULL THEN
        until := greatest(beyond, 1 + (SELECT min(transaction_id) FROM ledger_operation WHERE transaction_id >= since));
    END IF;
    SELECT count(*) INTO fresh_operations FROM ledger_operation WHERE transaction_id >= since AND transaction_id < until;
    IF fresh_operations = 0 THEN
        RETURN NULL;
    END IF;
    SELECT count(*) INTO fresh_postings FROM ledger_posting WHERE transaction_id >= since AND transaction_id < until;
    size := ledger_place(since, until);
    INSERT INTO ledger_checkpoint (watermark, operations, postings, sealed_at, root_hash)
        VALUES (until, size, coalesce(before_postings, 0) + fresh_postings, clock_timestamp(), ledger_root(size))
        RETURNING id INTO made;
    PERFORM ledger_sum_up(made, since, until);
    RETURN made;
END $$;

-- Keeps what the sealer signed of a checkpoint, once; its text must be that checkpoint's (C2SP tlog-checkpoint).
CREATE FUNCTION sign_checkpoint(p_checkpoint bigint, p_note text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM ledger_checkpoint WHERE id = p_checkpoint AND root_hash IS NOT NULL
        AND split_part(p_note, E'\n', 2) = operations::text AND split_part(p_note, E'\n', 3) = encode(root_hash, 'base64')
        AND split_part(p_note, E'\n', 4) = '';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the note is not of checkpoint %', p_checkpoint USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO ledger_signedcheckpoint (checkpoint_id, note, signed_at) VALUES (p_checkpoint, p_note, clock_timestamp())
        ON CONFLICT (checkpoint_id) DO NOTHING;
END $$;

-- What checkpoints counted before there was a log takes its place in it, in their order. They keep no root.
DO $$
DECLARE
    sealed record;
BEGIN
    FOR sealed IN SELECT watermark, lag(watermark, 1, 0::bigint) OVER (ORDER BY watermark) AS since
                  FROM ledger_checkpoint ORDER BY watermark LOOP
        PERFORM ledger_place(sealed.since, sealed.watermark);
    END LOOP;
END $$;

REVOKE ALL ON FUNCTION seal, sign_checkpoint, ledger_place, ledger_sum_up FROM PUBLIC;
GRANT EXECUTE ON FUNCTION seal, sign_checkpoint TO fund_sealer;
REVOKE ALL ON ledger_logentry, ledger_lognode, ledger_signedcheckpoint FROM fund_app;
GRANT SELECT ON ledger_logentry, ledger_lognode, ledger_signedcheckpoint TO fund_app, fund_sealer;
