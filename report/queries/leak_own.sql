-- Texts of the client itself and of the rules: a name found in them says
-- nothing about another client.
SELECT t.site || ' ' || coalesce(t.model, '') || ' '
         || coalesce(t.asset_tag, '') || ' ' || coalesce(t.custom, '') AS text
  FROM temp.report_device o
  JOIN device_text t ON t.device_id = o.device_id
 WHERE t.site IS NOT NULL OR t.asset_tag IS NOT NULL OR t.custom IS NOT NULL
UNION ALL
SELECT coalesce(t.name, '') || ' ' || coalesce(t.assigned_user, '') || ' '
         || coalesce(t.assigned_email, '') || ' ' || d.serial || ' '
         || coalesce(t.mdm_server, '') || ' ' || coalesce(t.enrolled_by, '')
         || ' ' || coalesce(t.abm_server, '') || ' '
         || coalesce(t.model, '') || ' ' || coalesce(t.os_build, '')
  FROM temp.report_device o
  JOIN device d ON d.device_id = o.device_id
  JOIN device_text t ON t.device_id = o.device_id
UNION ALL
SELECT a.account || ' ' || coalesce(a.full_name, '')
  FROM temp.report_device o
  JOIN account_fact a ON a.device_id = o.device_id
UNION ALL
SELECT id || ' ' || title || ' ' || module || ' ' || facts || ' ' || why || ' '
         || uses || ' ' || loses || ' ' || fix || ' ' || ref || ' ' || error
  FROM temp.report_rule
UNION ALL
SELECT title || ' ' || who || ' ' || effort || ' ' || risk || ' ' || steps
         || ' ' || verify || ' ' || plain
  FROM remedy
UNION ALL
SELECT file || ' ' || source || ' ' || source_title || ' ' || server || ' '
         || format || ' ' || notes
  FROM import
 WHERE client = (SELECT name FROM client WHERE client_id = :client_id)
UNION ALL
SELECT h.header || ' ' || h.fact
  FROM import_column h
UNION ALL
SELECT w.owner || ' ' || w.approved_by || ' ' || w.ticket
  FROM waiver w
 WHERE w.period_id = :period_id
UNION ALL
SELECT name || ' ' || :use FROM client WHERE client_id = :client_id
UNION ALL
SELECT policy || ' ' || period || ' ' || version FROM run
 WHERE period_id = :period_id
