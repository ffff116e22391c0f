-- Changes of checks that enter rates, in the words of the page: a problem is a
-- fail, an open question an unknown.
DELETE FROM temp.html_changed;

INSERT INTO temp.html_changed (change, serial, rule)
SELECT CASE
         WHEN c.change IN ('new', 'reopened', 'measured', 'worse')
              AND c.after LIKE 'unknown%'
         THEN CASE c.change WHEN 'measured' THEN 'measured'
              ELSE 'questions' END
         WHEN c.change = 'resolved' AND c.before LIKE 'unknown%'
         THEN 'answered'
         ELSE c.change
       END,
       c.serial, c.rule
  FROM temp.html_all_changes c
  JOIN temp.report_rule u ON u.id = c.rule AND u.counted;
