-- id: VO-03
-- title: Secure token and volume ownership of an account disagree
-- scope: account
-- severity: high
-- uses: monthly
-- loses: update
-- facts: chip, os_version, secure_token, volume_owner
-- why: The two belong together; where they differ, something is probably
--      broken.
-- fix: R3 R5
-- Both must be known to be compared.
SELECT account_id,
       chip = 'apple' AND os >= 110000                 AS applies,
       secure_token <> volume_owner                    AS fails,
       CASE
         WHEN secure_token IS NULL OR volume_owner IS NULL
         THEN 'whether token and ownership of ' || account || ' agree is not '
              || 'known'
         WHEN secure_token
         THEN account || ' is shown with a token and is no volume owner'
         ELSE account || ' is a volume owner and is shown without a token'
       END                                             AS evidence,
       CASE
         WHEN other_admin_usable THEN 'R3'
         WHEN secure_token <> volume_owner THEN 'R5'
       END                                             AS remedy
  FROM account_posture
