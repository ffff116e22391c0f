-- What makes lines, worst first.
SELECT o.ord, o.device_id, o.finding, o.rule_no, o.fail, o.remedy, o.severity
  FROM temp.report_finding o
  CROSS JOIN temp.report_rule u ON u.rule_no = o.rule_no AND u.counted
 ORDER BY o.ord
