-- What to do, and on how many Macs: failed findings that nobody accepted.
SELECT m.id       AS remedy,
       m.title    AS title,
       m.effort   AS effort,
       t.devices  AS devices,
       t.accounts AS accounts,
       NULL       AS serials,
       m.who      AS who,
       m.minutes  AS minutes,
       t.no       AS _no
  FROM temp.report_remedy t
  JOIN remedy m ON m.id = t.remedy
 ORDER BY t.no
