-- Texts in which a name says nothing about another client. 'plain' ones (of the
-- program, rules and makers, and names that are themselves hidden where that
-- was asked for) excuse a name of the client too that was to be hidden, 'own'
-- ones do not. Of 'sql' the quoted texts count.
SELECT t.site AS text, 'own' AS what
  FROM temp.report_device o
  JOIN device_text t ON t.device_id = o.device_id
 WHERE t.site IS NOT NULL
UNION ALL
SELECT t.asset_tag, 'plain'
  FROM temp.report_device o
  JOIN device_text t ON t.device_id = o.device_id
 WHERE t.asset_tag IS NOT NULL
UNION ALL
SELECT t.custom, 'own'
  FROM temp.report_device o
  JOIN device_text t ON t.device_id = o.device_id
 WHERE t.custom IS NOT NULL
UNION ALL
SELECT coalesce(t.name, '') || ' ' || coalesce(t.assigned_user, '') || ' '
         || coalesce(t.assigned_email, '') || ' ' || d.serial || ' '
         || coalesce(t.enrolled_by, ''), 'plain'
  FROM temp.report_device o
  JOIN device d ON d.device_id = o.device_id
  JOIN device_text t ON t.device_id = o.device_id
UNION ALL
SELECT DISTINCT coalesce(t.mdm_server, '') || ' ' || coalesce(t.abm_server, '')
         || ' ' || coalesce(t.model, '') || ' ' || coalesce(t.os_build, ''),
       'plain'
  FROM temp.report_device o
  JOIN device_text t ON t.device_id = o.device_id
UNION ALL
SELECT a.account || ' ' || coalesce(a.full_name, ''), 'plain'
  FROM temp.report_device o
  JOIN account_fact a ON a.device_id = o.device_id
UNION ALL
SELECT id || ' ' || module || ' ' || facts || ' ' || uses || ' ' || loses || ' '
         || fix || ' ' || error, 'plain'
  FROM temp.report_rule
UNION ALL
-- what an operator's own rule says goes to every client, and is searched
SELECT title || ' ' || why || ' ' || ref, 'plain'
  FROM rule WHERE period_id = :period_id AND origin = 'built-in'
UNION ALL
SELECT sql, 'sql'
  FROM rule WHERE period_id = :period_id AND origin = 'built-in'
UNION ALL
SELECT title || ' ' || who || ' ' || effort || ' ' || risk || ' ' || steps
         || ' ' || verify || ' ' || plain, 'plain'
  FROM remedy
UNION ALL
SELECT i.file || ' ' || i.notes, 'own'
  FROM temp.report_import n
  JOIN import i ON i.import_id = n.import_id
UNION ALL
SELECT i.source || ' ' || i.source_title || ' ' || i.server || ' ' || i.format,
       'plain'
  FROM temp.report_import n
  JOIN import i ON i.import_id = n.import_id
UNION ALL
SELECT h.header || ' ' || h.fact, 'own'
  FROM temp.report_import n
  JOIN import_column h ON h.import_id = n.import_id
UNION ALL
SELECT w.owner || ' ' || w.approved_by || ' ' || w.ticket, 'own'
  FROM waiver w
 WHERE w.period_id = :period_id
   AND (:client_id = 0
        OR (w.client <> '' AND glob_match(w.client,
              (SELECT name FROM client WHERE client_id = :client_id)))
        OR EXISTS (SELECT 1 FROM finding f
                    WHERE f.period_id = :period_id
                      AND f.client_id = :client_id
                      AND f.waiver = w.waiver_id))
UNION ALL
SELECT name || ' ' || :use, 'plain' FROM client WHERE client_id = :client_id
UNION ALL
SELECT policy || ' ' || period || ' ' || version, 'plain' FROM run
 WHERE period_id = :period_id
