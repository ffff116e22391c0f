-- id: ENR-01
-- title: The Mac is not enrolled in device management
-- scope: device
-- severity: high
-- uses: monthly client migration
-- loses: auto updates-by-server settings erase kexts
-- facts: mdm_enrolled
-- why: Nothing of this Mac can be managed, and none of its keys can be stored.
-- fix: R16
-- core: yes
-- ref: mSCP os_mdm_require; CIS 1.8 (macOS 14, 15)
-- Unknown is neither.
SELECT device_id,
       TRUE                                            AS applies,
       NOT mdm_enrolled                                AS fails,
       CASE
         WHEN mdm_enrolled IS NULL
         THEN 'whether the Mac is enrolled is not known'
         ELSE 'the Mac is not enrolled'
       END                                             AS evidence
  FROM device_posture
