-- For the pass rate: results that fail by the fix they ask for, with their
-- Macs. Accepted risks stay as they are.
SELECT f.remedy, count(*), count(DISTINCT f.device_id)
  FROM finding f
  JOIN rule r ON r.period_id = f.period_id AND r.rule_no = f.rule_no
 WHERE f.period_id = :period_id
   AND (:client_id = 0 OR f.client_id = :client_id)
   AND f.result = 'fail' AND f.waiver IS NULL AND f.remedy <> ''
   AND r.kind = 'counted'
   AND (r.uses = '' OR instr(' ' || r.uses || ' ', ' monthly ') > 0)
 GROUP BY f.remedy
 ORDER BY count(*) DESC, f.remedy
