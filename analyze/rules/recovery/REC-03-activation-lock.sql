-- id: REC-03
-- title: Activation Lock may keep an erased Mac from starting again
-- scope: device
-- severity: medium
-- uses: monthly migration
-- loses:
-- facts: chip, os_version, activation_lock
-- why: After an erase only the person whose Apple Account it is can set the Mac
--      up. No other way out is on record.
-- fix: R20
-- A bypass code or Apple Business helps only where it is known to be there.
SELECT device_id,
       chip IN ('apple', 't2') AND os >= 101500        AS applies,
       activation_lock = 'user'
         AND activation_bypass_known IS NOT TRUE
         AND in_abm IS NOT TRUE                        AS fails,
       CASE WHEN p_route IS NOT NULL THEN 'high' END   AS severity,
       CASE
         WHEN activation_lock IS NULL
         THEN 'whether Activation Lock is on is not known'
         ELSE 'Activation Lock of a personal Apple Account is on, without a '
              || 'bypass code on record'
       END                                             AS evidence
  FROM device_posture
