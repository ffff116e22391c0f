-- id: MIG-04
-- title: The person at the Mac cannot finish the move alone
-- scope: device
-- severity: high
-- uses: migration
-- loses:
-- facts: role, admin, password_known_by
-- why: The classic way asks for an administrator's password at the Mac, and
--      there is none at hand.
-- fix: R13
-- An administrator is at hand where somebody is known to know the password.
SELECT device_id,
       COALESCE(p_route, 'classic') = 'classic'        AS applies,
       any_primary_not_admin AND NOT any_admin_at_hand AS fails,
       CASE
         WHEN any_primary_not_admin AND NOT any_admin_at_hand
         THEN 'the main user is no administrator, and nobody knows the '
              || 'password of one'
         ELSE 'whether an administrator is at hand is not known'
       END                                             AS evidence
  FROM device_posture
