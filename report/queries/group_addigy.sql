-- Addigy: one row a fix, its serial numbers ready to be pasted into a filter.
SELECT r.remedy                   AS remedy,
       m.title                    AS title,
       r.devices                  AS devices,
       (SELECT group_concat(serial, ',')
          FROM (SELECT d.serial
                  FROM temp.report_remedy_mac x
                  JOIN device d ON d.device_id = x.device_id
                 WHERE x.no = r.no
                 ORDER BY x.rank)) AS serial_numbers
  FROM temp.report_remedy r
  JOIN remedy m ON m.id = r.remedy
 ORDER BY r.no
