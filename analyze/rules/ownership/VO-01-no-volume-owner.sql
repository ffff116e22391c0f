-- id: VO-01
-- title: No account is volume owner, so nobody can approve updates
-- scope: device
-- severity: critical
-- uses: monthly client migration
-- loses: update boot-policy
-- facts: chip, os_version, volume_owner
-- why: Without a volume owner nobody can install updates, change startup
--      security or erase the Mac from its own settings.
-- fix: R2 R5 R14
-- "no" only where all accounts are known and each of them is none.
SELECT device_id,
       chip = 'apple' AND os >= 110000                 AS applies,
       NOT any_volume_owner                            AS fails,
       CASE
         WHEN any_volume_owner IS NULL
         THEN 'whether an account is volume owner is not known'
         ELSE 'no account is volume owner'
       END                                             AS evidence,
       CASE
         WHEN any_volume_owner IS NULL OR bootstrap_expected IS NOT FALSE
         THEN 'R2'
         WHEN repair_path = 'E' THEN 'R14'
         ELSE 'R5'
       END                                             AS remedy
  FROM device_posture
