-- Rows on which no finding rests.
DELETE FROM device_row
 WHERE import_id IN (SELECT import_id FROM prune_import)
   AND coalesce((SELECT n.device_mask FROM prune_need n
                  WHERE n.device_id = coalesce(device_row.device_id,
                        (SELECT i.device_id FROM prune_id i
                          WHERE i.id = upper(device_row.uuid)),
                        (SELECT i.device_id FROM prune_id i
                          WHERE i.id = device_row.mdm_id))), 0) = 0;

DELETE FROM account_row
 WHERE import_id IN (SELECT import_id FROM prune_import)
   AND coalesce((SELECT n.account_mask FROM prune_need n
                  WHERE n.device_id = coalesce(account_row.device_id,
                        (SELECT i.device_id FROM prune_id i
                          WHERE i.id = upper(account_row.uuid)),
                        (SELECT i.device_id FROM prune_id i
                          WHERE i.id = account_row.mdm_id))), 0) = 0;

DELETE FROM list_row
 WHERE import_id IN (SELECT import_id FROM prune_import)
   AND coalesce((SELECT n.account_mask & account_mask(list_row.fact)
                   FROM prune_need n
                  WHERE n.device_id = coalesce(list_row.device_id,
                        (SELECT i.device_id FROM prune_id i
                          WHERE i.id = upper(list_row.uuid)),
                        (SELECT i.device_id FROM prune_id i
                          WHERE i.id = list_row.mdm_id))), 0) = 0;

DELETE FROM import_value
 WHERE import_id IN (SELECT import_id FROM prune_import);

DELETE FROM conflict
 WHERE period_id IN (SELECT r.period_id FROM run r
                       JOIN prune_period p ON p.period = r.period)
   AND NOT EXISTS (SELECT 1 FROM finding f
                    WHERE f.period_id = conflict.period_id
                      AND f.device_id = conflict.device_id);

UPDATE import
   SET superseded = 2
 WHERE import_id IN (SELECT import_id FROM prune_import);
