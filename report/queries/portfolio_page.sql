-- The rows of the page of all clients, in the order of portfolio.sql.
SELECT l.name                                   AS name,
       l.page                                   AS page,
       num(p.devices)                           AS devices,
       num(p.at_risk)                           AS at_risk,
       p.at_risk                                AS n_at_risk,
       num(p.undetermined)                      AS undetermined,
       num(p.attention)                         AS attention,
       num(p.clean)                             AS clean,
       num(p.overdue)                           AS overdue,
       p.overdue                                AS n_overdue,
       num(p.macs_not_reporting)                AS silent,
       coalesce(rate(p.pass_rate), char(8211))  AS pass_rate,
       coalesce(rate(share(r.pass + r.fail, r.open)), char(8211)) AS coverage,
       CASE WHEN p.at_risk_change IS NULL THEN 'first time'
            WHEN p.at_risk_change = 0 THEN 'no change'
            ELSE signed(p.at_risk_change) END   AS change
  FROM temp.portfolio_row p
  JOIN temp.portfolio_page l ON l.client = p.client
  LEFT JOIN temp.portfolio_rate r ON r.client = p.client
 ORDER BY p.rowid
