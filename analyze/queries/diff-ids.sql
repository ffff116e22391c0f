INSERT OR IGNORE INTO diff_id
SELECT w.device_id, i.source, i.client, n.period_id = :to, w.mdm_id
  FROM device_row w
  JOIN import i ON i.import_id = w.import_id
  JOIN run_import n ON n.import_id = i.import_id
                   AND n.period_id IN (:from, :to)
 WHERE w.mdm_id IS NOT NULL AND w.device_id IS NOT NULL
