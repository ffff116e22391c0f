-- The Macs of the page's data, reported worst first; the columns are those that
-- report/html_data.c writes.
SELECT d.serial, t.name, t.assigned_user, t.asset_tag, c.name, t.site, t.model,
       x.chip, t.os_version, r.verdict,
       CASE WHEN x.last_checkin = 0 THEN -1 ELSE x.last_checkin / 86400 END,
       x.filevault, p.bootstrap_state, p.repair_path, r.next_remedy, r.failed,
       r.unknown,
       CASE WHEN r.lost || r.perhaps_lost <> ''
            THEN r.lost || '|' || r.perhaps_lost END,
       r.readiness, p.holder_names, p.holders_max = 0, r.stale,
       t.assigned_email, m.no AS _no
  FROM temp.html_mac m
  CROSS JOIN device_result r
          ON r.period_id = :period_id AND r.device_id = m.device_id
  CROSS JOIN device d ON d.device_id = m.device_id
  CROSS JOIN client c ON c.client_id = r.client_id
  LEFT JOIN device_text t ON t.device_id = m.device_id
  LEFT JOIN device_fact x ON x.device_id = m.device_id
  LEFT JOIN device_derived p ON p.device_id = m.device_id
 ORDER BY m.device_id
