-- Accepted risks as given.
SELECT w.rule                               AS rule,
       coalesce(u.title, w.rule)            AS title,
       trim(CASE WHEN w.client NOT IN ('', '*') THEN w.client || ' ' ELSE '' END
            || CASE WHEN w.serial NOT IN ('', '*') THEN w.serial || ' '
                    ELSE '' END
            || CASE WHEN w.account NOT IN ('', '*') THEN w.account ELSE '' END)
                                            AS scope,
       w.reason                             AS reason,
       w.owner                              AS owner,
       nullif(w.approved_by, '')            AS approved_by,
       nullif(w.ticket, '')                 AS ticket,
       day(w.expires)                       AS expires,
       w.state                              AS state,
       w.state IN ('expired', 'expiring', 'unmatched') AS warn,
       num(w.matches)                       AS matches
  FROM temp.html_waivers w
  LEFT JOIN temp.report_rule u ON u.id = w.rule
