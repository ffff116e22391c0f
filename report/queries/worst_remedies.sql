-- Remedies by the number of Macs that need them.
SELECT m.title AS title, m.id AS remedy, m.effort AS effort, m.who AS who,
       count(DISTINCT f.device_id) AS devices
  FROM temp.report_finding o
  CROSS JOIN finding f ON f.rowid = o.finding
  CROSS JOIN temp.report_rule u ON u.rule_no = o.rule_no AND u.counted
  CROSS JOIN remedy m ON m.id = f.remedy
 WHERE f.result = 'fail' AND f.waiver IS NULL
 GROUP BY m.id
 ORDER BY devices DESC, m.id
