-- The findings of one rule on one Mac.
SELECT f.account, f.result, f.severity, coalesce(f.evidence, r.title),
       f.missing, f.remedy, f.waiver IS NOT NULL
  FROM finding f
  JOIN rule r ON r.period_id = f.period_id AND r.rule_no = f.rule_no
 WHERE f.period_id = :period_id AND f.device_id = :device_id
   AND f.rule_no = :rule_no
 ORDER BY fold(f.account)
