-- What Macs cannot do now, for certain or perhaps.
SELECT code, title, why, lost, n_lost, share, perhaps, bar
  FROM temp.html_capabilities
 ORDER BY rowid
