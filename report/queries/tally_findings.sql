-- What is counted, in any order.
SELECT o.device_id, o.account_id, o.severity, o.fail, o.accepted,
       u.counted, o.remedy, o.fresh, o.rule_no
  FROM temp.report_finding o
  CROSS JOIN temp.report_rule u ON u.rule_no = o.rule_no
