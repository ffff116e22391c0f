INSERT OR IGNORE INTO diff_before
SELECT f.device_id, r.id, fold(f.account), f.account, f.client_id, f.result,
       f.severity
  FROM finding f
  JOIN rule r ON r.period_id = f.period_id AND r.rule_no = f.rule_no
 WHERE f.period_id = :from
   AND (r.uses = '' OR instr(' ' || r.uses || ' ', ' ' || :use || ' ') > 0)
   AND (:client_id = 0 OR f.client_id = :client_id)
