-- What people wrote beside a finding.
SELECT owner, iso_date(due) AS due, comment, due AS _due, decision AS _decision
  FROM temp.report_work
 WHERE finding_id = :finding_id AND client = :client
