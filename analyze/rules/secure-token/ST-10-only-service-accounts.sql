-- id: ST-10
-- title: Only service, hidden, shared or managed accounts hold secure tokens
-- scope: device
-- severity: high
-- uses: monthly client migration
-- loses: unlock update
-- facts: secure_token, role
-- why: The person who works at this Mac cannot unlock its disk or install
--      updates; common where the account of IT was made first.
-- fix: R2 R3 R4 R5 R14
-- Needs both: no holder is a person, and a person is without a token.
SELECT device_id,
       any_holder                                      AS applies,
       NOT any_person_holder
         AND any_person_without_token                  AS fails,
       CASE
         WHEN any_holder IS NULL
         THEN 'whether any account holds a token is not known'
         WHEN NOT any_person_holder AND any_person_without_token
         THEN 'only ' || holder_names || ' may unlock, and no person who works '
              || 'here'
         ELSE 'whether a person who works here holds a token is not known'
       END                                             AS evidence,
       CASE
         WHEN NOT bootstrap_expected
         THEN CASE repair_path
                WHEN 'B' THEN 'R4'
                WHEN 'D' THEN 'R5'
                WHEN 'E' THEN 'R14'
                ELSE 'R3'
              END
       END                                             AS remedy
  FROM device_posture
