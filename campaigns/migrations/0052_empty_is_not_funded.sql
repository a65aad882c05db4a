-- A campaign that holds nothing may end not funded, whichever way it collected; one that holds money may not.

CREATE FUNCTION campaigns_holds(slug text) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(t.credit_kopecks - t.debit_kopecks), 0)::bigint
    FROM ledger_account a CROSS JOIN LATERAL ledger_totals(a.id) t WHERE a.code = '86.' || slug
$$;

CREATE OR REPLACE FUNCTION campaigns_guard_move(before campaigns_campaign, after campaigns_campaign) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    is_owed boolean;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM campaigns_edges() e WHERE (e.from_status, e.to_status) = (before.status, after.status)) THEN
        RAISE EXCEPTION 'a campaign does not go from % to %', before.status, after.status USING ERRCODE = 'check_violation';
    END IF;
    IF after.moved_at IS NULL OR after.moved_at IS NOT DISTINCT FROM before.moved_at THEN
        RAISE EXCEPTION 'a move says who made it and when' USING ERRCODE = 'check_violation';
    END IF;
    IF after.status = 'approved' AND (
        SELECT count(*) FROM campaigns_approval a
        LEFT JOIN campaigns_organiser o ON o.id = after.organiser_id
        WHERE a.campaign_id = after.id AND a.review_round = after.review_round AND a.user_id IS DISTINCT FROM o.user_id
    ) < 2 THEN
        RAISE EXCEPTION 'a campaign is approved by two' USING ERRCODE = 'check_violation';
    END IF;
    IF after.status = 'in_review' AND after.review_round <= before.review_round THEN
        RAISE EXCEPTION 'what is handed in begins a new round' USING ERRCODE = 'check_violation';
    END IF;
    is_owed := after.funding = 'all_or_nothing' AND after.goal_met_at IS NULL;
    IF before.status = 'live' AND (after.status = 'funded' AND is_owed
            OR after.status = 'not_funded' AND NOT is_owed AND campaigns_holds(after.slug) <> 0) THEN
        RAISE EXCEPTION 'what is owed to donors is missed; what holds money is funded' USING ERRCODE = 'check_violation';
    END IF;
    IF after.status = 'live' AND (after.launched_at IS NULL OR NOT campaigns_sums_fit(after)) THEN
        RAISE EXCEPTION 'a budget adds up to goal and minimum before its campaign begins' USING ERRCODE = 'check_violation';
    END IF;
END $$;
