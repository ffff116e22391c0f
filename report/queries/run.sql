-- What was judged, and by what.
SELECT n.period AS period, iso(n.as_of) AS as_of, n.version AS version,
       n.rules_digest AS rules_digest, n.inputs_digest AS inputs_digest,
       n.replaced AS replaced, n.unjoined AS unjoined, n.policy AS _policy
  FROM run n
 WHERE n.period_id = :period_id
