-- What changed since the period before, in Macs.
WITH word (ord, code) AS (
  VALUES (0, 'new'), (1, 'reopened'), (2, 'worse'), (3, 'better'),
         (4, 'resolved'), (5, 'questions'), (6, 'answered'), (7, 'unclear'),
         (8, 'measured'), (9, 'unmeasured'), (10, 'gone')
)
SELECT w.code                               AS code,
       plain('change', w.code)              AS title,
       plain('change-note', w.code)         AS note,
       num(count(DISTINCT c.serial))        AS devices
  FROM word w
  JOIN temp.html_changed c ON c.change = w.code
 GROUP BY w.ord
 ORDER BY w.ord
