-- id: FV-07
-- title: FileVault has been waiting to start for too long
-- scope: device
-- severity: high
-- uses: monthly
-- loses:
-- facts: filevault, deferred_since
-- why: The policy says encrypted, the disk is not. Perhaps nobody logs in at
--      the Mac, or the person who does holds no secure token.
-- fix: R15
-- Reads the word itself; since when may be unknown.
SELECT device_id,
       filevault = 'deferred'                          AS applies,
       deferred_since < as_of - 86400 * p_deferred_days AS fails,
       CASE
         WHEN deferred_since IS NULL
         THEN 'since when FileVault waits for a login is not known'
         ELSE 'FileVault has been waiting for a login for '
              || ((as_of - deferred_since) / 86400) || ' days'
       END                                             AS evidence
  FROM device_posture
