-- id: ADM-01
-- title: The managed administrator's password is not on record
-- scope: device
-- severity: medium
-- uses: monthly migration
-- loses:
-- facts: role, password_known_by
-- why: The account that is kept for emergencies opens nothing.
-- fix: R23
-- Roles and known passwords come from people, and are often unknown.
SELECT device_id,
       any_managed_admin                               AS applies,
       any_managed_admin_unknown                       AS fails,
       CASE
         WHEN any_managed_token_admin_unknown AND token_admins_max = 1
         THEN 'high'
       END                                             AS severity,
       CASE
         WHEN any_managed_admin_unknown IS NULL
         THEN 'whether IT knows the password of the managed administrator is '
              || 'not known'
         WHEN any_managed_token_admin_unknown AND token_admins_max = 1
         THEN 'IT does not know the password of the only administrator with a '
              || 'secure token; do not reset it from the server'
         ELSE 'IT does not know the password of the managed administrator'
       END                                             AS evidence
  FROM device_posture
