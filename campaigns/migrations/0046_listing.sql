-- Lists and the search read one slim row a published campaign. It is written here alone, so that no way of changing a
-- campaign leaves it behind, and a draft has none (docs/adr/0049).

-- ё is searched as е. What is no letter is a blank: in locale C the parser takes «quotes» for letters, in any it takes
-- what stands in <these> for tags. One sign for one sign, so that the page finds its way back to the words as they were
-- written; campaigns/finding/words.py does the same.
CREATE FUNCTION campaigns_folded(p_text text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(translate(p_text, 'Ёё<>&', 'Ее   '),
        '[\u0080-\u00bf\u00d7\u00f7\u2000-\u2bff\u3000-\u303f\ue000-\uf8ff\ufe00-\ufe0f\U0001f000-\U0001faff]', ' ', 'g')
$$;

CREATE FUNCTION campaigns_head(p_title text, p_summary text, p_theme text, p_organiser text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('russian', public.campaigns_folded(p_title)), 'A')
        || setweight(to_tsvector('russian', public.campaigns_folded(p_summary)), 'B')
        || setweight(to_tsvector('russian', public.campaigns_folded(concat_ws(' ', p_theme, p_organiser))), 'C')
$$;

CREATE FUNCTION campaigns_write_listing(p_campaign campaigns_campaign) RETURNS void LANGUAGE sql AS $$
    INSERT INTO campaigns_listing (campaign_id, slug, theme, district, status, funding, opens_at, closes_at,
                                   goal_kopecks, head, words)
    SELECT p_campaign.id, p_campaign.slug, p_campaign.theme, coalesce(nullif(p_campaign.district, ''), 'city'), p_campaign.status,
           p_campaign.funding, p_campaign.opens_at, p_campaign.closes_at, p_campaign.goal_kopecks, h.head,
           h.head || setweight(to_tsvector('russian', public.campaigns_folded(left(p_campaign.story, 20000))), 'D')
    FROM (SELECT campaigns_head(p_campaign.title, p_campaign.summary, p_campaign.theme,
              (SELECT o.name FROM campaigns_organiser o WHERE o.id = p_campaign.organiser_id)) AS head) h
    ON CONFLICT (campaign_id) DO UPDATE SET
        slug = excluded.slug, theme = excluded.theme, district = excluded.district, status = excluded.status,
        funding = excluded.funding, opens_at = excluded.opens_at, closes_at = excluded.closes_at,
        goal_kopecks = excluded.goal_kopecks, head = excluded.head, words = excluded.words
$$;

CREATE FUNCTION campaigns_list_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM campaigns_write_listing(NEW);
    RETURN NULL;
END $$;
CREATE TRIGGER campaign_listed AFTER UPDATE ON campaigns_campaign FOR EACH ROW
    WHEN (NEW.launched_at IS NOT NULL AND (
        OLD.launched_at, OLD.slug, OLD.title, OLD.summary, OLD.story, OLD.theme, OLD.district, OLD.status, OLD.funding,
        OLD.organiser_id, OLD.opens_at, OLD.closes_at, OLD.goal_kopecks
    ) IS DISTINCT FROM (
        NEW.launched_at, NEW.slug, NEW.title, NEW.summary, NEW.story, NEW.theme, NEW.district, NEW.status, NEW.funding,
        NEW.organiser_id, NEW.opens_at, NEW.closes_at, NEW.goal_kopecks
    )) EXECUTE FUNCTION campaigns_list_campaign();

CREATE FUNCTION campaigns_list_organiser() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM campaigns_write_listing(c) FROM campaigns_campaign c
        WHERE c.organiser_id = NEW.id AND c.launched_at IS NOT NULL ORDER BY c.id;
    RETURN NULL;
END $$;
CREATE TRIGGER organiser_listed AFTER UPDATE OF name ON campaigns_organiser FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION campaigns_list_organiser();

-- Up to which checkpoint the sums of all listings are counted.
CREATE TABLE campaigns_counted (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    checkpoint_id bigint NOT NULL,
    watermark bigint NOT NULL
);
INSERT INTO campaigns_counted (checkpoint_id, watermark) VALUES (0, 0);

-- What a campaign has raised by a checkpoint, by the rule of fund/ledger/purposes.py: what 86 and 76 hold, and what of
-- it is spent (the credit of 20).
CREATE FUNCTION campaigns_raised_at(p_slug text, p_checkpoint bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(t.credit_kopecks - CASE h.head WHEN '20' THEN 0 ELSE t.debit_kopecks END), 0)::bigint
    FROM (VALUES ('86'), ('76'), ('20')) h (head)
    JOIN ledger_account a ON a.code = h.head || '.' || p_slug
    CROSS JOIN LATERAL (
        SELECT x.debit_kopecks, x.credit_kopecks FROM ledger_accounttotal x
        WHERE x.account_id = a.id AND x.checkpoint_id <= p_checkpoint ORDER BY x.checkpoint_id DESC LIMIT 1
    ) t
$$;

-- Brings the sums to the newest checkpoint: of what moved since the last one counted, of all the first time. Returns how
-- many it looked at. Nobody who posts waits for it, and it waits for nobody who posts.
CREATE FUNCTION campaigns_count_listings() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    known campaigns_counted;
    newest record;
    looked_at bigint;
BEGIN
    SELECT * INTO known FROM campaigns_counted FOR UPDATE;
    SELECT id, watermark INTO newest FROM ledger_checkpoint ORDER BY id DESC LIMIT 1;
    IF newest.id IS NULL OR newest.id = known.checkpoint_id THEN
        RETURN 0;
    END IF;
    WITH moved AS (
        SELECT DISTINCT split_part(a.code, '.', 2) AS slug
        FROM ledger_posting p JOIN ledger_account a ON a.id IN (p.debit_id, p.credit_id)
        WHERE p.transaction_id >= known.watermark AND p.transaction_id < newest.watermark
            AND left(a.code, 3) IN ('86.', '76.', '20.')
    )
    UPDATE campaigns_listing l SET raised_kopecks = campaigns_raised_at(l.slug, newest.id)
        WHERE known.checkpoint_id = 0 OR l.slug IN (SELECT m.slug FROM moved m);
    GET DIAGNOSTICS looked_at = ROW_COUNT;
    UPDATE campaigns_counted SET checkpoint_id = newest.id, watermark = newest.watermark;
    RETURN looked_at;
END $$;

-- What each campaign raised since: the few postings that the sums of the listings do not hold yet.
CREATE FUNCTION campaigns_raised_since() RETURNS TABLE (slug text, kopecks bigint) LANGUAGE sql STABLE AS $$
    SELECT substr(a.code, 4), sum(s.kopecks)::bigint
    FROM ledger_posting p
    CROSS JOIN LATERAL (VALUES (p.credit_id, p.amount_kopecks, false), (p.debit_id, -p.amount_kopecks, true))
        AS s (account_id, kopecks, is_debit)
    JOIN ledger_account a ON a.id = s.account_id
    WHERE p.transaction_id >= (SELECT c.watermark FROM campaigns_counted c)
        AND (left(a.code, 3) IN ('86.', '76.') OR (left(a.code, 3) = '20.' AND NOT s.is_debit))
    GROUP BY 1
$$;

ALTER TABLE campaigns_listing SET (fillfactor = 85);  -- sums change in place
DO $$ BEGIN
    PERFORM campaigns_write_listing(c) FROM campaigns_campaign c WHERE c.launched_at IS NOT NULL;
    PERFORM campaigns_count_listings();
END $$;
