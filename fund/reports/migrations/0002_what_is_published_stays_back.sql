GRANT DELETE ON reports_report TO fund_app;
DROP TRIGGER report_kept ON reports_report;
DROP TRIGGER report_guarded ON reports_report;
DROP FUNCTION reports_guard();
