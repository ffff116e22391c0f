-- Two periods; the second one is the one whose posture is there.
INSERT INTO device VALUES (1, 'C02AAA001'), (2, 'C02AAA002'), (3, 'C02AAA003'),
                          (4, 'C02BBB001'), (5, 'C02BBB002');
INSERT INTO client VALUES (1, 'birch'), (2, 'Cedar Works');

INSERT INTO import
  (import_id, period, client, source, source_title, server, file, bytes,
   sha256, mapping_digest, format, notes, standing, complete, collected,
   records, accepted, rejected, left_out, devices, accounts, carries_device,
   carries_listed, carries_account, in_order)
VALUES
  (1, '2026-11', 'birch', 'canonical', 'Canonical devices', 'Jamf Pro',
   'birch/devices.csv', 900, 'aa', 'm1', 'csv', 'utf-8, comma', 0, 'none',
   1793404800, 4, 3, 1, 0, 3, 0, 0, 0, 0, 1),
  (2, '2026-11', 'birch', 'canonical', 'Canonical accounts', 'Jamf Pro',
   'birch/accounts.csv', 700, 'bb', 'm1', 'csv', 'utf-8, comma', 0,
   'accounts', 1793404800, 4, 4, 0, 0, 0, 4, 0, 0, 0, 1),
  (3, '2026-11', 'Cedar Works', 'addigy-v1', 'Addigy devices', 'Addigy',
   'cedar.json', 1200, 'cc', 'm2', 'json', '', 0, 'none', NULL, 2, 2, 0, 0,
   2, 2, 0, 0, 0, 1);

INSERT INTO import_column VALUES
  (1, 1, 'serial', 'fact', 'serial', 3, 3),
  (1, 2, 'FileVault', 'fact', 'filevault', 3, 3),
  (1, 3, 'Escrowed', 'fact', 'bootstrap_escrowed_server', 3, 3),
  (2, 3, 'Token', 'fact', 'secure_token', 4, 4);

INSERT INTO reject VALUES (1, 5, 0, 'no serial number'), (3, 9, 4, 'bad date');

INSERT INTO device_row (row_id, import_id, line, device_id, last_checkin,
                        filevault, bootstrap_escrowed_server, raw)
VALUES (1, 1, 2, 1, 1795996800, 'on', 1, NULL),
       (2, 1, 3, 2, 1795996800, 'off', 0,
        '{"filevault": ["FileVault", "Not Encrypted"]}'),
       (3, 1, 4, 3, NULL, NULL, NULL, NULL),
       (4, 3, 1, 4, 1795910400, 'on', 0, NULL),
       (5, 3, 2, 5, 1795910400, 'on', 1, NULL);

INSERT INTO account_row (row_id, import_id, line, device_id, read_at, account,
                         secure_token, admin)
VALUES (1, 2, 2, 1, 1795996900, 'anna', 1, 1),
       (2, 2, 3, 1, 1795996900, 'ben', 0, 0),
       (3, 2, 4, 2, 1795996900, 'x', 0, 0),
       (4, 2, 5, 2, 1795996900, 'carla', 1, 1),
       (5, 3, 1, 4, NULL, 'dora', 1, 1),
       (6, 3, 2, 5, NULL, 'emil', 1, 1);

INSERT INTO device_fact (device_id, client_id, carry_id, row_id, os, chip,
                         last_checkin, mdm_enrolled, filevault,
                         bootstrap_escrowed_server, recovery_key_escrowed,
                         accounts_listed)
VALUES (1, 1, 1, 1, 140500, 'apple', 1795996800, 1, 'on', 1, 1, 1),
       (2, 1, 1, 2, 140500, 'apple', 1795996800, 1, 'off', 0, 0, 1),
       (3, 1, 1, 3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
       (4, 2, 1, 4, 150100, 'apple', 1795910400, 1, 'on', 0, 1, 1),
       (5, 2, 1, NULL, 150100, 'apple', 1795910400, 1, 'on', 1, 1, 1);
INSERT INTO device_text (device_id, serial, name, site, model, os_version,
                         assigned_user, assigned_email, asset_tag, client,
                         custom)
VALUES (1, 'C02AAA001', 'anna-mbp', 'North', 'MacBook Pro', '14.5', 'Anna A',
        'anna@birch.example', '0012', 'birch', '{"x_shelf": "=1+1"}'),
       (2, 'C02AAA002', 'x', 'x', 'x', '14.5', NULL, NULL, '1E10', 'birch',
        NULL),
       (3, 'C02AAA003', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'birch',
        NULL),
       (4, 'C02BBB001', 'dora-mini', NULL, 'Mac mini', '15.1', 'Dora D',
        'dora@cedar.example', NULL, 'Cedar Works', NULL),
       (5, 'C02BBB002', 'emil-air', NULL, 'MacBook Air', '15.1', NULL, NULL,
        NULL, 'Cedar Works', NULL);
INSERT INTO account_fact (account_id, device_id, row_id, account, full_name,
                          kind, role, admin, secure_token, filevault_user,
                          last_login)
VALUES (1, 1, 1, 'anna', 'Anna A', 'local', 'primary', 1, 1, 1, 1795996000),
       (2, 1, 2, 'ben', 'Ben B', 'local', NULL, 0, 0, 0, 0),
       (3, 2, 3, 'x', NULL, 'local', NULL, 0, 0, NULL, NULL),
       (4, 2, 4, 'carla', 'Carla C', 'local', NULL, 1, 1, NULL, 1795996000),
       (5, 4, 5, 'dora', 'Dora D', 'local', 'primary', 1, 1, 1, 1795990000),
       (6, 5, NULL, 'emil', 'Emil E', 'local', 'primary', 1, 1, 1, 1795990000);
INSERT INTO carry_class VALUES (1, -1, -1);
INSERT INTO client_policy (client_id, as_of, p_freshness_days,
                           p_checkin_low_days)
VALUES (1, 1796083200, 30, 14), (2, 1796083200, 30, 14);

INSERT INTO run VALUES
  (1, '2026-10', 1793491200, '0.1.0', 'r1', '{"freshness_days": "30"}', 'i1',
   4, 5, 0, 0),
  (2, '2026-11', 1796083200, '0.1.0', 'r2', '{"freshness_days": "30"}', 'i2',
   5, 6, 0, 0);
INSERT INTO run_import VALUES (2, 1), (2, 2), (2, 3);

INSERT INTO rule
SELECT p.column1, r.column1, r.column2, r.column3, r.column4, r.column5,
       r.column6, 'monthly client migration', r.column7, r.column8, 'why', 'R0 R1',
       r.column9, r.column10, 'built-in', 'd', '', 'SELECT 1', ''
  FROM (VALUES (1), (2)) p,
       (VALUES
        (0, 'BT-01', 'Bootstrap token not escrowed', 'bootstrap-token',
         'device', 'high', 'auto updates', 'bootstrap_escrowed_server',
         'counted', 1),
        (1, 'FV-01', 'FileVault is off', 'filevault', 'device', 'high', '',
         'filevault', 'counted', 1),
        (2, 'PW-04', 'Password known to nobody', 'password', 'account',
         'info', '', 'password_known_by', 'report-only', 0),
        (3, 'ST-02', 'An account has no token', 'secure-token', 'account',
         'high', 'unlock', 'secure_token, bootstrap_escrowed_server',
         'counted', 0),
        (4, 'ST-06', 'Only one account holds a token', 'secure-token',
         'device', 'high', 'unlock', 'secure_token', 'counted', 1)) r;

INSERT INTO remedy VALUES
  ('R0', 'Look again with fresh facts', 'server admin', 'minutes', 5, '',
   '["1. Refresh the inventory"]', '', 'Fresh facts are needed'),
  ('R1', 'Escrow the bootstrap token', 'help desk', 'hour', 20, '',
   '["1. Run sudo profiles install"]', '', 'Store the token'),
  ('R14', 'Turn FileVault on', 'user', 'minutes', 10, '',
   '["1. Turn it on"]', '', 'Encrypt');

INSERT INTO waiver VALUES
  (1, 2, 'FV-01', 'birch', 'C02AAA002', '', 'a lab Mac, -1 by design', 'kim',
   'lee', 'T-1', 1798761599, 'active', 1),
  (2, 2, 'ST-*', '', 'C02ZZZ*', '', 'gone', 'kim', 'lee', '', 1798761599,
   'unmatched', 0);

-- the period before
INSERT INTO finding (period_id, device_id, client_id, rule_no, account,
                     result, severity, evidence, remedy, missing, state,
                     first_seen)
VALUES (1, 1, 1, 0, '', 'fail', 'high', NULL, 'R1', '', 'new', 1793491200),
       (1, 2, 1, 0, '', 'fail', 'high', NULL, 'R1', '', 'new', 1793491200),
       (1, 4, 2, 4, '', 'unknown', 'high', NULL, 'R0', 'secure_token', 'new',
        1793491200);
-- this one
INSERT INTO finding (period_id, device_id, client_id, rule_no, account,
                     account_id, result, severity, evidence, remedy, missing,
                     state, first_seen, waiver)
VALUES (2, 2, 1, 0, '', NULL, 'fail', 'critical', 'the server holds no token',
        'R1', '', 'open', 1793491200, NULL),
       (2, 2, 1, 1, '', NULL, 'fail', 'high', NULL, 'R14', '', 'new',
        1796083200, 1),
       (2, 2, 1, 3, 'x', 3, 'fail', 'high', '+cmd', 'R1', '', 'new',
        1796083200, NULL),
       (2, 1, 1, 3, 'ben', 2, 'fail', 'medium', NULL, 'R1', '', 'measured',
        1796083200, NULL),
       (2, 3, 1, 0, '', NULL, 'unknown', 'high', NULL, 'R0',
        'bootstrap_escrowed_server', 'new', 1796083200, NULL),
       (2, 4, 2, 4, '', NULL, 'fail', 'critical', NULL, 'R1', '', 'open',
        1793491200, NULL),
       (2, 4, 2, 0, '', NULL, 'fail', 'high', NULL, 'R1', '', 'new',
        1796083200, NULL);

INSERT INTO tally VALUES
  (1, 1, 0, 'fail', 'high', 2, 0), (1, 2, 0, 'pass', '', 2, 0),
  (1, 2, 4, 'unknown', 'high', 1, 0), (1, 2, 4, 'pass', '', 1, 0),
  (2, 1, 0, 'pass', '', 1, 0), (2, 1, 0, 'fail', 'critical', 1, 0),
  (2, 1, 0, 'unknown', 'high', 1, 0),
  (2, 2, 0, 'pass', '', 1, 0), (2, 2, 0, 'fail', 'high', 1, 0),
  (2, 1, 1, 'pass', '', 1, 0), (2, 1, 1, 'fail', 'high', 1, 1),
  (2, 1, 1, 'notchecked', '', 1, 0), (2, 2, 1, 'pass', '', 1, 0),
  (2, 2, 1, 'stale', '', 1, 0),
  (2, 1, 2, 'informational', 'info', 1, 0),
  (2, 1, 3, 'pass', '', 2, 0), (2, 1, 3, 'fail', 'high', 1, 0),
  (2, 1, 3, 'fail', 'medium', 1, 0), (2, 2, 3, 'pass', '', 2, 0),
  (2, 1, 4, 'pass', '', 2, 0), (2, 1, 4, 'notapplicable', '', 1, 0),
  (2, 2, 4, 'pass', '', 1, 0), (2, 2, 4, 'fail', 'critical', 1, 0);

INSERT INTO device_result VALUES
  (1, 1, 1, 'at-risk', 0, 'high', 1, 0, 0, '', '', 'R1', '', CAST('FPPPP' AS BLOB)),
  (1, 2, 1, 'at-risk', 0, 'high', 1, 0, 0, '', '', 'R1', '', CAST('FPPPP' AS BLOB)),
  (1, 4, 2, 'undetermined', 0, '', 0, 1, 0, '', '', 'R0', '', CAST('PPPPU' AS BLOB)),
  (1, 5, 2, 'clean', 0, '', 0, 0, 0, '', '', '', '', CAST('PPPPP' AS BLOB)),
  (2, 1, 1, 'attention', 0, 'medium', 1, 0, 0, '', '', 'R1', 'ready',
   CAST('PPPFP' AS BLOB)),
  (2, 2, 1, 'at-risk', 0, 'critical', 3, 0, 0, 'auto updates', 'unlock', 'R1',
   'hands-on', CAST('FFIFP' AS BLOB)),
  (2, 3, 1, 'undetermined', 1, '', 0, 1, 1, '', 'auto', 'R0', 'unknown',
   CAST('UCPPA' AS BLOB)),
  (2, 4, 2, 'at-risk', 0, 'critical', 2, 0, 0, 'unlock', '', 'R1', 'blocked',
   CAST('FPPPF' AS BLOB)),
  (2, 5, 2, 'clean', 0, '', 0, 0, 0, '', '', '', 'ready', CAST('PPPPP' AS BLOB));

INSERT INTO gap VALUES (2, 1, 1, 'filevault', 1),
                       (2, 1, 0, 'bootstrap_escrowed_device|bootstrap_escrowed_server', 1);
