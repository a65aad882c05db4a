DROP FUNCTION campaigns_raised_since, campaigns_count_listings, campaigns_raised_at;
DROP TABLE campaigns_counted;
DROP TRIGGER organiser_listed ON campaigns_organiser;
DROP TRIGGER campaign_listed ON campaigns_campaign;
DROP FUNCTION campaigns_list_organiser, campaigns_list_campaign;
DROP FUNCTION campaigns_write_listing;
DROP FUNCTION campaigns_head;
DROP FUNCTION campaigns_folded;
