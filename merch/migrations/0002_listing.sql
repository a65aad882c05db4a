-- The catalogue and its search read one slim row a product that is on sale. It is written here alone, so that no way of
-- changing a product, a variant or a maker's name leaves it behind. Words are folded as those of projects are
-- (campaigns/migrations/0046_listing.sql).

CREATE FUNCTION merch_list_product(p_product bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM merch_shoplisting WHERE product_id = p_product;
    INSERT INTO merch_shoplisting (product_id, collection, subject, maker, tags, lowest_price_kopecks, listed_at, words)
    SELECT p.id, coalesce(c.slug, ''), coalesce(fed.slug, 'fund'), made.maker, p.tags, v.lowest, p.listed_at,
        setweight(to_tsvector('russian', campaigns_folded(p.title)), 'A')
        || setweight(to_tsvector('russian', campaigns_folded(p.summary)), 'B')
        || setweight(to_tsvector('russian', campaigns_folded(concat_ws(' ', made.maker, c.title, array_to_string(p.tags, ' '),
            fed.title, v.words))), 'C')
        || setweight(to_tsvector('russian', campaigns_folded(left(p.description, 20000))), 'D')
    FROM merch_product p
    LEFT JOIN merch_collection c ON c.id = p.collection_id
    LEFT JOIN campaigns_campaign fed ON fed.id = p.campaign_id
    LEFT JOIN communities_community m ON m.id = p.community_id
    CROSS JOIN LATERAL (SELECT coalesce(m.name, p.maker_name) AS maker) made
    CROSS JOIN LATERAL (
        SELECT min(one.price_kopecks) AS lowest, string_agg(concat_ws(' ', i.sku, one.size, one.colour), ' ') AS words
        FROM merch_variant one JOIN sales_stockitem i ON i.id = one.item_id
        WHERE one.product_id = p.id AND one.is_on_sale
    ) v
    WHERE p.id = p_product AND p.state = 'listed' AND v.lowest IS NOT NULL;
END $$;

CREATE FUNCTION merch_product_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM merch_list_product(NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER product_listed AFTER INSERT OR UPDATE ON merch_product
    FOR EACH ROW EXECUTE FUNCTION merch_product_changed();

CREATE FUNCTION merch_variant_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM merch_list_product(coalesce(NEW.product_id, OLD.product_id));
    RETURN NULL;
END $$;
CREATE TRIGGER variant_listed AFTER INSERT OR UPDATE OR DELETE ON merch_variant
    FOR EACH ROW EXECUTE FUNCTION merch_variant_changed();

CREATE FUNCTION merch_name_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM merch_list_product(p.id) FROM merch_product p
        WHERE CASE TG_TABLE_NAME WHEN 'communities_community' THEN p.community_id WHEN 'merch_collection' THEN p.collection_id
            ELSE p.campaign_id END = NEW.id
        ORDER BY p.id;
    RETURN NULL;
END $$;
CREATE TRIGGER maker_renamed AFTER UPDATE OF name ON communities_community FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION merch_name_changed();
CREATE TRIGGER collection_renamed AFTER UPDATE ON merch_collection FOR EACH ROW
    WHEN ((OLD.slug, OLD.title) IS DISTINCT FROM (NEW.slug, NEW.title)) EXECUTE FUNCTION merch_name_changed();
CREATE TRIGGER fed_campaign_renamed AFTER UPDATE OF title, slug ON campaigns_campaign FOR EACH ROW
    WHEN ((OLD.slug, OLD.title) IS DISTINCT FROM (NEW.slug, NEW.title)) EXECUTE FUNCTION merch_name_changed();
