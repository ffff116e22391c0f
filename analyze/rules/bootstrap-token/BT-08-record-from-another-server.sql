-- id: BT-08
-- title: The Mac keeps a bootstrap token that its server does not have
-- scope: device
-- severity: medium
-- uses: monthly migration
-- loses: auto updates-by-server erase
-- facts: os_version, bootstrap_record
-- why: It looks as if a token were in place, perhaps left over from an earlier
--      server, but the present server cannot use it.
-- fix: R1 R4 R5 R9 R14
-- Where it came from is a guess. unknown and conflict leave the question open.
SELECT device_id,
       os >= 101500                                    AS applies,
       bootstrap_record AND
         CASE
           WHEN bootstrap_state IN ('absent', 'unsupported') THEN TRUE
           WHEN bootstrap_state NOT IN ('unknown', 'conflict') THEN FALSE
         END                                           AS fails,
       CASE
         WHEN bootstrap_record AND bootstrap_state IN ('absent', 'unsupported')
         THEN 'the volume lists a bootstrap token that the server does not '
              || 'have; it may be left from an earlier server'
         ELSE 'whether the volume lists a token that the server lacks is not '
              || 'known'
       END                                             AS evidence,
       CASE
         WHEN bootstrap_state = 'unsupported' THEN 'R9'
         WHEN bootstrap_state = 'absent' AND repair_path = 'B' THEN 'R4'
         WHEN bootstrap_state = 'absent' AND repair_path = 'D' THEN 'R5'
         WHEN bootstrap_state = 'absent' AND repair_path = 'E' THEN 'R14'
       END                                             AS remedy
  FROM device_posture
