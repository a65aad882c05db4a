CREATE OR REPLACE FUNCTION campaigns_guard_move(before campaigns_campaign, after campaigns_campaign) RETURNS void
LANGUAGE plpgsql AS $$
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
    IF before.status = 'live' AND after.status IN ('funded', 'not_funded')
            AND (after.status = 'not_funded') <> (after.funding = 'all_or_nothing' AND after.goal_met_at IS NULL) THEN
        RAISE EXCEPTION 'what is owed to donors is missed, what is not is funded' USING ERRCODE = 'check_violation';
    END IF;
    IF after.status = 'live' AND (after.launched_at IS NULL OR NOT campaigns_sums_fit(after)) THEN
        RAISE EXCEPTION 'a budget adds up to goal and minimum before its campaign begins' USING ERRCODE = 'check_violation';
    END IF;
END $$;
DROP FUNCTION campaigns_holds(text);
