-- What to do, worst first.
SELECT remedy, title, plain, risk, verify, who, effort, devices, n, macs,
       hours, n_hours, severity, severity_word, news, n_news, why, problem,
       n_more, more, n_more_macs, more_macs
  FROM temp.html_actions
 ORDER BY rowid
