-- Is a Mac ready to move to another server? The judgement of the use
-- "migration", apart from the verdict.
--
--   part rules  what the failure of a rule means for a move: table move_rule
--   part judge  device_result.readiness of every Mac of the period
--
-- Both work on the period of the TEMP table move_period.

-- part: rules

-- The steps in the order in which they are done at a Mac: reach it, keep its
-- data, give people their tokens back, store the keys, enrol, prepare the move.
-- A way ("classic") is the only one for which the rule matters. A checklist
-- rule is one task for the whole fleet: it makes no Mac less ready. Rules that
-- count under a condition are looked at by name in part judge, and have here
-- the level that they usually come to.
INSERT INTO move_rule (period_id, rule_no, level, way, step)
WITH meaning (step, id, level, way) AS (
  VALUES
    (10, 'REC-05', 'blocked', ''),
    (11, 'REC-03', 'blocked', 'erase'),
    (20, 'PW-02', 'hands-on', ''),
    (21, 'ST-04', 'hands-on', ''),
    (22, 'ST-05', 'hands-on', ''),
    (23, 'ST-11', 'hands-on', ''),
    (24, 'VO-01', 'hands-on', ''),
    (25, 'BT-06', 'hands-on', ''),
    (26, 'MIG-04', 'hands-on', 'classic'),
    (30, 'PW-01', 'action-first', ''),
    (31, 'ENR-01', 'action-first', ''),
    (32, 'ENR-02', 'action-first', ''),
    (33, 'BT-02', 'action-first', ''),
    (34, 'ST-06', 'action-first', ''),
    (35, 'BT-01', 'action-first', ''),
    (36, 'BT-03', 'action-first', ''),
    (37, 'BT-04', 'action-first', ''),
    (38, 'ST-09', 'action-first', ''),
    (39, 'ST-02', 'action-first', ''),
    (40, 'ST-03', 'action-first', ''),
    (41, 'ST-01', 'action-first', ''),
    (42, 'FV-01', 'action-first', ''),
    (43, 'FV-02', 'action-first', ''),
    (45, 'FV-06', 'action-first', ''),
    (46, 'FV-10', 'action-first', ''),
    (47, 'ENR-06', 'action-first', ''),
    (48, 'REC-04', 'action-first', 'erase'),
    (49, 'MIG-08', 'action-first', ''),
    (50, 'MIG-09', 'action-first', ''),
    (51, 'MIG-11', 'action-first', ''),
    (52, 'MIG-12', 'action-first', ''),
    (53, 'MIG-13', 'action-first', ''),
    (60, 'MIG-05', 'checklist', ''),
    (61, 'MIG-07', 'checklist', ''),
    (62, 'MIG-03', 'checklist', ''),
    (63, 'MIG-10', 'checklist', ''),
    -- Under a condition.
    (12, 'ENR-05', 'hands-on', 'if'),     -- where the Mac does not report
    (27, 'MIG-02', 'hands-on', 'if'),     -- blocked while on trial
    (28, 'MIG-06', 'action-first', 'if'), -- at the Mac where recovery is left
    (29, 'BT-05', 'action-first', 'if'),  -- where it knows no bootstrap token
    (44, 'FV-03', 'action-first', 'if'),  -- where the key is invalid
    (54, 'MIG-01', 'action-first', 'if')  -- blocked where macOS 26 cannot run
)
SELECT n.period_id, r.rule_no, m.level, m.way, m.step
  FROM move_period n
  JOIN rule r ON r.period_id = n.period_id
  JOIN meaning m ON m.id = r.id;

-- part: judge

-- The first that fits, for each route: blocked (4), needs someone at the Mac
-- (3), action first (2), not known (1), ready (0). What is known to be needed
-- goes before what is not known. The core is read from the facts themselves, so
-- that no rule that is switched off makes a Mac ready.
--
-- A route that is not set is judged as in place and as classic, and the easier
-- one counts. Where one of them is not known, the Mac may be ready for it: that
-- goes before work for the other one, which may be needless.
--
-- found(results, letters, name) is defined in readiness.c: does a rule of that
-- name, or of that level, have one of these letters? "any" are all levels.
UPDATE device_result
   SET readiness = (
  SELECT CASE CASE p.route WHEN 'in-place' THEN p.in_place
                           WHEN 'classic' THEN p.classic
                           WHEN 'erase' THEN p.erase
                           ELSE min(p.in_place, p.classic) END
           WHEN 0 THEN 'ready'
           WHEN 1 THEN 'unknown'
           WHEN 2 THEN 'action-first'
           WHEN 3 THEN 'hands-on'
           ELSE 'blocked'
         END
    FROM (
    SELECT route,
           CASE WHEN blocked OR on_trial OR too_old_for_26 THEN 4
                WHEN visit THEN 3
                WHEN action OR os < 260000 THEN 2
                WHEN open THEN 1
                ELSE 0 END AS in_place,
           CASE WHEN blocked THEN 4
                WHEN visit OR no_admin THEN 3
                WHEN action THEN 2
                WHEN open THEN 1
                ELSE 0 END AS classic,
           CASE WHEN blocked OR locked THEN 4
                WHEN visit THEN 3
                WHEN action OR not_silent THEN 2
                WHEN open OR erase_open THEN 1
                ELSE 0 END AS erase
      FROM (
      SELECT m.p_route AS route,
             m.os,

             -- Blocked: only an erase is left, or nobody can reach it at all.
             found(device_result.results, 'F', 'blocked')
               OR (NOT m.mdm_enrolled AND device_result.stale
                   AND m.last_checkin IS NOT NULL) AS blocked,

             -- A Mac added by hand can be released for 30 days.
             (m.provisional_until > COALESCE(m.p_planned_day, m.as_of))
               IS TRUE AS on_trial,

             -- The last Intel models that macOS 26 runs on have a T2 chip.
             m.os < 260000
               AND (m.chip = 'intel'
                    OR (m.chip = 't2' AND m.model LIKE '%,_'
                        AND lower(m.model) NOT IN ('macbookpro16,1',
                            'macbookpro16,2', 'macbookpro16,4', 'imac20,1',
                            'imac20,2', 'macpro7,1')))
               AS too_old_for_26,

             found(device_result.results, 'F', 'blocked erase') AS locked,

             -- Needs someone at the Mac.
             found(device_result.results, 'F', 'hands-on')
               OR NOT m.in_abm
               OR NOT m.any_holder
               OR (device_result.stale AND m.last_checkin IS NOT NULL)
               OR (m.repair_path IN ('D', 'E')
                   AND (found(device_result.results, 'F', 'REC-01')
                        OR found(device_result.results, 'F', 'REC-02')
                        OR found(device_result.results, 'F', 'MIG-06')))
               AS visit,
             found(device_result.results, 'F', 'hands-on classic') AS no_admin,

             -- Something can be done from afar, or is not as it should be.
             found(device_result.results, 'F', 'action-first')
               OR found(device_result.results, 'F', 'MIG-06')
               OR NOT m.mdm_enrolled
               OR NOT m.filevault_on OR m.filevault = 'decrypting'
               OR (m.filevault_on AND NOT m.recovery_key_escrowed)
               OR (m.filevault_on AND m.recovery_key_validity = 'invalid')
               OR m.bootstrap_state IN ('absent', 'unsupported')
               OR m.bootstrap_state IN ('conflict', 'invalid')
               AS action,
             found(device_result.results, 'F', 'action-first erase')
               AS not_silent,

             -- A fact of the core is not known, or a rule is at fault.
             m.mdm_enrolled IS NULL
               OR m.os IS NULL
               OR m.in_abm IS NULL
               OR m.filevault IS NULL
               OR m.recovery_key_escrowed IS NULL
               OR m.any_holder IS NULL
               OR m.bootstrap_expected IS NULL
               OR m.last_checkin IS NULL
               OR device_result.stale
               OR found(device_result.results, 'E', 'any')
               AS open,
             found(device_result.results, 'UCE', 'REC-03')
               OR found(device_result.results, 'UCE', 'REC-04') AS erase_open
        FROM device_posture m
       WHERE m.device_id = device_result.device_id
       LIMIT 1 OFFSET 0 -- so that SQLite computes each of these once
    )
  ) p
)
 WHERE period_id = (SELECT period_id FROM move_period);

DROP TABLE move_period;
