-- Which listings hold the words of a question, by the index alone. A word of nearly every story makes a scan of the table
-- look cheaper; it is not, since each row's vector of a whole story lies apart and is fetched to be looked at. A function
-- with a setting of its own is planned by itself. docs/benchmarks/finding.md
CREATE FUNCTION campaigns_holding(p_question tsquery) RETURNS SETOF bigint LANGUAGE sql STABLE ROWS 500
SET enable_seqscan = off AS $$
    SELECT l.campaign_id FROM campaigns_listing l WHERE l.words @@ p_question
$$;
