-- Macs by the set of fixes that they need until nothing of this gravity is
-- left of what makes a Mac at risk, and how many of them have an accepted risk
-- of this gravity, which needs none and stays. NULL: they have nothing else.
SELECT needs, count(*), sum(accepted)
  FROM (SELECT device_id, group_concat(remedy, ' ') AS needs,
               max(accepted) AS accepted
          FROM (SELECT DISTINCT f.device_id,
                       CASE WHEN f.waiver IS NULL THEN f.remedy END AS remedy,
                       f.waiver IS NOT NULL AS accepted
                  FROM finding f
                  JOIN rule r ON r.period_id = f.period_id
                             AND r.rule_no = f.rule_no
                 WHERE f.period_id = :period_id
                   AND (:client_id = 0 OR f.client_id = :client_id)
                   AND f.result = 'fail'
                   AND (f.severity = 'critical'
                        OR (f.severity = 'high' AND NOT :critical))
                   AND r.kind = 'counted' AND r.uses <> 'migration'
                   AND r.id NOT LIKE 'MIG-%' AND r.id NOT LIKE 'DATA-%'
                   AND r.id <> 'ENR-05'
                 ORDER BY f.device_id, remedy)
         GROUP BY device_id)
 GROUP BY needs
 ORDER BY needs
