-- The files that were judged, as far as this report may name them.
SELECT i.import_id                          AS import_id,
       i.file                               AS file,
       i.source_title                       AS source,
       nullif(i.client, '')                 AS client,
       day(i.collected)                     AS collected,
       num(i.records)                       AS records,
       num(i.accepted)                      AS accepted,
       num(i.rejected)                      AS rejected,
       num(i.left_out)                      AS left_out,
       num(i.devices)                       AS devices,
       num(i.accounts)                      AS accounts,
       i.standing                           AS standing,
       i.sha256                             AS sha256,
       nullif(i.notes, '')                  AS notes
  FROM temp.report_import n
  JOIN import i ON i.import_id = n.import_id
 ORDER BY i.client, i.file, i.sha256
