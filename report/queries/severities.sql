-- Findings by severity: failed, undetermined, accepted; Macs with a failure.
SELECT severity, fail, unknown, accepted, devices
  FROM temp.report_severity
 ORDER BY rank DESC
