-- id: MIG-09
-- title: Activation Lock should be settled before the move
-- scope: device
-- severity: medium
-- uses: migration
-- loses:
-- facts: chip, os_version, activation_lock
-- why: The bypass code of the old server may end with the move.
-- fix: R20
-- Unknown is neither.
SELECT device_id,
       chip IN ('apple', 't2') AND os >= 101500        AS applies,
       activation_lock = 'user'                        AS fails,
       CASE
         WHEN activation_lock IS NULL
         THEN 'whether Activation Lock is on is not known'
         ELSE 'Activation Lock of a personal Apple Account is on'
       END                                             AS evidence
  FROM device_posture
