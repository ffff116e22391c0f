-- Lines there would be without a limit.
SELECT count(*)
  FROM (SELECT DISTINCT o.device_id, o.fail, o.remedy
          FROM temp.report_finding o
          CROSS JOIN temp.report_rule u
                  ON u.rule_no = o.rule_no AND u.counted)
