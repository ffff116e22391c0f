-- Every Mac with its verdict; reported by client and serial number. Numbers are
-- empty where the smallest and the largest that fit the facts differ. The next
-- step repairs the gravest failure; where a grave question is open, it finds out
-- what that lacks. That of a migration comes from its own judgement.
SELECT c.name                       AS client,
       t.site                       AS site,
       d.serial                     AS serial,
       t.name                       AS device_name,
       t.asset_tag                  AS asset_tag,
       t.assigned_user              AS assigned_user,
       t.model                      AS model,
       x.chip                       AS chip,
       t.os_version                 AS os_version,
       x.last_checkin               AS last_checkin,
       x.filevault                  AS filevault,
       p.bootstrap_state            AS bootstrap_state,
       CASE WHEN p.holders_min = p.holders_max THEN p.holders_min END
                                    AS holders,
       CASE WHEN p.token_admins_max = name_count(p.token_admin_names)
            THEN p.token_admins_max END
                                    AS token_admins,
       p.repair_path                AS repair_path,
       r.verdict                    AS verdict,
       r.worst                      AS worst_severity,
       r.failed                     AS failed,
       r.unknown                    AS unknown,
       r.notchecked                 AS notchecked,
       replace(r.lost, ' ', ';')    AS cannot_do,
       r.readiness                  AS readiness,
       CASE WHEN m.id IS NOT NULL THEN m.title
            WHEN :use = 'migration' THEN 'Find out: ' || v.open
            WHEN r.verdict = 'undetermined'
            THEN 'Find out: ' ||
                 (SELECT find_out(f.missing)
                    FROM finding f
                   WHERE f.period_id = :period_id
                     AND f.device_id = o.device_id
                     AND f.result = 'unknown' AND f.missing <> ''
                   ORDER BY severity_rank(f.severity) DESC, f.rule_no, f.rowid
                   LIMIT 1) END
                                    AS next_step,
       m.effort                     AS effort,
       CASE WHEN :use = 'migration' THEN v.remedy ELSE r.next_remedy END
                                    AS next_remedy,
       p.holder_names               AS holder_names,
       p.token_admin_names          AS token_admin_names,
       replace(r.perhaps_lost, ' ', ';') AS cannot_do_perhaps,
       r.stale IS TRUE              AS not_reporting,
       v.reasons                    AS readiness_reasons,
       v.open                       AS readiness_open,
       m.who                        AS next_owner,
       m.minutes                    AS next_minutes,
       -- Will it take the update, and the wipe? Empty: not proved, or the
       -- Mac does not report any more.
       CASE WHEN instr(' ' || r.lost || ' ', ' update ') THEN 'no'
            WHEN r.stale THEN NULL
            WHEN instr(' ' || r.perhaps_lost || ' ', ' update ') THEN NULL
            WHEN instr(' ' || r.lost || ' ', ' updates-by-server ')
            THEN 'by a person'
            WHEN instr(' ' || r.perhaps_lost || ' ', ' updates-by-server ')
            THEN NULL
            ELSE 'by the server' END AS takes_update,
       CASE WHEN instr(' ' || r.lost || ' ', ' erase ') THEN 'no'
            WHEN r.stale THEN NULL
            WHEN instr(' ' || r.perhaps_lost || ' ', ' erase ') THEN NULL
            ELSE 'yes' END          AS takes_wipe,
       t.custom                     AS _custom,
       o.device_id                  AS _device_id,
       o.rank                       AS _rank
  FROM temp.report_rank o
  CROSS JOIN device_result r
          ON r.period_id = :period_id AND r.device_id = o.device_id
  CROSS JOIN device d ON d.device_id = o.device_id
  CROSS JOIN client c ON c.client_id = r.client_id
  LEFT JOIN device_text t ON t.device_id = o.device_id
  LEFT JOIN device_fact x ON x.device_id = o.device_id
  LEFT JOIN device_derived p ON p.device_id = o.device_id
  LEFT JOIN temp.report_move v ON v.device_id = o.device_id
  LEFT JOIN remedy m ON m.id = CASE WHEN :use = 'migration' THEN v.remedy
                                    ELSE r.next_remedy END
 ORDER BY o.device_id
