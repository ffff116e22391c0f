-- Serial numbers to paste, one a line.
SELECT group_concat(serial, char(10)) AS serials,
       count(*)                       AS n
  FROM (SELECT d.serial
          FROM temp.report_remedy t
          CROSS JOIN temp.report_remedy_mac x ON x.no = t.no
          CROSS JOIN device d ON d.device_id = x.device_id
         WHERE t.remedy = :remedy
         ORDER BY x.rank
         LIMIT 2000)
