-- The shortest way to no critical problem, step by step.
SELECT m.title                     AS title,
       p.remedy                    AS remedy,
       plain('who', m.who)         AS who,
       plain('effort', m.effort)   AS effort,
       num(p.macs)                 AS macs,
       num(p.remaining)            AS remaining
  FROM temp.html_path p
  JOIN remedy m ON m.id = p.remedy
 WHERE p.goal = 1
 ORDER BY p.ord
