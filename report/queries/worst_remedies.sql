-- Remedies by the number of Macs that need them.
SELECT m.title AS title, m.id AS remedy, m.effort AS effort, m.who AS who,
       t.devices AS devices
  FROM temp.report_remedy t
  JOIN remedy m ON m.id = t.remedy
 ORDER BY t.devices DESC, t.no
