-- Blocks of a hundred Macs, worst first, up to 500.
SELECT (no - 1) / 100        AS block,
       min(no)               AS from_no,
       max(no)               AS to_no
  FROM temp.html_mac
 WHERE no <= 500
 GROUP BY (no - 1) / 100
 ORDER BY 1
