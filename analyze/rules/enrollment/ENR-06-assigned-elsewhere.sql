-- id: ENR-06
-- title: Assigned to another server in Apple Business
-- scope: device
-- severity: medium
-- uses: monthly migration
-- loses:
-- facts: in_abm, abm_server
-- why: After an erase this Mac will enrol with another server than the one
--      intended.
-- fix: R16
-- Judged only where the policy names the expected server; letters may differ in
-- case.
SELECT device_id,
       in_abm AND p_expected_abm_server IS NOT NULL    AS applies,
       lower(abm_server) <> lower(p_expected_abm_server) AS fails,
       CASE
         WHEN abm_server IS NULL
         THEN 'which server the Mac is assigned to is not known'
         ELSE 'the Mac is assigned to ' || abm_server || ' instead of '
              || p_expected_abm_server
       END                                             AS evidence
  FROM device_posture
