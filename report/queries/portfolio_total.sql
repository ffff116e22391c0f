-- All clients of the page together, in one row.
SELECT num(count(*)) || CASE count(*) WHEN 1 THEN ' client' ELSE ' clients' END
                                              AS clients,
       num(sum(devices)) || CASE sum(devices) WHEN 1 THEN ' Mac' ELSE ' Macs' END
                                              AS macs,
       num(sum(devices))                      AS devices,
       num(sum(at_risk))                      AS at_risk,
       CASE sum(at_risk) WHEN 1 THEN 'is' ELSE 'are' END AS verb,
       num(sum(undetermined))                 AS undetermined,
       num(sum(attention))                    AS attention,
       num(sum(clean))                        AS clean,
       num(sum(overdue))                      AS overdue,
       CASE sum(overdue) WHEN 1 THEN 'is' ELSE 'are' END AS overdue_verb,
       num(sum(macs_not_reporting))           AS silent,
       (SELECT coalesce(rate(share(sum(pass), sum(fail))), char(8211))
          FROM temp.portfolio_rate)           AS pass_rate,
       (SELECT coalesce(rate(share(sum(pass) + sum(fail), sum(open))),
                        char(8211))
          FROM temp.portfolio_rate)           AS coverage
  FROM temp.portfolio_row
