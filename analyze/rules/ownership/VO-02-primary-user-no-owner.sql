-- id: VO-02
-- title: The main user of the Mac is not a volume owner
-- scope: account
-- severity: high
-- uses: monthly migration
-- loses: update boot-policy
-- facts: chip, os_version, role, volume_owner
-- why: This person cannot approve updates of an Apple silicon Mac.
-- fix: R2 R3 R4 R5 R14
-- role is three-valued here: an unknown one may be the main user's.
SELECT account_id,
       chip = 'apple' AND os >= 110000 AND role = 'primary' AS applies,
       NOT volume_owner                                AS fails,
       CASE WHEN bootstrap_expected THEN 'medium' END  AS severity,
       CASE
         WHEN volume_owner IS NULL
         THEN 'whether ' || account || ' is volume owner is not known'
         ELSE account || ' is not a volume owner'
       END                                             AS evidence,
       CASE
         WHEN volume_owner IS NULL OR bootstrap_expected THEN 'R2'
         WHEN repair_path = 'A' THEN 'R3'
         WHEN repair_path = 'B' THEN 'R4'
         WHEN repair_path = 'D' THEN 'R5'
         WHEN repair_path = 'E' AND NOT bootstrap_expected THEN 'R14'
       END                                             AS remedy
  FROM account_posture
