-- Rules of both periods that enter the rates of the use.
SELECT a.rule_no, b.rule_no
  FROM rule a
  JOIN rule b ON b.period_id = :to AND b.id = a.id
 WHERE a.period_id = :from AND a.kind = 'counted' AND b.kind = 'counted'
   AND (b.uses = '' OR instr(' ' || b.uses || ' ', ' ' || :use || ' ') > 0)
 ORDER BY b.rule_no
