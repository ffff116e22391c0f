-- Resolve: the tables of facts, and the statements that need no loop.
--
-- Columns of facts are added where a comment names them, from the vocabulary of
-- core/facts.c: a new fact needs no change here.

-- part: imports

-- What takes part in a period: its own imports, and the standing ones of the
-- newest earlier period in which their client gave that source. All canonical
-- files speak of one server, and so do all exports of one product: an id of the
-- one finds its Mac in the other.
WITH live AS (
  SELECT * FROM import WHERE NOT superseded AND period <= :period
),
newest AS (
  SELECT client, source, max(period) AS period
    FROM live
   GROUP BY client, source
)
SELECT l.import_id, l.collected, l.carries_device, l.carries_listed,
       l.carries_account,
       dense_rank() OVER (ORDER BY CASE WHEN l.source LIKE 'canonical-%'
                                          OR l.source IN ('operator-accounts',
                                                          'operator-devices')
                                        THEN 'canonical'
                                        WHEN l.server <> ''
                                        THEN 'server ' || l.server
                                        ELSE 'source ' || l.source END,
                                   l.client),
       l.client, l.standing, l.complete = 'accounts', l.in_order,
       l.devices, l.accounts, l.period < :period
  FROM live l
  JOIN newest n ON n.client = l.client AND n.source = l.source
               AND n.period = l.period
 WHERE l.period = :period OR l.standing
 ORDER BY l.import_id

-- part: tables

DROP TABLE IF EXISTS device_fact;
DROP TABLE IF EXISTS device_text;
DROP TABLE IF EXISTS account_fact;
DROP TABLE IF EXISTS carry_class;

CREATE TABLE device_fact (
  device_id INTEGER PRIMARY KEY,
  client_id INTEGER NOT NULL,
  carry_id  INTEGER NOT NULL,
  row_id    INTEGER,                  -- the one row it comes from, else NULL
  os        INTEGER                   -- os_version as one number
  /*device facts*/
) STRICT;

CREATE TABLE device_text (
  device_id INTEGER PRIMARY KEY
  /*device texts*/,
  custom TEXT                         -- {"x_name": "text", ...}
) STRICT;

-- account_id ascends with the Mac and then with the folded name.
CREATE TABLE account_fact (
  account_id INTEGER PRIMARY KEY,
  device_id  INTEGER NOT NULL,
  row_id     INTEGER                  -- the one row it comes from, else NULL
  /*account facts*/,
  break_glass INTEGER,                -- by the policy; NULL where it names none
  filevault_allowed INTEGER
) STRICT;

-- What the imports that reported a Mac carry; bit n is fact n.
CREATE TABLE carry_class (
  carry_id     INTEGER PRIMARY KEY,
  device_mask  INTEGER NOT NULL,
  account_mask INTEGER NOT NULL
) STRICT;

DELETE FROM account_alias;

DROP TABLE IF EXISTS temp.part;

CREATE TEMP TABLE part (
  ord       INTEGER PRIMARY KEY,      -- place in the array of parts
  import_id INTEGER,
  scope     INTEGER,                  -- number of its source and client
  d_low INTEGER, d_high INTEGER,      -- row ids of its device rows
  a_low INTEGER, a_high INTEGER,      -- ... of its account rows
  l_low INTEGER, l_high INTEGER       -- ... of its lists
);

-- part: joins

-- Rows without a usable serial number find their Mac by the hardware id, in
-- whichever letters, or by the server's id within the same source and client. An id that leads to two
-- serial numbers leads nowhere, and so do two ids that disagree.
DROP TABLE IF EXISTS temp.id_map;

CREATE TEMP TABLE id_map (
  id        TEXT,
  scope     INTEGER,                  -- 0 for hardware ids
  device_id INTEGER,                  -- NULL: of two Macs
  PRIMARY KEY (id, scope)
) WITHOUT ROWID;

INSERT INTO id_map
SELECT id, scope,
       CASE WHEN min(device_id) = max(device_id) THEN min(device_id) END
  FROM (SELECT upper(r.uuid) AS id, 0 AS scope, r.device_id
          FROM part p
          CROSS JOIN device_row r ON r.row_id BETWEEN p.d_low AND p.d_high
                                 AND r.import_id = p.import_id
        UNION ALL
        SELECT r.mdm_id, p.scope, r.device_id
          FROM part p
          CROSS JOIN device_row r ON r.row_id BETWEEN p.d_low AND p.d_high
                                 AND r.import_id = p.import_id
        UNION ALL
        SELECT upper(r.uuid), 0, r.device_id
          FROM part p
          CROSS JOIN account_row r ON r.row_id BETWEEN p.a_low AND p.a_high
                                  AND r.import_id = p.import_id
        UNION ALL
        SELECT r.mdm_id, p.scope, r.device_id
          FROM part p
          CROSS JOIN account_row r ON r.row_id BETWEEN p.a_low AND p.a_high
                                  AND r.import_id = p.import_id)
 WHERE id IS NOT NULL AND device_id IS NOT NULL
 GROUP BY id, scope;

DROP TABLE IF EXISTS temp.device_join;
DROP TABLE IF EXISTS temp.account_join;
DROP TABLE IF EXISTS temp.list_join;

-- device_id NULL: it joins nothing.
CREATE TEMP TABLE device_join (row_id INTEGER PRIMARY KEY, device_id INTEGER);
CREATE TEMP TABLE account_join (row_id INTEGER PRIMARY KEY, device_id INTEGER);
CREATE TEMP TABLE list_join (row_id INTEGER PRIMARY KEY, device_id INTEGER);

INSERT INTO device_join
SELECT r.row_id,
       CASE WHEN u.device_id <> m.device_id THEN NULL
            ELSE coalesce(u.device_id, m.device_id) END
  FROM part p
  CROSS JOIN device_row r ON r.row_id BETWEEN p.d_low AND p.d_high
                         AND r.import_id = p.import_id
  LEFT JOIN id_map u ON u.id = upper(r.uuid) AND u.scope = 0
  LEFT JOIN id_map m ON m.id = r.mdm_id AND m.scope = p.scope
 WHERE r.device_id IS NULL;

INSERT INTO account_join
SELECT r.row_id,
       CASE WHEN u.device_id <> m.device_id THEN NULL
            ELSE coalesce(u.device_id, m.device_id) END
  FROM part p
  CROSS JOIN account_row r ON r.row_id BETWEEN p.a_low AND p.a_high
                          AND r.import_id = p.import_id
  LEFT JOIN id_map u ON u.id = upper(r.uuid) AND u.scope = 0
  LEFT JOIN id_map m ON m.id = r.mdm_id AND m.scope = p.scope
 WHERE r.device_id IS NULL;

INSERT INTO list_join
SELECT r.rowid,
       CASE WHEN u.device_id <> m.device_id THEN NULL
            ELSE coalesce(u.device_id, m.device_id) END
  FROM part p
  CROSS JOIN list_row r ON r.rowid BETWEEN p.l_low AND p.l_high
                       AND r.import_id = p.import_id
  LEFT JOIN id_map u ON u.id = upper(r.uuid) AND u.scope = 0
  LEFT JOIN id_map m ON m.id = r.mdm_id AND m.scope = p.scope
 WHERE r.device_id IS NULL;

DROP TABLE temp.id_map;

-- part: strangers

-- Rows without a short name, and the named ones of the same Macs.
DROP TABLE IF EXISTS temp.stranger;

CREATE TEMP TABLE stranger (
  device_id INTEGER,
  nameless  INTEGER,
  row_id    INTEGER,
  account   TEXT,
  full_name TEXT,
  uid       INTEGER,
  guid      TEXT,
  PRIMARY KEY (device_id, nameless, row_id)
) WITHOUT ROWID;

-- part: aliases

INSERT INTO account_alias
SELECT s.row_id, s.device_id,
       CASE WHEN count(DISTINCT fold(k.account)) = 1
            THEN min(k.account) END,
       count(DISTINCT fold(k.account)) > 1
  FROM temp.stranger s
  LEFT JOIN temp.stranger k
         ON k.device_id = s.device_id
        AND NOT k.nameless
        AND (k.uid = s.uid OR upper(k.guid) = upper(s.guid)
             OR k.full_name = s.full_name)
 WHERE s.nameless
 GROUP BY s.row_id;

DROP TABLE temp.stranger;

-- part: unsure

-- Macs that are said to have no bootstrap token escrowed, and only by cells of
-- which the mapping says why such a "no" may be wrong; filled by unsure.c.
DROP TABLE IF EXISTS bootstrap_unsure;

CREATE TABLE bootstrap_unsure (
  device_id INTEGER PRIMARY KEY,
  why       TEXT NOT NULL
) STRICT;

-- part: system

-- An account is the system's where the source says so, by its name, or by a
-- low number without a token or admin rights; this outranks the source's word.
UPDATE account_fact
   SET kind = 'system'
 WHERE kind IS NOT 'system'
   AND (substr(account, 1, 1) = '_'
        OR (length(account) <= 6
            AND fold(account) IN ('root', 'daemon', 'nobody', 'guest'))
        OR (uid < 500 AND NOT secure_token AND admin IS NOT TRUE));

-- part: index

CREATE INDEX account_fact_device ON account_fact (device_id);

