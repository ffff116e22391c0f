-- Lines that there are and the page's data has not.
SELECT (SELECT count(*)
          FROM (SELECT DISTINCT o.device_id, o.fail, o.remedy
                  FROM temp.report_finding o
                  CROSS JOIN temp.report_rule u
                          ON u.rule_no = o.rule_no AND u.counted))
       - (SELECT count(*)
            FROM temp.html_line l
            CROSS JOIN temp.html_mac m ON m.device_id = l.device_id)
