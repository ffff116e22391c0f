-- Macs that came, went, or were enrolled anew: the same server gives them
-- another id than before.
SELECT x.change, c.name, d.serial
  FROM (SELECT 'appeared' AS change, b.device_id, b.client_id
          FROM diff_mac b
         WHERE b.later
           AND NOT EXISTS (SELECT 1 FROM diff_mac a
                            WHERE a.device_id = b.device_id AND NOT a.later)
        UNION ALL
        SELECT 'gone', a.device_id, a.client_id
          FROM diff_mac a
         WHERE NOT a.later
           AND NOT EXISTS (SELECT 1 FROM diff_mac b
                            WHERE b.device_id = a.device_id AND b.later)
        UNION ALL
        SELECT DISTINCT 're-enrolled', b.device_id, m.client_id
          FROM diff_id b
          JOIN diff_mac m ON m.device_id = b.device_id AND m.later
         WHERE b.later
           AND EXISTS (SELECT 1 FROM diff_id a
                        WHERE a.device_id = b.device_id
                          AND a.source = b.source AND a.client = b.client
                          AND NOT a.later)
           AND NOT EXISTS (SELECT 1 FROM diff_id a
                             JOIN diff_id n ON n.device_id = a.device_id
                                           AND n.source = a.source
                                           AND n.client = a.client
                                           AND n.mdm_id = a.mdm_id AND n.later
                            WHERE a.device_id = b.device_id
                              AND a.source = b.source AND a.client = b.client
                              AND NOT a.later)) x
  JOIN client c ON c.client_id = x.client_id
  JOIN device d ON d.device_id = x.device_id
 WHERE x.change = :change
 ORDER BY c.name, d.serial
