-- id: ADM-04
-- title: A shared account is on the Mac
-- scope: device
-- severity: info
-- kind: report-only
-- uses: monthly
-- loses:
-- facts: role
-- why: Several people may know one password; nobody can say who did what.
-- fix:
-- Only people can say that an account is shared.
SELECT device_id,
       TRUE                                            AS applies,
       any_shared                                      AS fails,
       CASE
         WHEN any_shared IS NULL
         THEN 'whether an account is shared is not known'
         ELSE 'an account is shared, and so may be its password'
       END                                             AS evidence
  FROM device_posture
