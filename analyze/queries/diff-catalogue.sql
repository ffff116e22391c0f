-- Rules of which the text is not the same in both periods.
SELECT CASE WHEN a.id IS NULL THEN 'added'
            WHEN b.id IS NULL THEN 'removed'
            ELSE 'changed'
       END,
       x.id, coalesce(b.title, a.title)
  FROM (SELECT id FROM rule WHERE period_id IN (:from, :to) GROUP BY id) x
  LEFT JOIN rule a ON a.period_id = :from AND a.id = x.id
  LEFT JOIN rule b ON b.period_id = :to AND b.id = x.id
 WHERE a.digest IS DISTINCT FROM b.digest
 ORDER BY x.id
