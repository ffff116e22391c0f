-- id: ST-12
-- title: This kind of account does not get a secure token by itself
-- scope: account
-- severity: info
-- kind: cause
-- uses: monthly client migration
-- loses:
-- facts: secure_token, created_by, kind
-- why: Accounts made on the command line and mobile accounts of a directory
--      start without a token.
-- fix: R2 R3
-- Either of the two causes is enough, so one may be unknown.
SELECT account_id,
       needs_token                                     AS applies,
       NOT secure_token
         AND (created_by = 'cli' OR kind = 'mobile')   AS fails,
       CASE
         WHEN secure_token IS NULL
         THEN 'whether ' || account || ' holds a secure token is not known'
         WHEN created_by = 'cli'
         THEN account || ' was made on the command line'
         WHEN kind = 'mobile'
         THEN account || ' is a mobile account of a directory'
         ELSE 'how ' || account || ' was made is not known'
       END                                             AS evidence,
       CASE WHEN NOT bootstrap_expected THEN 'R3' END  AS remedy
  FROM account_posture
