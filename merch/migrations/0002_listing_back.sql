DROP TRIGGER fed_campaign_renamed ON campaigns_campaign;
DROP TRIGGER collection_renamed ON merch_collection;
DROP TRIGGER maker_renamed ON communities_community;
DROP TRIGGER variant_listed ON merch_variant;
DROP TRIGGER product_listed ON merch_product;
DROP FUNCTION merch_name_changed, merch_variant_changed, merch_product_changed;
DROP FUNCTION merch_list_product(bigint);
