#!/bin/sh
# The job with the sqlite3 shell alone: .import both files, ten rules, one CSV.
#
# usage: peer_sqlite.sh FLEETDIR WORKDIR [all|import|rules]
#   all     import, then the rules (default)
#   import  only the two .import runs, into WORKDIR/peer.db: TEXT columns, no
#           key, no index, no types, journal and sync off
#   rules   only the rules, on a WORKDIR/peer.db made before
#
# What an engineer would write who knows the shell well: the accounts of a Mac
# are counted once, over a covering index, and each rule is a CASE in one scan
# of the Macs. No history, no evidence, no conflicts, no unknown accounts.
set -eu
F=$1 W=$2 WHAT=${3:-all}
DB=$W/peer.db
mkdir -p "$W"

import() {
    rm -f "$DB"
    sqlite3 "$DB" >/dev/null <<SQL
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
CREATE TABLE devices(serial TEXT, uuid TEXT, name TEXT, client TEXT, site TEXT,
 assigned_user TEXT, model TEXT, chip TEXT, os_version TEXT, os_build TEXT,
 last_checkin TEXT, last_boot TEXT, mdm_enrolled TEXT, enrollment_type TEXT,
 user_approved TEXT, supervised TEXT, filevault TEXT,
 recovery_key_escrowed TEXT, recovery_key_validity TEXT,
 bootstrap_supported TEXT, bootstrap_escrowed_server TEXT, auto_login TEXT);
CREATE TABLE accounts(serial TEXT, account TEXT, full_name TEXT, uid TEXT,
 guid TEXT, role TEXT, admin TEXT, secure_token TEXT, filevault_user TEXT,
 password_known_by TEXT, last_login TEXT);
.mode csv
.import --skip 1 $F/devices.csv devices
.import --skip 1 $F/accounts.csv accounts
SQL
}

rules() {
    sqlite3 "$DB" >/dev/null <<SQL
PRAGMA temp_store=MEMORY; PRAGMA cache_size=-262144;
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
CREATE INDEX IF NOT EXISTS ax
 ON accounts(serial, secure_token, admin, password_known_by, filevault_user);
CREATE TEMP TABLE agg AS
 SELECT serial AS s, count(*) AS n_accounts,
        sum(secure_token='true') AS n_token,
        sum(secure_token='') AS n_token_unknown,
        sum(secure_token='false') AS n_no_token,
        sum(admin='true') AS n_admin,
        sum(admin='true' AND secure_token='true') AS n_token_admin,
        sum(admin='true' AND secure_token='true'
            AND password_known_by IN ('admin', 'both')) AS n_usable_admin,
        sum(filevault_user='true') AS n_unlock,
        sum(filevault_user='') AS n_unlock_unknown
   FROM accounts GROUP BY serial;
CREATE UNIQUE INDEX temp.aggs ON agg(s);
.mode csv
.headers on
.output $W/peer_devices.csv
SELECT serial, name, client, os_version, last_checkin, n_accounts, n_token, n_admin,
 CASE WHEN n_token IS NULL THEN 'unknown'
      WHEN n_token=1 AND bootstrap_escrowed_server='true' THEN 'pass'
      WHEN n_token=1 AND bootstrap_escrowed_server='' THEN 'unknown'
      WHEN n_token=1 THEN 'fail'
      WHEN n_token=0 AND n_token_unknown>0 THEN 'unknown'
      ELSE 'pass' END AS sole_token_no_escrow,
 CASE WHEN n_token IS NULL THEN 'unknown'
      WHEN n_no_token=0 AND n_token_unknown=0 THEN 'pass'
      WHEN bootstrap_escrowed_server='true' THEN 'pass'
      WHEN bootstrap_escrowed_server='' THEN 'unknown'
      WHEN n_no_token>0 THEN 'fail' ELSE 'unknown' END AS tokenless_no_escrow,
 CASE WHEN n_token IS NULL THEN 'unknown' WHEN n_token_admin>0 THEN 'pass'
      WHEN n_token_unknown>0 THEN 'unknown' ELSE 'fail' END AS no_token_admin,
 CASE WHEN n_token IS NULL THEN 'unknown' WHEN n_token_admin=0 THEN 'pass'
      WHEN n_usable_admin>0 THEN 'pass' ELSE 'fail' END AS admin_not_known,
 CASE WHEN filevault='' THEN 'unknown'
      WHEN filevault NOT IN ('on', 'encrypting') THEN 'pass'
      WHEN recovery_key_escrowed='' THEN 'unknown'
      WHEN recovery_key_escrowed='true' THEN 'pass'
      ELSE 'fail' END AS fv_no_recovery_key,
 CASE WHEN filevault='' THEN 'unknown'
      WHEN filevault IN ('on', 'encrypting') THEN 'pass'
      ELSE 'fail' END AS fv_off,
 CASE WHEN filevault='' OR n_unlock IS NULL THEN 'unknown'
      WHEN filevault NOT IN ('on', 'encrypting') OR n_unlock>1 THEN 'pass'
      WHEN n_unlock+n_unlock_unknown<=1 THEN 'fail'
      ELSE 'unknown' END AS few_unlockers,
 CASE WHEN last_checkin='' THEN 'unknown'
      WHEN last_checkin='never' OR last_checkin<'2026-11-17T00:00:00Z'
      THEN 'fail' ELSE 'pass' END AS stale_checkin,
 CASE WHEN mdm_enrolled='' THEN 'unknown'
      WHEN mdm_enrolled='false' OR enrollment_type='user' THEN 'pass'
      WHEN bootstrap_supported='false' THEN 'pass'
      WHEN bootstrap_escrowed_server='' THEN 'unknown'
      WHEN bootstrap_escrowed_server='true' THEN 'pass'
      ELSE 'fail' END AS bootstrap_missing,
 CASE WHEN mdm_enrolled='' THEN 'unknown'
      WHEN mdm_enrolled='false' OR enrollment_type='user' THEN 'pass'
      WHEN user_approved='false' OR supervised='false' THEN 'fail'
      WHEN user_approved='' OR supervised='' THEN 'unknown'
      ELSE 'pass' END AS mdm_not_approved
 FROM devices LEFT JOIN agg ON s=serial;
SQL
}

case $WHAT in
import) import ;;
rules) rules ;;
all) import && rules ;;
*) exit 2 ;;
esac
