-- The files whose facts go: those of old periods that no judgement of a kept
-- period used, and that would not count in the next one either. A standing file
-- holds until its client gives that source again, a sheet of people's work always:
-- each of its rows holds until another says something of that finding.
CREATE TEMP TABLE prune_period (
  period TEXT PRIMARY KEY
) WITHOUT ROWID;

INSERT INTO prune_period
SELECT period
  FROM (SELECT period FROM import UNION SELECT period FROM run)
 WHERE period NOT IN (SELECT period
                        FROM (SELECT period FROM import
                              UNION SELECT period FROM run)
                       ORDER BY period DESC LIMIT prune_keep());

CREATE TEMP TABLE prune_import (
  import_id INTEGER PRIMARY KEY
);

INSERT INTO prune_import
SELECT i.import_id
  FROM import i
  JOIN prune_period p ON p.period = i.period
 WHERE i.superseded <> 2
   AND NOT EXISTS (SELECT 1
                     FROM run_import n
                     JOIN run r ON r.period_id = n.period_id
                    WHERE n.import_id = i.import_id
                      AND r.period NOT IN (SELECT period FROM prune_period))
   AND NOT EXISTS (SELECT 1 FROM work w WHERE w.import_id = i.import_id)
   AND NOT (i.standing AND NOT i.superseded
            AND NOT EXISTS (SELECT 1 FROM import l
                             WHERE l.client = i.client
                               AND l.source = i.source
                               AND NOT l.superseded
                               AND l.period > i.period));

-- Which Mac a row without a serial number belongs to.
CREATE TEMP TABLE prune_id (
  id        TEXT PRIMARY KEY,
  device_id INTEGER
) WITHOUT ROWID;

INSERT OR IGNORE INTO prune_id
SELECT upper(r.uuid), r.device_id
  FROM device_row r
 WHERE r.import_id IN (SELECT import_id FROM prune_import)
   AND r.uuid IS NOT NULL AND r.device_id IS NOT NULL;

INSERT OR IGNORE INTO prune_id
SELECT r.mdm_id, r.device_id
  FROM device_row r
 WHERE r.import_id IN (SELECT import_id FROM prune_import)
   AND r.mdm_id IS NOT NULL AND r.device_id IS NOT NULL;

-- The facts that the findings of old periods rest on, Mac by Mac.
CREATE TEMP TABLE prune_need (
  device_id    INTEGER PRIMARY KEY,
  device_mask  INTEGER,
  account_mask INTEGER
);

INSERT INTO prune_need
SELECT f.device_id, mask_or(device_mask(r.facts)),
       mask_or(account_mask(r.facts))
  FROM finding f
  JOIN run n ON n.period_id = f.period_id
  JOIN prune_period p ON p.period = n.period
  JOIN rule r ON r.period_id = f.period_id AND r.rule_no = f.rule_no
 GROUP BY f.device_id;
