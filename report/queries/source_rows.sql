-- Run where there are Macs of several rows.
INSERT INTO report_row
SELECT r.device_id, r.row_id
  FROM device_row r
 WHERE r.import_id IN (SELECT import_id FROM run_import
                        WHERE period_id = :period_id)
   AND r.device_id IN (SELECT f.device_id
                         FROM device_fact f
                        WHERE f.row_id IS NULL);

-- Rows without a serial number that an id joined to their Mac: the hardware id,
-- in whichever letters, or the server's within its source and client.
DROP TABLE IF EXISTS temp.report_id;

CREATE TEMP TABLE report_id (
  id        TEXT,
  scope     TEXT,                     -- '' for hardware ids
  device_id INTEGER,
  PRIMARY KEY (id, scope)
) WITHOUT ROWID;

INSERT INTO report_id
SELECT id, scope, min(device_id)
  FROM (SELECT upper(r.uuid) AS id, '' AS scope, r.device_id
          FROM device_row r
          JOIN run_import n ON n.period_id = :period_id
                           AND n.import_id = r.import_id
        UNION ALL
        SELECT r.mdm_id, i.source || char(10) || i.client, r.device_id
          FROM device_row r
          JOIN run_import n ON n.period_id = :period_id
                           AND n.import_id = r.import_id
          JOIN import i ON i.import_id = r.import_id)
 WHERE id IS NOT NULL AND device_id IS NOT NULL
   AND EXISTS (SELECT 1 FROM device_row WHERE device_id IS NULL)
 GROUP BY id, scope
HAVING min(device_id) = max(device_id);

INSERT OR IGNORE INTO report_row
SELECT t.device_id, r.row_id
  FROM device_row r
  CROSS JOIN import i ON i.import_id = r.import_id
  CROSS JOIN report_id t
          ON (t.id = upper(r.uuid) AND t.scope = '')
          OR (t.id = r.mdm_id AND t.scope = i.source || char(10) || i.client)
 WHERE r.device_id IS NULL
   AND r.import_id IN (SELECT import_id FROM run_import
                        WHERE period_id = :period_id);

DROP TABLE temp.report_id;
