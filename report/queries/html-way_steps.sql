-- The actions of one way, in order.
SELECT m.title                     AS title,
       p.remedy                    AS remedy,
       plain('who', m.who)         AS who,
       plain('effort', m.effort)   AS effort,
       num(p.macs)                 AS macs,
       num(p.remaining)            AS remaining
  FROM temp.html_path p
  JOIN remedy m ON m.id = p.remedy
 WHERE p.way = :way
 ORDER BY p.ord
