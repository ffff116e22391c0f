-- id: DATA-02
-- title: What was read of this Mac is old
-- scope: device
-- severity: medium
-- kind: report-only
-- uses: monthly
-- loses:
-- facts: observed_at
-- why: The report describes the Mac as it was then.
-- fix: R17
-- A source that does not say when it read the Mac leaves this open.
SELECT device_id,
       TRUE                                            AS applies,
       observed_at < as_of - 86400 * p_export_days     AS fails,
       CASE
         WHEN observed_at IS NULL
         THEN 'when the facts of this Mac were read is not known'
         ELSE 'the facts of this Mac were read '
              || ((as_of - observed_at) / 86400) || ' days ago'
       END                                             AS evidence
  FROM device_posture
