-- id: ADM-02
-- title: Password rotation and the secure token may get out of step
-- scope: account
-- severity: medium
-- uses: monthly
-- loses:
-- facts: laps, secure_token
-- why: A rotation that does not know the old password may be refused, or leave
--      the disk at the old one.
-- fix: R24
-- Whether the tool knows the old password is not among the facts.
SELECT account_id,
       laps                                            AS applies,
       secure_token                                    AS fails,
       CASE
         WHEN laps IS NULL
         THEN 'whether the password of ' || account || ' is rotated while it '
              || 'holds a secure token is not known'
         WHEN secure_token IS NULL
         THEN 'whether ' || account || ', whose password is rotated, holds a '
              || 'secure token is not known'
         ELSE 'the password of ' || account || ' is rotated, and it holds a '
              || 'secure token; the disk may stay at an old password'
       END                                             AS evidence
  FROM account_posture
