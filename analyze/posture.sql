-- Posture: what the resolved facts of a Mac and of its accounts mean together.
--
-- Resolve leaves device_fact, device_text, account_fact, client_policy and
-- carry_class. This file adds device_derived, and the views that rules read.
-- What two rules share is a column here and nowhere else.
--
-- Truth is three-valued: 1, 0 and NULL for unknown, by the operators of SQL.
-- Where a definition wants "definitely", it says IS TRUE or stands in a CASE.
--
--   part views     TEMP views. They only name tables, so they can be made
--                  before device_derived is filled; part accounts reads
--                  account_base.
--   part tables    device_derived, empty.
--   part accounts    a pass over the accounts, for what those of a Mac come to
--   part conditions  ... by these conditions on each.
--   part derive      fills device_derived with the sums of that pass.
--
-- Every table hangs on the driving one by a LEFT JOIN on its integer key: so
-- SQLite omits each table of which a rule uses no column (device_derived has
-- the client, and always stays).

-- part: views

-- Accounts with what follows from the account and its Mac's facts alone.
-- System accounts end here, and so are out of every count and rule.
CREATE TEMP VIEW account_base AS
SELECT
  w.*,

  -- A holder with whose token somebody can act today.
  w.token_real AND w.can_log_in AS usable,

  -- Reset by the server, and no login since.
  w.reset_known
    AND w.password_reset_by = 'mdm'
    AND w.last_login < w.password_reset_at AS reset_open

FROM (
  SELECT
    v.*,

    -- Does it really hold a token? A listed token is denied where the volume
    -- has no such crypto user, and doubted where it was read before a reset
    -- and where a reset is known to leave a flag that may no longer be true,
    -- unless the token was proved since.
    CASE
      WHEN NOT v.secure_token THEN 0
      WHEN v.secure_token IS NULL THEN NULL
      WHEN NOT v.crypto_user THEN 0
      WHEN v.observed_at < v.password_reset_at THEN NULL
      WHEN v.password_reset_by IS NULL THEN 1
      WHEN v.password_reset_by NOT IN ('laps', 'mdm') THEN 1
      WHEN v.reset_proved THEN 1
      WHEN v.password_reset_by = 'mdm' AND v.os < 260000 THEN 1
    END AS token_real

  FROM (
    SELECT
      a.account_id, a.device_id, a.row_id,
      a.account, a.full_name, a.uid, a.guid, a.observed_at, a.kind, a.role,
      a.created_by, a.admin, a.hidden, a.disabled, a.person_status,
      a.secure_token, a.crypto_user, a.volume_owner, a.filevault_user,
      a.password_known_by, a.former_password_known, a.last_login,
      a.password_reset_at, a.password_reset_by, a.token_verified_at, a.laps,
      a.break_glass, a.filevault_allowed,
      f.os, f.last_boot AS device_last_boot,

      -- Was the password reset? With neither fact known, an import that
      -- carries one of them (bits 22 and 23 of the account facts) says "no".
      CASE
        WHEN a.password_reset_at IS NOT NULL THEN 1
        WHEN a.password_reset_by IS NOT NULL THEN 1
        WHEN c.account_mask & 12582912 <> 0 THEN 0
      END AS reset_known,

      -- May somebody log in with it today? The password is known to someone,
      -- the account not known to be disabled, the person not known to be gone.
      a.password_known_by <> 'none'
        AND a.disabled IS NOT TRUE
        AND a.person_status IS DISTINCT FROM 'departed' AS can_log_in,

      -- Was the token proved after the reset? Two-valued.
      (a.token_verified_at > a.password_reset_at) IS TRUE AS reset_proved,

      -- Persons need a token; accounts that serve a purpose do not. An account
      -- of which nobody said the role counts as a person. Two-valued.
      a.role IS NULL OR a.role IN ('primary', 'secondary') AS needs_token

    FROM account_fact a
    LEFT JOIN device_fact f ON f.device_id = a.device_id
    LEFT JOIN carry_class c ON c.carry_id = f.carry_id
    WHERE a.kind IS DISTINCT FROM 'system'
  ) v
) w;

-- One row a Mac: facts, derived facts, policy.
CREATE TEMP VIEW device_posture AS
SELECT
  d.device_id, d.client_id,

  t.serial, t.uuid, t.mdm_id, t.name, t.site, t.model, t.os_build,
  t.os_version, t.assigned_user, t.assigned_email, t.asset_tag, t.client,
  t.mdm_server, t.enrolled_by, t.abm_server, t.recovery_key_server,

  d.os, f.chip, f.observed_at, f.last_checkin, f.last_boot, f.mdm_enrolled,
  f.enrollment_type, f.user_approved, f.supervised, f.in_abm,
  f.provisional_until, f.mdm_removable, f.bootstrap_supported,
  f.bootstrap_escrowed_device, f.bootstrap_escrowed_server, f.bootstrap_record,
  f.bootstrap_auth, f.bootstrap_for_updates, f.bootstrap_for_kexts,
  f.eacs_preflight, f.filevault, f.deferred_since, f.recovery_key_present,
  f.recovery_key_escrowed, f.recovery_key_validity, f.recovery_key_escrowed_at,
  f.recovery_key_exported, f.institutional_key, f.icloud_recovery,
  f.escrow_profile, f.unknown_filevault_users, f.recovery_lock,
  f.recovery_lock_known, f.firmware_password, f.firmware_password_known,
  f.activation_lock, f.activation_bypass_known, f.auto_login, f.remote_login,
  f.remote_hands, f.needs_kext, f.secure_boot, f.platform_sso,
  f.accounts_listed, f.holders_listed,

  d.filevault_on, d.bootstrap_state, d.bootstrap_expected, d.holders_min,
  d.holders_max, d.sole_holder, d.unlockers_min, d.unlockers_max,
  d.few_unlockers, d.repair_path, d.recovery_open, d.accounts_seen,
  d.any_token, d.any_holder, d.any_token_admin, d.any_token_admin_known,
  d.any_person_holder, d.any_person_without_token, d.any_present_holder,
  d.any_volume_owner, d.any_reset_open, d.any_login_known,
  d.any_restart_after_reset, d.enroller_token, d.usable_min,
  d.any_usable_admin, d.any_usable_standard, d.any_usable_person,
  d.usable_admins_min, d.token_admins_max, d.any_managed_admin,
  d.any_managed_admin_unknown, d.any_managed_token_admin_unknown,
  d.any_shared, d.any_unlocker_refused, d.allow_list, d.any_admin_at_hand,
  d.any_primary_not_admin, d.holder_names, d.token_admin_names,
  d.reset_names, d.refused_names, d.days_silent,
  d.bootstrap_unsure,

  p.as_of, p.p_freshness_days, p.p_checkin_low_days, p.p_checkin_medium_days,
  p.p_checkin_high_days, p.p_filevault_wait_days, p.p_deferred_days,
  p.p_export_days, p.p_expected_abm_server, p.p_updates_by_server, p.p_route,
  p.p_planned_day, p.p_deadline, p.p_new_server, p.p_new_server_bootstrap,
  p.p_recovery_keys_exported
  /*custom*/
FROM device_derived d
LEFT JOIN device_fact f ON f.device_id = d.device_id
LEFT JOIN device_text t ON t.device_id = d.device_id
LEFT JOIN client_policy p ON p.client_id = d.client_id;

-- One row an account, with its Mac's columns. The Mac's own serial, uuid,
-- mdm_id and observed_at are named device_*.
CREATE TEMP VIEW account_posture AS
SELECT
  a.account_id, a.device_id, d.client_id,

  a.account, a.full_name, a.uid, a.guid, a.observed_at, a.kind, a.role,
  a.created_by, a.admin, a.hidden, a.disabled, a.person_status,
  a.secure_token, a.crypto_user, a.volume_owner, a.filevault_user,
  a.password_known_by, a.former_password_known, a.last_login,
  a.password_reset_at, a.password_reset_by, a.token_verified_at, a.laps,
  a.break_glass, a.filevault_allowed,

  a.token_real, a.usable, a.reset_known, a.reset_proved, a.reset_open,
  a.needs_token,

  -- Nobody said what the account is for, and it is not plainly a person's.
  a.role IS NULL
    AND (a.last_login IS NOT NULL AND a.uid >= 501
         AND a.hidden IS NOT TRUE) IS NOT TRUE AS needs_token_weak,

  -- Will the bootstrap token give this account a token at its next login?
  d.bootstrap_expected AND
    CASE
      WHEN d.os < 101500 THEN 0
      WHEN d.os < 110000 THEN a.kind = 'mobile' OR a.role = 'managed_admin'
      WHEN d.os >= 110000 THEN 1
    END AS bootstrap_grants,

  -- Another account of the Mac is certainly usable. Two-valued.
  d.usable_min > (a.usable IS TRUE) AS other_usable_yes,
  d.usable_admins_min > ((a.usable AND a.admin) IS TRUE) AS other_admin_usable,
  d.holders_min > (a.token_real IS TRUE) AS other_holder,

  t.serial AS device_serial, t.uuid AS device_uuid, t.mdm_id AS device_mdm_id,
  t.name, t.site, t.model, t.os_build, t.os_version, t.assigned_user,
  t.assigned_email, t.asset_tag, t.client, t.mdm_server, t.enrolled_by,
  t.abm_server, t.recovery_key_server,

  d.os, f.chip, f.observed_at AS device_observed_at, f.last_checkin,
  f.last_boot, f.mdm_enrolled, f.enrollment_type, f.user_approved, f.supervised,
  f.in_abm, f.provisional_until, f.mdm_removable, f.bootstrap_supported,
  f.bootstrap_escrowed_device, f.bootstrap_escrowed_server, f.bootstrap_record,
  f.bootstrap_auth, f.bootstrap_for_updates, f.bootstrap_for_kexts,
  f.eacs_preflight, f.filevault, f.deferred_since, f.recovery_key_present,
  f.recovery_key_escrowed, f.recovery_key_validity, f.recovery_key_escrowed_at,
  f.recovery_key_exported, f.institutional_key, f.icloud_recovery,
  f.escrow_profile, f.unknown_filevault_users, f.recovery_lock,
  f.recovery_lock_known, f.firmware_password, f.firmware_password_known,
  f.activation_lock, f.activation_bypass_known, f.auto_login, f.remote_login,
  f.remote_hands, f.needs_kext, f.secure_boot, f.platform_sso,
  f.accounts_listed, f.holders_listed,

  d.filevault_on, d.bootstrap_state, d.bootstrap_expected, d.holders_min,
  d.holders_max, d.sole_holder, d.unlockers_min, d.unlockers_max,
  d.few_unlockers, d.repair_path, d.recovery_open, d.accounts_seen,
  d.any_token, d.any_holder, d.any_token_admin, d.any_token_admin_known,
  d.any_person_holder, d.any_person_without_token, d.any_present_holder,
  d.any_volume_owner, d.any_reset_open, d.any_login_known,
  d.any_restart_after_reset, d.enroller_token, d.usable_min,
  d.any_usable_admin, d.any_usable_standard, d.any_usable_person,
  d.usable_admins_min, d.token_admins_max, d.any_managed_admin,
  d.any_managed_admin_unknown, d.any_managed_token_admin_unknown,
  d.any_shared, d.any_unlocker_refused, d.allow_list, d.any_admin_at_hand,
  d.any_primary_not_admin, d.holder_names, d.token_admin_names,
  d.reset_names, d.refused_names, d.days_silent,
  d.bootstrap_unsure,

  p.as_of, p.p_freshness_days, p.p_checkin_low_days, p.p_checkin_medium_days,
  p.p_checkin_high_days, p.p_filevault_wait_days, p.p_deferred_days,
  p.p_export_days, p.p_expected_abm_server, p.p_updates_by_server, p.p_route,
  p.p_planned_day, p.p_deadline, p.p_new_server, p.p_new_server_bootstrap,
  p.p_recovery_keys_exported
  /*custom*/
FROM account_base a
LEFT JOIN device_derived d ON d.device_id = a.device_id
LEFT JOIN device_fact f ON f.device_id = a.device_id
LEFT JOIN device_text t ON t.device_id = a.device_id
LEFT JOIN client_policy p ON p.client_id = d.client_id;

-- part: tables

-- Made by resolve, which knows the cells; facts that come without it have none.
CREATE TABLE IF NOT EXISTS bootstrap_unsure (
  device_id INTEGER PRIMARY KEY,
  why       TEXT NOT NULL
) STRICT;

DROP TABLE IF EXISTS device_derived;

CREATE TABLE device_derived (
  device_id INTEGER PRIMARY KEY,
  client_id INTEGER,
  os        INTEGER,                  -- as in device_fact: most rules read it
  filevault_on INTEGER,
  bootstrap_state TEXT,               -- never NULL: "unknown" is a word of it
  bootstrap_expected INTEGER,
  holders_min INTEGER,
  holders_max INTEGER,                -- NULL: no upper limit is known
  sole_holder INTEGER,
  unlockers_min INTEGER,
  unlockers_max INTEGER,
  few_unlockers INTEGER,
  repair_path TEXT,                   -- A B D E unknown
  recovery_open INTEGER,              -- two-valued: nothing bars recoveryOS
  accounts_seen INTEGER,              -- account rows, system apart
  any_token INTEGER,
  any_holder INTEGER,
  any_token_admin INTEGER,
  any_token_admin_known INTEGER,      -- ... whose password IT knows
  any_person_holder INTEGER,          -- not managed, service, shared or hidden
  any_person_without_token INTEGER,
  any_present_holder INTEGER,         -- neither disabled nor departed
  any_volume_owner INTEGER,
  any_reset_open INTEGER,
  any_login_known INTEGER,            -- two-valued
  any_restart_after_reset INTEGER,    -- two-valued
  enroller_token INTEGER,             -- secure_token of the account enrolled_by
  usable_min INTEGER,
  any_usable_admin INTEGER,
  any_usable_standard INTEGER,
  any_usable_person INTEGER,          -- usable and needs_token
  usable_admins_min INTEGER,
  token_admins_max INTEGER,
  any_managed_admin INTEGER,
  any_managed_admin_unknown INTEGER,  -- ... whose password IT does not know
  any_managed_token_admin_unknown INTEGER,
  any_shared INTEGER,
  any_unlocker_refused INTEGER,       -- may unlock, and is not on the list
  allow_list INTEGER,                 -- two-valued: the policy has such a list
  any_admin_at_hand INTEGER,          -- an admin whose password someone knows
  any_primary_not_admin INTEGER,
  holder_names TEXT,                  -- token_real is yes
  token_admin_names TEXT,
  reset_names TEXT,                   -- reset_open is yes
  refused_names TEXT,
  days_silent INTEGER,
  bootstrap_unsure TEXT               -- why "none is escrowed" may be wrong
) STRICT;

-- part: accounts

-- One pass over the accounts, in the order of their Macs: the values that
-- conditions are about.
SELECT
  device_id, account,
  token_real, can_log_in, needs_token, reset_open, secure_token, admin,
  volume_owner, filevault_user, filevault_allowed, role, hidden, disabled,
  person_status, password_known_by,
  last_login IS NOT NULL AS login_known,
  (device_last_boot >= password_reset_at) AS restarted
FROM account_base
ORDER BY account_id;

-- part: conditions

-- On the values of an account alone, so that what is the same for many is
-- computed once. For the Mac at hand account_sum.c counts the accounts that
-- meet a condition and those of which it is not known; part derive asks, for a
-- condition "x":
--
--   any_x(device_id)    1 where one met it, 0 where none may, else NULL: OR
--                       over the accounts
--   least_x(device_id)  how many met it
--   most_x(device_id)   how many may: least_x and those not known
--
-- Whether the list of accounts is complete is for the reader to add. Where a
-- condition is called ..._names, the names of those that met it are joined by
-- ", ": all_x(device_id). They come in byte order when folded, as accounts are
-- numbered.
SELECT
  -- Of those that really hold a token.
  token_real AS holder,
  token_real AND admin AS token_admin,
  token_real AND admin AND password_known_by IN ('admin', 'both')
    AS token_admin_known,
  token_real AND role IN ('primary', 'secondary') AND hidden IS NOT TRUE
    AS person_holder,
  token_real AND NOT disabled AND NOT person_status = 'departed'
    AS present_holder,
  token_real AND can_log_in AS usable,
  token_real AND can_log_in AND admin AS usable_admin,
  token_real AND can_log_in AND NOT admin AS usable_standard,
  token_real AND can_log_in AND needs_token AS usable_person,
  token_real AND admin AND role = 'managed_admin'
    AND password_known_by IN ('none', 'user') AS managed_token_admin_unknown,

  -- Of all.
  TRUE AS account,
  secure_token AS token,
  NOT secure_token AND role IN ('primary', 'secondary')
    AS person_without_token,
  volume_owner,
  filevault_user AS unlocker,
  filevault_user AND NOT filevault_allowed AS unlocker_refused,
  filevault_allowed IS NOT NULL AS allow_listed,
  reset_open,
  role = 'managed_admin' AS managed_admin,
  role = 'managed_admin' AND password_known_by IN ('none', 'user')
    AS managed_admin_unknown,
  role = 'shared' AS shared,
  role = 'primary' AND NOT admin AS primary_not_admin,
  admin AND can_log_in AS admin_at_hand,
  login_known,
  (restarted AND reset_open IS NOT FALSE) IS TRUE AS restart_after_reset,

  token_real AS holder_names,
  token_real AND admin AS token_admin_names,
  reset_open AS reset_names,
  filevault_user AND NOT filevault_allowed AS refused_names

-- part: derive

INSERT INTO device_derived
WITH
-- Every Mac. A list of accounts that is not complete may lack the one that
-- meets a condition: so "OR nobody_else". A complete list of token holders
-- serves as well where only they can meet it.
mac AS (
  SELECT
    f.*,
    CASE WHEN accounts_listed THEN 0 END AS nobody_else,
    CASE WHEN accounts_listed OR holders_listed THEN 0 END AS no_other_holder
  FROM device_fact f
),

-- What follows from facts and accounts.
first AS (
  SELECT
    f.device_id, f.client_id, f.os, f.mdm_enrolled,

    -- Encrypting and decrypting count as on: the lock is there.
    CASE
      WHEN f.filevault NOT IN ('off', 'deferred') THEN 1
      WHEN f.filevault IN ('off', 'deferred') THEN 0
    END AS filevault_on,

    -- The first that definitely fits.
    CASE
      WHEN f.os < 101500 OR NOT f.bootstrap_supported THEN 'unsupported'
      WHEN f.bootstrap_escrowed_device <> f.bootstrap_escrowed_server
      THEN 'conflict'
      WHEN NOT f.bootstrap_escrowed_device OR NOT f.bootstrap_escrowed_server
      THEN 'absent'
      WHEN (f.bootstrap_escrowed_device OR f.bootstrap_escrowed_server)
           IS NOT TRUE
      THEN 'unknown'
      WHEN NOT f.bootstrap_record OR f.eacs_preflight = 'no_token'
      THEN 'invalid'
      WHEN f.chip = 'apple' AND f.eacs_preflight = 'success' THEN 'proven'
      ELSE 'claimed'
    END AS bootstrap_state,

    -- Nothing known bars the way into recoveryOS. Two-valued.
    (f.recovery_lock AND f.recovery_lock_known IS NOT TRUE) IS NOT TRUE
      AND (f.firmware_password AND f.firmware_password_known IS NOT TRUE)
          IS NOT TRUE AS recovery_open,

    -- The personal recovery key can be had, and is not known to be bad.
    f.recovery_key_escrowed AND f.recovery_key_validity IS DISTINCT FROM
      'invalid' AS key_at_hand,

    most_account(f.device_id) AS accounts_seen,
    least_holder(f.device_id) AS holders_min,
    least_unlocker(f.device_id) AS unlockers_min,
    least_usable(f.device_id) AS usable_min,
    least_usable_admin(f.device_id) AS usable_admins_min,
    f.no_other_holder + most_holder(f.device_id) AS holders_max,
    f.nobody_else + most_unlocker(f.device_id) AS unlockers_max,
    f.no_other_holder + most_token_admin(f.device_id) AS token_admins_max,

    any_holder(f.device_id) OR f.no_other_holder AS any_holder,
    any_token_admin(f.device_id) OR f.no_other_holder AS any_token_admin,
    any_token_admin_known(f.device_id) OR f.no_other_holder
      AS any_token_admin_known,
    any_person_holder(f.device_id) OR f.no_other_holder AS any_person_holder,
    any_present_holder(f.device_id) OR f.no_other_holder AS any_present_holder,
    any_usable_admin(f.device_id) OR f.no_other_holder AS any_usable_admin,
    any_usable_standard(f.device_id) OR f.no_other_holder
      AS any_usable_standard,
    any_usable_person(f.device_id) OR f.no_other_holder AS any_usable_person,
    any_managed_token_admin_unknown(f.device_id) OR f.no_other_holder
      AS any_managed_token_admin_unknown,
    any_token(f.device_id) OR f.no_other_holder AS any_token,
    any_person_without_token(f.device_id) OR f.nobody_else
      AS any_person_without_token,
    any_volume_owner(f.device_id) OR f.nobody_else AS any_volume_owner,
    any_unlocker_refused(f.device_id) OR f.nobody_else AS any_unlocker_refused,
    any_reset_open(f.device_id) OR f.nobody_else AS any_reset_open,
    any_managed_admin(f.device_id) OR f.nobody_else AS any_managed_admin,
    any_managed_admin_unknown(f.device_id) OR f.nobody_else
      AS any_managed_admin_unknown,
    any_shared(f.device_id) OR f.nobody_else AS any_shared,
    any_primary_not_admin(f.device_id) OR f.nobody_else
      AS any_primary_not_admin,
    any_admin_at_hand(f.device_id) OR f.nobody_else AS any_admin_at_hand,

    any_login_known(f.device_id) AS any_login_known,
    any_restart_after_reset(f.device_id) AS any_restart_after_reset,
    any_allow_listed(f.device_id) AS allow_list,
    all_holder_names(f.device_id) AS holder_names,
    all_token_admin_names(f.device_id) AS token_admin_names,
    all_reset_names(f.device_id) AS reset_names,
    all_refused_names(f.device_id) AS refused_names,

    -- NULL where the account that enrolled the Mac is none of those listed.
    CASE WHEN t.enrolled_by IS NOT NULL THEN
      (SELECT a.secure_token FROM account_base a
        WHERE a.device_id = f.device_id
          AND fold(a.account) = fold(t.enrolled_by))
    END AS enroller_token,

    (p.as_of - f.last_checkin) / 86400 AS days_silent,
    u.why AS bootstrap_unsure

  FROM mac f
  LEFT JOIN device_text t ON t.device_id = f.device_id
  LEFT JOIN client_policy p ON p.client_id = f.client_id
  LEFT JOIN bootstrap_unsure u ON u.device_id = f.device_id
  ORDER BY f.device_id
  LIMIT -1 OFFSET 0
)

-- What follows from those.
SELECT
  device_id, client_id, os, filevault_on, bootstrap_state,

  -- May a plan count on the bootstrap token?
  CASE
    WHEN NOT mdm_enrolled THEN 0
    WHEN bootstrap_state IN ('unsupported', 'absent') THEN 0
    WHEN bootstrap_state IN ('proven', 'claimed') THEN 1
  END AS bootstrap_expected,

  holders_min, holders_max,
  CASE
    WHEN holders_min = 1 AND holders_max = 1 THEN 1
    WHEN holders_min > 1 OR holders_max = 0 THEN 0
  END AS sole_holder,

  unlockers_min, unlockers_max,
  CASE WHEN unlockers_max <= 1 THEN 1 WHEN unlockers_min > 1 THEN 0 END
    AS few_unlockers,

  -- Who can repair a Mac without escrow: A an admin, B a standard user, D
  -- recoveryOS, E nobody. The first that is yes; an unknown before it hides it.
  CASE
    WHEN any_usable_admin THEN 'A'
    WHEN any_usable_admin IS NULL THEN 'unknown'
    WHEN any_usable_standard THEN 'B'
    WHEN any_usable_standard IS NULL THEN 'unknown'
    WHEN recovery_open AND (NOT filevault_on OR key_at_hand) THEN 'D'
    WHEN (recovery_open AND (NOT filevault_on OR key_at_hand)) IS NULL
    THEN 'unknown'
    ELSE 'E'
  END AS repair_path,

  recovery_open, accounts_seen, any_token, any_holder, any_token_admin,
  any_token_admin_known, any_person_holder, any_person_without_token,
  any_present_holder, any_volume_owner, any_reset_open, any_login_known,
  any_restart_after_reset, enroller_token, usable_min, any_usable_admin,
  any_usable_standard, any_usable_person, usable_admins_min,
  token_admins_max, any_managed_admin, any_managed_admin_unknown,
  any_managed_token_admin_unknown, any_shared, any_unlocker_refused,
  allow_list, any_admin_at_hand, any_primary_not_admin, holder_names,
  token_admin_names, reset_names, refused_names, days_silent,
  bootstrap_unsure
FROM first;
