GRANT INSERT, UPDATE, DELETE ON campaigns_updateversion TO fund_app;
DROP TRIGGER updateversion_append_only ON campaigns_updateversion;
DROP TRIGGER update_guarded ON campaigns_update;
DROP FUNCTION campaigns_guard_telling();
