-- Macs by the set of fixes that they need until nothing of this gravity is
-- left of what makes a Mac at risk. Accepted risks need none.
SELECT needs, count(*)
  FROM (SELECT device_id, group_concat(remedy, ' ') AS needs
          FROM (SELECT DISTINCT f.device_id, f.remedy
                  FROM finding f
                  JOIN rule r ON r.period_id = f.period_id
                             AND r.rule_no = f.rule_no
                 WHERE f.period_id = :period_id
                   AND (:client_id = 0 OR f.client_id = :client_id)
                   AND f.result = 'fail' AND f.waiver IS NULL
                   AND (f.severity = 'critical'
                        OR (f.severity = 'high' AND NOT :critical))
                   AND r.kind = 'counted' AND r.uses <> 'migration'
                   AND r.id NOT LIKE 'MIG-%' AND r.id NOT LIKE 'DATA-%'
                   AND r.id <> 'ENR-05'
                 ORDER BY f.device_id, f.remedy)
         GROUP BY device_id)
 GROUP BY needs
 ORDER BY needs
