-- The Macs of the page's data, worst first.
SELECT m.no, d.serial, t.name, t.assigned_user, t.assigned_email, t.asset_tag,
       c.name, t.site, t.model, x.chip, t.os_version, r.verdict,
       severity_rank(r.worst), r.failed, r.unknown, r.notchecked, r.stale,
       x.last_checkin, x.filevault, p.bootstrap_state,
       CASE WHEN p.holders_min = p.holders_max THEN p.holders_min END,
       p.repair_path, r.next_remedy, r.lost, r.perhaps_lost, r.readiness,
       p.holder_names
  FROM temp.html_mac m
  CROSS JOIN device_result r
          ON r.period_id = :period_id AND r.device_id = m.device_id
  CROSS JOIN device d ON d.device_id = m.device_id
  CROSS JOIN client c ON c.client_id = r.client_id
  LEFT JOIN device_text t ON t.device_id = m.device_id
  LEFT JOIN device_fact x ON x.device_id = m.device_id
  LEFT JOIN device_derived p ON p.device_id = m.device_id
 ORDER BY m.no
