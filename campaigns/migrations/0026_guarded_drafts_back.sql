DROP TRIGGER campaign_reported ON campaigns_campaign;
DROP FUNCTION campaigns_guard_report();
DROP TRIGGER picture_guarded ON campaigns_campaignpicture;
DROP FUNCTION campaigns_guard_picture();
GRANT UPDATE, DELETE ON campaigns_handedin, campaigns_projectreport, campaigns_spentline TO fund_app;
DROP TRIGGER spent_line_append_only ON campaigns_spentline;
DROP TRIGGER project_report_append_only ON campaigns_projectreport;
DROP TRIGGER handed_in_append_only ON campaigns_handedin;
