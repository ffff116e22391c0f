-- From records to Macs, one row. read = accepted + rejected + left out.
WITH file AS (
  SELECT coalesce(sum(i.records), 0) AS records,
         coalesce(sum(i.accepted), 0) AS accepted,
         coalesce(sum(i.rejected), 0) AS rejected,
         coalesce(sum(i.left_out), 0) AS left_out, count(*) AS files
    FROM temp.report_import n
    JOIN import i ON i.import_id = n.import_id
),
rows AS (
  SELECT count(*) AS n, count(DISTINCT w.device_id) AS macs
    FROM device_row w
    JOIN temp.report_rank k ON k.device_id = w.device_id
   WHERE w.import_id IN (SELECT import_id FROM run_import
                          WHERE period_id = :period_id)
),
came AS (
  SELECT count(*) FILTER (WHERE b.device_id IS NULL) AS appeared
    FROM temp.report_rank o
    LEFT JOIN device_result b
           ON b.period_id = :before_id AND b.device_id = o.device_id
          AND (:client_id = 0 OR b.client_id = :client_id)
),
went AS (
  SELECT count(*) AS gone
    FROM device_result b
   WHERE b.period_id = :before_id
     AND (:client_id = 0 OR b.client_id = :client_id)
     AND NOT EXISTS (SELECT 1 FROM temp.report_rank k
                      WHERE k.device_id = b.device_id)
),
accounts AS (
  SELECT count(*) AS n
    FROM account_fact t
    JOIN temp.report_rank k ON k.device_id = t.device_id
   WHERE t.kind IS DISTINCT FROM 'system'
)
SELECT num(f.files)                         AS files,
       num(f.records)                       AS records,
       num(f.accepted)                      AS records_accepted,
       num(f.rejected)                      AS records_rejected,
       f.rejected                           AS n_rejected,
       num(f.left_out)                      AS records_left_out,
       num(r.n)                             AS mac_records,
       num(r.macs)                          AS macs_from_records,
       num(r.n - r.macs)                    AS merged,
       num((SELECT count(*) FROM temp.report_device) - r.macs)             AS macs_from_lists,
       -- of all clients together, so on no client's page
       num(u.replaced)                      AS replaced,
       u.replaced * (:client_id = 0)        AS n_replaced,
       num(u.unjoined)                      AS unjoined,
       u.unjoined * (:client_id = 0)        AS n_unjoined,
       num(c.n)                             AS accounts,
       plural(c.n, 'account', 'accounts')   AS accounts_word,
       num(a.appeared)                      AS appeared,
       plural(a.appeared, 'Mac', 'Macs')    AS appeared_macs,
       num(g.gone)                          AS gone,
       u.version                            AS version,
       u.rules_digest                       AS rules_digest,
       u.inputs_digest                      AS inputs_digest
  FROM file f, rows r, came a, went g, accounts c, run u
 WHERE u.period_id = :period_id
