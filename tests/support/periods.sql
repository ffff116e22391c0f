-- Two judged periods of a small fleet, filled by hand, for the tests of
-- commands that look back. Everything a command could trip over is in the
-- names of one Mac and one account.
INSERT INTO device VALUES
  (1, 'C02PER0001'), (2, 'C02PER0002'), (3, 'C02PER0003'), (4, 'C02PER0004'),
  (5, 'C02PER0005');
INSERT INTO client VALUES (1, 'Northwind'), (2, 'Umbra'), (3, 'unassigned');

INSERT INTO import
  (import_id, period, client, source, source_title, server, file, bytes,
   sha256, mapping_digest, format, notes, standing, complete, collected,
   records, accepted, rejected, left_out, devices, accounts, carries_device,
   carries_listed, carries_account, in_order, superseded)
VALUES
  (1, '2026-10', 'Northwind', 'canonical', 'canonical devices', '', 'nw.csv',
   10, 'a', 'm', 'csv', '', 0, 'accounts', 1793404800, 3, 3, 0, 0, 3, 0, 0, 0,
   0, 1, 0),
  (2, '2026-10', 'Umbra', 'canonical', 'canonical devices', '', 'um.csv', 10,
   'b', 'm', 'csv', '', 0, 'accounts', 1793404800, 1, 1, 0, 0, 1, 0, 0, 0, 0,
   1, 0),
  (3, '2026-10', 'Northwind', 'roles', 'roles of accounts', '', 'roles.csv',
   10, 'c', 'm', 'csv', '', 1, 'none', NULL, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0),
  (4, '2026-11', 'Northwind', 'canonical', 'canonical devices', '', 'old.csv',
   10, 'd', 'm', 'csv', '', 0, 'accounts', 1795996800, 4, 4, 0, 0, 4, 0, 0, 0,
   0, 1, 1),
  (5, '2026-11', 'Northwind', 'canonical', 'canonical devices', '', 'nw.csv',
   10, 'e', 'm', 'csv', '', 0, 'accounts', 1795996800, 6, 4, 1, 1, 4, 0, 0, 0,
   0, 1, 0);

INSERT INTO device_row
  (row_id, import_id, line, device_id, mdm_id, filevault, name, raw)
VALUES
  (1, 1, 2, 1, '11', 'on', 'one', '{"filevault": ["FV", "Encrypted"]}'),
  (2, 1, 3, 2, '12', 'off', 'two', NULL),
  (3, 1, 4, 3, '13', 'on', 'three-in-october', NULL),
  (4, 2, 2, 4, '14', 'on', 'four', NULL),
  (5, 5, 2, 1, '11', 'on', 'one', NULL),
  (6, 5, 3, 2, '99', 'on', 'two', NULL),
  (7, 5, 4, 3, '13', NULL, 'three', NULL),
  (8, 5, 5, 5, '15', 'off', '=five', NULL);
INSERT INTO account_row
  (row_id, import_id, line, device_id, account, secure_token, role)
VALUES
  (1, 1, 2, 1, 'anna', 1, NULL), (2, 1, 3, 2, 'ben', 1, NULL),
  (3, 3, 2, 1, 'anna', NULL, 'primary'), (4, 5, 2, 1, 'anna', 1, NULL);

INSERT INTO run VALUES
  (1, '2026-10', 1793491200, '0.1.0', 'r1', '{}', 'i1', 4, 3, 0, 0),
  (2, '2026-11', 1796083200, '0.1.0', 'r2', '{}', 'i2', 4, 3, 0, 0);
INSERT INTO run_import VALUES (1, 1), (1, 2), (1, 3), (2, 3), (2, 5);

-- The second period has one rule more, in front, so that numbers move.
INSERT INTO rule VALUES
  (1, 0, 'FV-01', 'FileVault is off', 'filevault', 'device', 'high', 'monthly', '',
   'filevault', 'why FV', 'R14', 'counted', 1, 'built-in', 'd', '', '', ''),
  (1, 1, 'ST-02', 'An account has no token', 'secure-token', 'account',
   'high', 'monthly', '', 'secure_token', 'why ST', 'R2', 'counted', 0, 'built-in',
   'd', '', '', ''),
  (2, 0, 'BT-01', 'Bootstrap token not escrowed', 'bootstrap-token', 'device',
   'high', 'monthly', '', 'bootstrap_escrowed_device|bootstrap_escrowed_server',
   'why BT', 'R1', 'counted', 1, 'built-in', 'd', '', '', ''),
  (2, 1, 'FV-01', 'FileVault is off', 'filevault', 'device', 'high', 'monthly', '',
   'filevault', 'why FV', 'R14', 'counted', 1, 'built-in', 'd', '', '', ''),
  (2, 2, 'ST-02', 'An account has no token', 'secure-token', 'account',
   'high', 'monthly', '', 'secure_token', 'why ST', 'R2', 'counted', 0, 'built-in',
   'd', '', '', '');

INSERT INTO device_result
  (period_id, device_id, client_id, verdict, stale, worst, failed, unknown,
   notchecked, lost, perhaps_lost, next_remedy, results)
VALUES
  (1, 1, 1, 'at-risk', 0, 'high', 1, 0, 0, '', '', 'R2', CAST('PF' AS BLOB)),
  (1, 2, 1, 'at-risk', 0, 'high', 1, 0, 0, '', '', 'R14', CAST('FP' AS BLOB)),
  (1, 3, 1, 'clean', 0, '', 0, 0, 1, '', '', '', CAST('PC' AS BLOB)),
  (1, 4, 2, 'at-risk', 0, 'high', 1, 0, 0, '', '', 'R2', CAST('PF' AS BLOB)),
  (2, 1, 1, 'at-risk', 0, 'critical', 2, 0, 0, '', '', 'R1',
   CAST('FPF' AS BLOB)),
  (2, 2, 1, 'partial', 0, '', 0, 0, 1, '', '', '', CAST('CPP' AS BLOB)),
  (2, 3, 1, 'undetermined', 0, '', 1, 1, 1, '', '', 'R2',
   CAST('CUF' AS BLOB)),
  (2, 5, 1, 'at-risk', 0, 'high', 1, 0, 2, '', '', 'R14',
   CAST('CFC' AS BLOB));

INSERT INTO finding
  (period_id, device_id, client_id, rule_no, account, result, severity,
   evidence, remedy, missing, state, first_seen)
VALUES
  (1, 1, 1, 1, 'anna', 'fail', 'high', 'anna has none', 'R2', '', 'new',
   1793491200),
  (1, 1, 1, 1, 'old', 'fail', 'medium', 'old has none', 'R2', '', 'new',
   1793491200),
  (1, 2, 1, 0, '', 'fail', 'high', NULL, 'R14', '', 'new', 1793491200),
  (1, 4, 2, 1, 'dora', 'fail', 'high', NULL, 'R2', '', 'new', 1793491200),
  (2, 1, 1, 0, '', 'fail', 'high', 'not escrowed', 'R1', '', 'measured',
   1796083200),
  (2, 1, 1, 2, 'Anna', 'fail', 'critical', 'anna has none', 'R2', '', 'open',
   1793491200),
  (2, 3, 1, 1, '', 'unknown', 'high', NULL, '', 'filevault', 'new',
   1796083200),
  (2, 3, 1, 2, 'carl', 'fail', 'low', NULL, 'R2', '', 'measured', 1796083200),
  (2, 5, 1, 1, '', 'fail', 'high', '=five is off', 'R14', '', 'new',
   1796083200);
