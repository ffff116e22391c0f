-- id: MIG-01
-- title: The system is too old to be moved in place
-- scope: device
-- severity: high
-- uses: migration
-- loses:
-- facts: os_version
-- why: Apple's move without an erase needs macOS 26; older Macs must be updated
--      first or moved by hand.
-- fix: R19
-- A route that is not set is judged as if it were this one.
SELECT device_id,
       COALESCE(p_route, 'in-place') = 'in-place'      AS applies,
       os < 260000                                     AS fails,
       CASE
         WHEN os IS NULL
         THEN 'the version of macOS is not known'
         ELSE 'macOS is older than 26'
       END                                             AS evidence
  FROM device_posture
