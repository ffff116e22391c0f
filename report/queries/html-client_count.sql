-- Clients in the report.
SELECT count(DISTINCT client_id) FROM temp.report_device
