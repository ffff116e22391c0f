-- What would answer most of the checks that could not be made.
SELECT upper(substr(title, 1, 1)) || substr(title, 2) AS title,
       code(how) AS how, plain, num(checks) AS checks, num(devices) AS devices,
       plural(devices, 'Mac', 'Macs') AS macs,
       upper(substr(plain, 1, 1)) || substr(plain, 2) AS plain_title,
       num(rules) AS rules, plural(rules, 'check', 'checks') AS rules_word
  FROM temp.html_supply
 ORDER BY ord
