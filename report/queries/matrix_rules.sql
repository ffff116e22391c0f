-- The rules that the matrix has a column for.
SELECT rule_no, id FROM temp.report_rule ORDER BY rule_no
