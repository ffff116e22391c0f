-- Rules by number, as the page's data refers to them.
SELECT rule_no, id, title, severity, why, kind = 'cause'
  FROM temp.report_rule
 ORDER BY rule_no
