-- The fleet against independent lists of serials. A list stands for its client,
-- or without one for the whole fleet; lists of one client are one list.

-- part: given

DROP TABLE IF EXISTS temp.expected_list;
DROP TABLE IF EXISTS temp.expected_reported;

CREATE TEMP TABLE expected_list (
  client TEXT NOT NULL,
  serial TEXT NOT NULL,
  PRIMARY KEY (client, serial)
) WITHOUT ROWID;

CREATE TEMP TABLE expected_reported (
  device_id INTEGER PRIMARY KEY
);

INSERT OR IGNORE INTO temp.expected_list
SELECT i.client, e.serial
  FROM temp.part p
  JOIN import i ON i.import_id = p.import_id AND i.source = 'expected-serials'
  JOIN expected_row e ON e.import_id = i.import_id;

-- part: apple

INSERT OR IGNORE INTO temp.expected_list
SELECT i.client, d.serial
  FROM temp.part p
  CROSS JOIN import i ON i.import_id = p.import_id AND i.standing
  CROSS JOIN device_row w ON w.row_id BETWEEN p.d_low AND p.d_high
                         AND w.import_id = p.import_id AND w.in_abm
  CROSS JOIN device d ON d.device_id = w.device_id;

-- part: compare

-- Files that stand say who should be there, not who is.
INSERT OR IGNORE INTO temp.expected_reported
SELECT w.device_id
  FROM temp.part p
  CROSS JOIN import i ON i.import_id = p.import_id AND NOT i.standing
  CROSS JOIN device_row w ON w.row_id BETWEEN p.d_low AND p.d_high
                         AND w.import_id = p.import_id
 WHERE w.device_id IS NOT NULL;

INSERT OR IGNORE INTO temp.expected_reported
SELECT w.device_id
  FROM temp.part p
  CROSS JOIN import i ON i.import_id = p.import_id AND NOT i.standing
  CROSS JOIN account_row w ON w.row_id BETWEEN p.a_low AND p.a_high
                          AND w.import_id = p.import_id
 WHERE w.device_id IS NOT NULL;

INSERT INTO expectation_gap
SELECT p.period_id, l.client, 'missing', l.serial
  FROM temp.expected_period p, temp.expected_list l
 WHERE l.serial NOT IN (SELECT d.serial
                          FROM temp.expected_reported r
                          JOIN device d USING (device_id));

-- A Mac of a client that has a list is looked for in it and in that of the
-- whole fleet; of one that has none, in the latter alone.
INSERT INTO expectation_gap
SELECT p.period_id,
       CASE WHEN EXISTS (SELECT 1 FROM temp.expected_list l
                          WHERE l.client = c.name) THEN c.name ELSE '' END,
       'unexpected', d.serial
  FROM temp.expected_period p
  CROSS JOIN device_result t ON t.period_id = p.period_id
  CROSS JOIN client c ON c.client_id = t.client_id
  CROSS JOIN device d ON d.device_id = t.device_id
  CROSS JOIN temp.expected_reported r ON r.device_id = t.device_id
 WHERE EXISTS (SELECT 1 FROM temp.expected_list l
                WHERE l.client IN ('', c.name))
   AND NOT EXISTS (SELECT 1 FROM temp.expected_list l
                    WHERE l.client IN ('', c.name) AND l.serial = d.serial);

INSERT INTO expectation
SELECT p.period_id, l.client, p.title, l.n, l.n - coalesce(g.missing, 0),
       coalesce(g.missing, 0), coalesce(g.unexpected, 0)
  FROM temp.expected_period p
  JOIN (SELECT client, count(*) AS n
          FROM temp.expected_list
         GROUP BY client) l
  LEFT JOIN (SELECT period_id, client,
                    count(*) FILTER (WHERE state = 'missing') AS missing,
                    count(*) FILTER (WHERE state = 'unexpected') AS unexpected
               FROM expectation_gap
              GROUP BY period_id, client) g
         ON g.period_id = p.period_id AND g.client = l.client;
