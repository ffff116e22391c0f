-- The files that were judged, as far as this report may name them.
SELECT i.file                            AS file,
       i.source_title                    AS source,
       i.format                          AS format,
       i.bytes                           AS bytes,
       i.sha256                          AS sha256,
       iso(i.collected)                  AS collected,
       i.records                         AS records,
       i.accepted                        AS accepted,
       i.rejected                        AS rejected,
       i.left_out                        AS left_out,
       i.devices                         AS device_rows,
       i.accounts                        AS account_rows,
       i.standing                        AS standing,
       i.notes                           AS notes,
       i.import_id                       AS _import_id
  FROM temp.report_import n
  JOIN import i ON i.import_id = n.import_id
 ORDER BY i.file, i.sha256, i.mapping_digest
