INSERT OR IGNORE INTO diff_after
SELECT f.device_id, r.id, fold(f.account), f.account, f.client_id, f.result,
       f.severity, f.state, coalesce(f.evidence, r.title),
       f.waiver IS NOT NULL,
       r.kind = 'counted'
  FROM finding f
  JOIN rule r ON r.period_id = f.period_id AND r.rule_no = f.rule_no
 WHERE f.period_id = :to
   AND (r.uses = '' OR instr(' ' || r.uses || ' ', ' ' || :use || ' ') > 0)
   AND (:client_id = 0 OR f.client_id = :client_id)
