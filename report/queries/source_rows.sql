-- Run where there are Macs of several rows.
INSERT INTO report_row
SELECT r.device_id, r.row_id
  FROM device_row r
 WHERE r.import_id IN (SELECT import_id FROM run_import
                        WHERE period_id = :period_id)
   AND r.device_id IN (SELECT f.device_id
                         FROM device_fact f
                        WHERE f.row_id IS NULL);

-- Rows without a serial number that an id joined to their Mac.
INSERT OR IGNORE INTO report_row
SELECT t.device_id, r.row_id
  FROM device_row r
  CROSS JOIN device_text t ON t.uuid = r.uuid OR t.mdm_id = r.mdm_id
 WHERE r.device_id IS NULL
   AND r.import_id IN (SELECT import_id FROM run_import
                        WHERE period_id = :period_id);
