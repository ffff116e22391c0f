-- Rules that must be measured and were not, everywhere.
SELECT title                                   AS title,
       rule                                    AS id,
       num(notchecked)                         AS count,
       CASE WHEN scope = 'account'
            THEN iif(notchecked = 1, 'account', 'accounts')
            ELSE iif(notchecked = 1, 'Mac', 'Macs') END AS what
  FROM temp.html_required
 ORDER BY rowid
