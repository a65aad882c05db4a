GRANT UPDATE, DELETE ON sales_stockmovement TO fund_app;
DROP TRIGGER movement_append_only ON sales_stockmovement;
DROP TRIGGER movement_goes_on ON sales_stockmovement;
DROP FUNCTION sales_guard_movement;
DROP FUNCTION sales_refuse_change;
