-- Serial numbers to paste, one a line.
SELECT group_concat(serial, char(10)) AS serials,
       count(*)                       AS n
  FROM (SELECT serial FROM temp.html_serials
         WHERE remedy = :remedy ORDER BY rank LIMIT 2000)
