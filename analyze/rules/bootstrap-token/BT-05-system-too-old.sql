-- id: BT-05
-- title: The system is too old for full bootstrap token help
-- scope: device
-- severity: low
-- uses: monthly migration
-- loses: auto erase
-- facts: os_version
-- why: On old systems people do not get their token at login by themselves, or
--      only some kinds of accounts do, and the system no longer gets fixes.
-- fix: R19 R3
-- An unknown system version leaves this open.
SELECT device_id,
       TRUE                                            AS applies,
       os < 110000                                     AS fails,
       CASE WHEN os < 101500 THEN 'medium' END         AS severity,
       CASE
         WHEN os IS NULL
         THEN 'the version of macOS is not known'
         WHEN os < 101500
         THEN 'this macOS knows no bootstrap token; an update brings it'
         WHEN os < 101504
         THEN 'on this macOS the token is stored only by hand, and only mobile '
              || 'accounts and the managed admin get theirs at login'
         ELSE 'on this macOS only mobile accounts and the managed admin get '
              || 'their token at login'
       END                                             AS evidence
  FROM device_posture
