-- Lines there would be without a limit.
SELECT count(*)
  FROM (SELECT DISTINCT f.device_id, f.result, f.remedy
          FROM temp.report_finding o
          CROSS JOIN finding f ON f.rowid = o.finding
          CROSS JOIN temp.report_rule u
                  ON u.rule_no = o.rule_no AND u.counted)
