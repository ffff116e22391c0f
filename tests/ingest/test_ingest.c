#include "core/base.h"

#include "core/strbuf.h"
#include "ingest/secrets.h"
#include "tests/ingest/second/ingest_case.h"
#include "tests/suites.h"

#include <check.h>

static struct ingest_case c;

static void setup(void)
{
    case_open(&c);
}

static void teardown(void)
{
    case_close(&c);
}

#define IS(sql, want) ck_assert_str_eq(case_ask(&c, sql), want)

/* ------------------------------------------------------------- canonical */

START_TEST(canonical_devices_become_typed_rows)
{
    case_good(&c, "d.csv",
              "serial,name,os_version,filevault,supervised,last_checkin\n"
              " c02aaa00001 ,Ana,15.1,on,true,2026-11-01T09:14:00Z\n"
              "C02AAA00002,,15,OFF,No,never\n"
              "C02AAA00003,x,,?,,2026-13-01\n");
    IS("SELECT serial FROM device ORDER BY device_id",
       "C02AAA00001 C02AAA00002 C02AAA00003");
    IS("SELECT line, name, os_version, filevault, supervised, last_checkin"
       "  FROM device_row ORDER BY row_id",
       "2|Ana|15.1|on|1|1793524440 3|-|15|off|0|0 4|x|-|-|-|-");
    IS("SELECT records, accepted, rejected, left_out, devices, accounts,"
       " complete, in_order FROM import",
       "3|3|0|0|3|0|none|1");
    /* raw only where the cell is not spelled canonically */
    IS("SELECT raw IS NULL, raw FROM device_row WHERE line = 3",
       "0|{\"filevault\":[\"filevault\",\"OFF\"],"
       "\"supervised\":[\"supervised\",\"No\"]}");
    IS("SELECT raw FROM device_row WHERE line = 2", "-");
    IS("SELECT position, value, count FROM import_value ORDER BY 1, 2",
       "4|?|1 6|2026-13-01|1");
}
END_TEST

START_TEST(canonical_accounts_are_complete_and_ordered)
{
    case_good(&c, "a.csv",
              "serial,account,admin,secure_token,uid\n"
              "C02AAA00001,ana,true,false,501\n"
              "C02AAA00001,bo,,yes,502\n"
              "C02AAA00002,cy,false,true,501\n");
    IS("SELECT device_id, account, admin, secure_token, uid FROM account_row"
       " ORDER BY row_id",
       "1|ana|1|0|501 1|bo|-|1|502 2|cy|0|1|501");
    IS("SELECT complete, in_order, accounts, devices FROM import",
       "accounts|1|3|0");
    case_good(&c, "b.csv", "serial,account\nC02AAA00002,x\nC02AAA00001,y\n");
    IS("SELECT in_order FROM import WHERE import_id = 2", "0");
}
END_TEST

START_TEST(json_says_the_same_as_csv)
{
    case_good(&c, "d.json",
              "[{\"serial\":\"C02AAA00001\",\"filevault\":\"on\","
              "\"supervised\":true,\"accounts\":[{\"account\":\"ana\","
              "\"uid\":501,\"secure_token\":false},{\"account\":\"bo\"}]},\n"
              "{\"serial\":\"C02AAA00002\",\"accounts\":[]},\n"
              "{\"serial\":\"C02AAA00003\",\"supervised\":null}]");
    IS("SELECT line, filevault, supervised, accounts_listed, reports"
       "  FROM device_row ORDER BY row_id",
       "1|on|1|1|1 2|-|-|1|1 3|-|-|-|0");
    IS("SELECT device_id, account, uid, secure_token FROM account_row"
       " ORDER BY row_id",
       "1|ana|501|0 1|bo|-|-");
}
END_TEST

START_TEST(counts_tie_and_rejects_have_reasons)
{
    case_good(&c, "d.csv",
              "serial,name,platform\n"
              "C02AAA00001,a,mac\n"
              ",b,mac\n"
              "N/A,c,\n"
              "C02AAA00004,d\n"
              "DMPAAA00005,e,other\n");
    IS("SELECT records, accepted, rejected, left_out FROM import", "5|1|3|1");
    IS("SELECT line, reason FROM reject ORDER BY line",
       "3|no usable serial number and no id of the Mac "
       "4|no usable serial number and no id of the Mac "
       "5|expected 3 cells, found 2");
    IS("SELECT count(*) FROM device", "1");
    case_good(&c, "a.csv", "serial,account\nC02AAA00001,\nC02AAA00001,x\n");
    IS("SELECT reason FROM reject WHERE import_id = 2",
       "no account name; the accounts of this Mac are not all known");
}
END_TEST

/* Where the name of a file is all that says of which Mac it is. */
START_TEST(two_macs_may_answer_alike)
{
    static const char answer[] =
        "profiles: Bootstrap Token supported on server: YES\n"
        "profiles: Bootstrap Token escrowed to server: NO\n";

    case_good(&c, "C02AAA00001.txt", answer);
    case_good(&c, "C02AAA00002.txt", answer);
    case_good(&c, "C02AAA00001.txt", answer);
    IS("SELECT file, superseded FROM import ORDER BY file",
       "C02AAA00001.txt|0 C02AAA00002.txt|0");
    IS("SELECT serial FROM device ORDER BY serial", "C02AAA00001 C02AAA00002");
}
END_TEST

/* The row is lost, and with it that the list is complete: on its Mac alone. */
START_TEST(a_nameless_row_of_a_complete_list_is_remembered)
{
    case_good(&c, "a.csv",
              "serial,uuid,account\n"
              "C02AAA00001,,\nC02AAA00001,,x\n"
              ",8A4B1C52-7A0E-4C0E-9A44-0D2C7B1F0001,\n"
              ",,\nC02AAA00002,,y\n");
    IS("SELECT line, (SELECT serial FROM device d WHERE d.device_id ="
       " l.device_id), uuid, fact, covers, names FROM list_row l ORDER BY line",
       "2|C02AAA00001|-|account|0|[] "
       "4|-|8A4B1C52-7A0E-4C0E-9A44-0D2C7B1F0001|account|0|[]");
    IS("SELECT records, accepted, rejected FROM import", "5|2|3");
}
END_TEST

START_TEST(nothing_accepted_is_an_error_and_leaves_nothing)
{
    ck_assert_int_eq(case_text(&c, "d.csv", "serial,name\n,x\n"), -1);
    ck_assert_int_eq(c.err.code, ERR_INPUT);
    ck_assert_int_eq(case_text(&c, "d.csv", "serial,name\n"), -1);
    ck_assert_int_eq(case_text(&c, "d.json", "[]"), -1);
    IS("SELECT count(*) FROM import", "0");
    IS("SELECT count(*) FROM device", "0");
    IS("SELECT count(*) FROM reject", "0");
}
END_TEST

START_TEST(a_refused_file_leaves_no_devices_behind)
{
    ck_assert_int_eq(
        case_text(&c, "d.csv", "serial,name\nC02AAA00001,x\nC02AAA00002,\"\n"),
        -1);
    ck_assert_int_eq(c.err.line, 3);
    ck_assert_int_eq(c.err.column, 13);
    case_good(&c, "d.csv", "serial,name\nC02AAA00003,x\n");
    IS("SELECT device_id, serial FROM device", "1|C02AAA00003");
}
END_TEST

START_TEST(too_many_rejects_refuse_the_file)
{
    const char *text = "serial\nC02AAA00001\nC02AAA00002\n,\n,,\n";

    c.options.has_max_rejects = true;
    c.options.max_rejects = 1;
    ck_assert_int_eq(case_text(&c, "d.csv", text), -1);
    ck_assert_int_eq(c.err.code, ERR_INPUT);
    c.options.max_rejects = 50;
    c.options.max_percent = true;
    ck_assert_int_eq(case_text(&c, "d.csv", text), 0);
}
END_TEST

/* ---------------------------------------------------------------- identity */

START_TEST(the_same_file_again_does_nothing)
{
    const char *text = "serial,name,x\nC02AAA00001,a,1\n";
    const char *keep[] = {"x"};

    case_good(&c, "d.csv", text);
    case_good(&c, "other-name.csv", text);
    ck_assert_int_eq(c.sum.state, INGEST_SAME);
    IS("SELECT count(*) FROM device_row", "1");
    /* another mapping takes its place */
    c.options.keep = keep;
    c.options.keep_count = 1;
    case_good(&c, "d.csv", text);
    ck_assert_int_eq(c.sum.state, INGEST_REPLACED);
    IS("SELECT superseded FROM import ORDER BY import_id", "1 0");
    IS("SELECT custom FROM device_row WHERE import_id = 2", "{\"x_x\":\"1\"}");
    /* another client or period is another import */
    c.options.client = "Acme";
    case_good(&c, "d.csv", text);
    c.options.period = "2026-12";
    case_good(&c, "d.csv", text);
    IS("SELECT client, period, superseded FROM import ORDER BY import_id",
       "|2026-11|1 |2026-11|0 Acme|2026-11|0 Acme|2026-12|0");
}
END_TEST

START_TEST(replace_supersedes_the_same_source_only)
{
    case_good(&c, "d.csv", "serial,name\nC02AAA00001,a\n");
    case_good(&c, "a.csv", "serial,account\nC02AAA00001,a\n");
    c.options.replace = true;
    case_good(&c, "d2.csv", "serial,name\nC02AAA00002,a\n");
    IS("SELECT source, superseded FROM import ORDER BY import_id",
       "canonical-devices|1 canonical-accounts|0 canonical-devices|0");
}
END_TEST

/* Who a nameless account is, is not known: so neither are all accounts. */
START_TEST(a_nameless_account_leaves_the_list_open)
{
    case_good(
        &c, "d.json",
        "[{\"serial\": \"C02AAA00001\", \"accounts\": []},"
        " {\"serial\": \"C02AAA00002\", \"accounts\": "
        "[{\"account\": \"\", \"admin\": true}]},"
        " {\"serial\": \"C02AAA00003\", \"accounts\": [null, \"amy\", 5]},"
        " {\"serial\": \"C02AAA00004\", \"accounts\": {}},"
        " {\"serial\": \"C02AAA00005\", \"accounts\": "
        "[{\"account\": \"amy\"}, {\"full_name\": \"Ben\"}]}]");
    IS("SELECT line, accounts_listed FROM device_row ORDER BY row_id",
       "1|1 1|- 1|- 1|- 1|-");
    IS("SELECT account FROM account_row", "amy");
    ck_assert_msg(strstr(strbuf_str(&c.sum.details),
                         "6 nested accounts without a name left out, on 4 "
                         "Macs: there, who else has an account is not known"),
                  "%s", strbuf_str(&c.sum.details));
}
END_TEST

START_TEST(a_dry_run_stores_nothing)
{
    c.options.dry_run = true;
    case_good(&c, "d.csv", "serial,name\nC02AAA00001,a\n");
    ck_assert_int_eq(c.sum.accepted, 1);
    IS("SELECT count(*) FROM import", "0");
    c.options.dry_run = false;
    case_good(&c, "d.csv", "serial,name\nC02AAA00009,a\n");
    IS("SELECT device_id, serial FROM device", "1|C02AAA00009");
}
END_TEST

START_TEST(collected_is_the_newest_plausible_time)
{
    case_good(&c, "d.csv",
              "serial,last_checkin,last_boot,provisional_until\n"
              "C02AAA00001,2026-11-02,2026-11-03T10:00:00Z,2026-12-24\n"
              "C02AAA00002,5251-01-01,never,\n");
    IS("SELECT datetime(collected, 'unixepoch') FROM import",
       "2026-11-03 10:00:00");
    c.options.has_collected = true;
    c.options.collected = 1793577600;
    case_good(&c, "e.csv", "serial,last_checkin\nC02AAA00001,2026-11-02\n");
    IS("SELECT collected FROM import WHERE import_id = 2", "1793577600");
}
END_TEST

START_TEST(a_file_carries_what_it_has_a_filled_column_for)
{
    case_good(&c, "d.csv",
              "serial,chip,filevault,supervised\n"
              "C02AAA00001,apple,,\nC02AAA00002,,,true\n");
    IS("SELECT (carries_device >> 12) & 1, (carries_device >> 35) & 1,"
       " (carries_device >> 22) & 1, carries_account FROM import",
       "1|0|1|0");
}
END_TEST

START_TEST(facts_that_never_vary_are_pointed_out)
{
    struct strbuf b = {0};
    int i;

    strbuf_adds(&b, "serial,supervised,filevault,name\n");
    for (i = 0; i < 21; i++)
        strbuf_addf(&b, "C02AAA000%02d,true,%s,x\n", i, i ? "on" : "off");
    case_good(&c, "d.csv", strbuf_str(&b));
    strbuf_free(&b);
    IS("SELECT text FROM import_warning",
       "the same for all of them: supervised=true");
}
END_TEST

/* ----------------------------------------------------------------- cut off */

static const char small_csv[] = "serial,name,os_version,secure_boot\n"
                                "C02AAA00001,\"Ana, x\",15.1.1,full\n"
                                "C02AAA00002,Bo,14.7.2,medium\n";

/* A file cut at any byte is refused, or gives whole records unchanged; only
 * the last cell of a row without a line end may be missing. */
START_TEST(a_cut_csv_never_changes_a_cell)
{
    static const char *const good[] = {
        "",
        "C02AAA00001|Ana, x|15.1.1|full",
        "C02AAA00001|Ana, x|15.1.1|full C02AAA00002|Bo|14.7.2|medium",
        "C02AAA00001|Ana, x|15.1.1|-",
        "C02AAA00001|Ana, x|15.1.1|full C02AAA00002|Bo|14.7.2|-",
    };
    const char *rows;
    size_t n, i;

    for (n = 1; n < sizeof(small_csv) - 1; n++) {
        case_close(&c);
        case_open(&c);
        if (case_bytes(&c, "d.csv", small_csv, n) < 0) {
            ck_assert_int_eq(c.err.code, ERR_INPUT);
            continue;
        }
        rows = case_ask(&c, "SELECT serial, name, os_version, secure_boot FROM"
                            " device_row JOIN device USING (device_id)"
                            " ORDER BY row_id");
        for (i = 0; i < COUNT_OF(good); i++)
            if (strcmp(rows, good[i]) == 0)
                break;
        ck_assert_msg(i < COUNT_OF(good), "cut at %zu: %s", n, rows);
    }
}
END_TEST

START_TEST(a_text_without_a_line_end_is_not_trusted)
{
    case_good(&c, "d.csv",
              "serial,filevault,name\nC02AAA00001,on,Ana\n"
              "C02AAA00002,off,Bo");
    IS("SELECT name FROM device_row ORDER BY row_id", "Ana -");
    IS("SELECT count(*) FROM import_warning WHERE text LIKE '%cut off%'", "1");
    case_good(&c, "e.csv",
              "serial,name,filevault\nC02AAA00001,Ana,on\n"
              "C02AAA00002,Bo,off");
    IS("SELECT filevault FROM device_row WHERE import_id = 2 ORDER BY row_id",
       "on off");
}
END_TEST

/* ----------------------------------------------------------------- secrets */

#define KEY "9A2U-CDK6-P6NH-FAB3-LTUH-2MYP"

START_TEST(secrets_are_known_by_their_shape)
{
    static const char *const yes[] = {KEY,
                                      "9a2u-cdk6-p6nh-fab3-ltuh-2myp",
                                      "the key is " KEY ".",
                                      "9A2U\xe2\x80\x93"
                                      "CDK6\xe2\x80\x93P6NH\xe2\x80\x93"
                                      "FAB3\xe2\x80\x93"
                                      "LTUH\xe2\x80\x93"
                                      "2MYP",
                                      "9A2U - CDK6 - P6NH - FAB3 - LTUH - 2MYP",
                                      "A00M6-04XTY-YDMG-JNTE-EMZ3-FTJ5",
                                      "-----BEGIN PRIVATE KEY-----",
                                      "AKIAABCDEFGHIJKLMNOP",
                                      "eyJhbGciOi.eyJzdWIiOiIx.c2lnbmF0dXJl"};
    static const char *const no[] = {"8640BFE9-F36D-0FDC-493D-DCE0978A7B53",
                                     "C02XK1ABCD",
                                     "2026-11-01T09:14:00Z",
                                     "02-00-00-00-00-01-02-00-00-00",
                                     "MacBook Pro (14-inch, Nov 2023)",
                                     "15.1.1-beta-2-build-24A5-1",
                                     "this-that-then-when",
                                     "00008027-000000000000002E",
                                     "9A2U-CDK6-P6NH-FAB3-LTUH",
                                     "9A2U-CDK6-P6NH-FAB3-LTUH-2MYP9"};
    size_t i;

    for (i = 0; i < COUNT_OF(yes); i++)
        ck_assert_msg(secret_shape(yes[i], strlen(yes[i])), "%s", yes[i]);
    for (i = 0; i < COUNT_OF(no); i++)
        ck_assert_msg(!secret_shape(no[i], strlen(no[i])), "%s", no[i]);
}
END_TEST

START_TEST(secrets_are_known_by_their_column)
{
    static const char *const yes[] = {"Password",
                                      "Local Password",
                                      "recovery_key",
                                      "Recovery Key",
                                      "personalRecoveryKey",
                                      "password_hint",
                                      "Bypass Code",
                                      "unlock_pin",
                                      "PIN",
                                      "activation_bypass",
                                      "filevault_recovery_key",
                                      "UnlockToken",
                                      "admin passcode",
                                      "Private Key",
                                      "hint",
                                      "userPRK"};
    static const char *const no[] = {"Secure Token Status",
                                     "Bootstrap Token Escrowed",
                                     "recovery_key_escrowed",
                                     "FileVault Key Escrowed",
                                     "Shipping",
                                     "password_reset_at",
                                     "Password Last Changed",
                                     "Secretary",
                                     "Recovery Key Type",
                                     "secure_token"};
    size_t i;

    for (i = 0; i < COUNT_OF(yes); i++)
        ck_assert_msg(secret_name(yes[i]), "%s", yes[i]);
    for (i = 0; i < COUNT_OF(no); i++)
        ck_assert_msg(!secret_name(no[i]), "%s", no[i]);
}
END_TEST

/* Keys and passwords in every kind of place: none may be found afterwards. */
START_TEST(no_canary_survives)
{
    static const char *const keep[] = {"notes", "Recovery Key", "Password"};
    static const char *const map[] = {"recovery_key_escrowed=Escrow",
                                      "recovery_lock_known=Lock Password"};
    const char *seen;

    c.options.keep = keep;
    c.options.keep_count = 3;
    c.options.map = map;
    c.options.map_count = 2;
    case_good(&c, "d.csv",
              "serial,name,os_version,filevault,notes,Recovery Key,Password,"
              "Escrow,Lock Password,CNRY-AAAA-BBBB-CCCC-DDDD-FFFF\n"
              "C02AAA00001,CNRY-AAAA-BBBB-CCCC-DDDD-0001,"
              "CNRY-AAAA-BBBB-CCCC-DDDD-0002,cnry-aaaa-bbbb-cccc-dddd-0003,"
              "x CNRY-AAAA-BBBB-CCCC-DDDD-0004 y,CNRY-AAAA-BBBB-CCCC-DDDD-0005,"
              "CNRYpass1,CNRY-AAAA-BBBB-CCCC-DDDD-0006,CNRYpass2,z\n"
              "C02AAA00002,short CNRYrow\n"
              "CNRY-AAAA-BBBB-CCCC-DDDD-0007,,,,,,,,,\n");
    IS("SELECT recovery_key_escrowed, recovery_lock_known, name, custom"
       "  FROM device_row",
       "1|1|-|{\"x_notes\":\"present\",\"x_recovery_key\":\"present\","
       "\"x_password\":\"present\"}");
    c.options.keep_count = c.options.map_count = 0;
    case_good(
        &c, "n.json",
        "[{\"serial\":\"C02AAA00003\",\"personalRecoveryKey\":"
        "\"CNRY-AAAA-BBBB-CCCC-DDDD-0008\","
        "\"CNRY-AAAA-BBBB-CCCC-DDDD-0009\":1,"
        "\"filevault\":\"CNRY-AAAA-BBBB-CCCC-DDDD-0010\",\"accounts\":"
        "[{\"account\":\"a\",\"full_name\":"
        "\"CNRY-AAAA-BBBB-CCCC-DDDD-0011\",\"password\":\"CNRYpass3\"}]}]");
    seen = strbuf_str(&c.sum.details);
    ck_assert_msg(!strstr(seen, "CNRY"), "%s", seen);
    ck_assert_int_eq(
        case_text(&c, "b.json",
                  "[{\"serial\":\"CNRY-AAAA-BBBB-CCCC-DDDD-0012\",,}]"),
        -1);
    ck_assert_msg(!strstr(c.err.text, "CNRY"), "%s", c.err.text);
    seen = case_dump(&c);
    ck_assert_msg(!strstr(seen, "CNRY") && !strstr(seen, "cnry"), "%s", seen);
}
END_TEST

/* ---------------------------------------------------------------- mappings */

START_TEST(the_operator_names_columns)
{
    const char *map[] = {"serial=Nr", "holders=Tokens", "filevault=FV"};

    ck_assert_int_eq(case_text(&c, "x.csv", "Nr,Tokens,FV\n1,a,on\n"), -1);
    c.options.map = map;
    c.options.map_count = 3;
    case_good(&c, "x.csv",
              "Nr,Tokens,FV\n"
              "C02AAA00001,\"ana, bo\",on\n"
              "C02AAA00002,none,off\n"
              "C02AAA00003,,\n"
              "C02AAA00004,Older macOS version.,on\n");
    IS("SELECT device_id, filevault, holders_listed FROM device_row",
       "1|on|1 2|off|1 3|-|- 4|on|-");
    IS("SELECT device_id, fact, covers, names FROM list_row",
       "1|secure_token|1|[\"ana\",\"bo\"] 2|secure_token|1|[]");
    IS("SELECT device_id, account, secure_token, admin FROM account_row",
       "1|ana|1|- 1|bo|1|-");
    IS("SELECT complete, carries_listed FROM import", "holders|32768");
    map[1] = "holdrs=Tokens";
    ck_assert_int_eq(case_text(&c, "x.csv", "Nr,Tokens,FV\nC02B,a,on\n"), -1);
    ck_assert_int_eq(c.err.code, ERR_USAGE);
    ck_assert_str_eq(c.err.hint, "did you mean \"holders\"?");
}
END_TEST

START_TEST(unknown_columns_are_named_and_not_kept)
{
    case_good(&c, "x.csv",
              "serial,filevault,Shoe size\nC02AAA00001,on,fortythree\n");
    ck_assert(strstr(strbuf_str(&c.sum.details),
                     "ignored columns: Shoe size (1)") != NULL);
    IS("SELECT header, use, filled FROM import_column WHERE use = 'ignored'",
       "Shoe size|ignored|1");
    ck_assert(strstr(case_dump(&c), "fortythree") == NULL);
}
END_TEST

START_TEST(an_addigy_console_csv_is_read)
{
    ck_assert_int_eq(case_file(&c, "fixtures/sources/addigy-console.csv"), 0);
    IS("SELECT source, records, accepted, left_out FROM import",
       "addigy-devices|6|5|1");
    IS("SELECT serial, filevault, user_approved,"
       " datetime(last_checkin, 'unixepoch'), bootstrap_escrowed_device,"
       " bootstrap_auth, bootstrap_supported, holders_listed"
       "  FROM device_row JOIN device USING (device_id) ORDER BY row_id",
       "C02EXAMPLE01|on|1|2026-11-02 09:14:00|1|allowed|-|1 "
       "C02EXAMPLE02|off|0|2026-11-01 23:59:00|0|not_supported|-|1 "
       "C02EXAMPLE03|on|1|2026-11-02 08:00:00|-|disallowed|-|1 "
       "C02EXAMPLE04|-|-|-|-|-|-|- "
       "C02EXAMPLE06|on|1|2026-11-02 07:30:00|0|allowed|-|1");
    IS("SELECT device_id, account, secure_token, admin FROM account_row"
       " ORDER BY row_id",
       "1|itadmin|1|1 1|amy|1|0 2|ben|1|- 3|cem|1|- 3|dan|1|-");
    IS("SELECT device_id, names FROM list_row ORDER BY rowid",
       "1|[\"itadmin\",\"amy\"] 2|[\"ben\"] 3|[\"cem\",\"dan\"] 5|[]");
}
END_TEST

START_TEST(addigy_devices_json_is_read)
{
    ck_assert_int_eq(case_file(&c, "fixtures/sources/addigy-v1.json"), 0);
    IS("SELECT records, accepted, left_out FROM import", "3|2|1");
    IS("SELECT serial, name, chip, os_version, os_build, mdm_enrolled,"
       " enrollment_type, supervised, filevault, recovery_key_escrowed,"
       " bootstrap_auth, bootstrap_escrowed_device, bootstrap_supported,"
       " secure_boot, datetime(last_boot, 'unixepoch')"
       "  FROM device_row JOIN device USING (device_id) ORDER BY row_id",
       "C02EXAMPLE11|amy-mbp|apple|15.7.2|24G325|1|ade|1|on|1|allowed|1|-|"
       "full|2026-11-01 06:00:00 "
       "C02EXAMPLE12|ben-mba|t2|12.0.1|21A559|1|manual|1|on|0|not_supported|-|"
       "-|full|-");
    IS("SELECT account, admin, secure_token FROM account_row ORDER BY row_id",
       "itadmin|1|1 amy|-|1 ben|1|-");
}
END_TEST

START_TEST(a_jamf_inventory_is_read)
{
    ck_assert_int_eq(case_file(&c, "fixtures/sources/jamf-inventory.json"), 0);
    IS("SELECT source, server, records, accepted, complete FROM import",
       "jamf-pro-inventory|Jamf Pro|3|3|holders");
    IS("SELECT serial, filevault, recovery_key_validity, recovery_key_escrowed,"
       " bootstrap_escrowed_server, bootstrap_auth, bootstrap_supported,"
       " enrollment_type, auto_login, accounts_listed, holders_listed, reports"
       "  FROM device_row LEFT JOIN device USING (device_id) ORDER BY row_id",
       "C02EXAMPLE21|on|valid|1|1|allowed|-|ade|0|1|1|1 "
       "C02EXAMPLE22|off|-|-|-|disallowed|-|manual|1|1|-|1 "
       "C02EXAMPLE23|encrypting|-|-|-|-|-|-|-|-|-|0");
    IS("SELECT account, uid, kind, admin, filevault_user, secure_token"
       "  FROM account_row ORDER BY row_id",
       "itadmin|501|local|1|1|1 amy|502|mobile|0|1|- ben|501|local|1|0|-");
    IS("SELECT fact, covers, names FROM list_row ORDER BY fact",
       "filevault_user|0|[\"itadmin\",\"amy\"] "
       "filevault_user|0|[] secure_token|1|[\"itadmin\"]");
}
END_TEST

START_TEST(a_jamf_search_is_read)
{
    ck_assert_int_eq(case_file(&c, "fixtures/sources/jamf-search.csv"), 0);
    IS("SELECT serial, os_version, mdm_enrolled, enrollment_type,"
       " last_checkin = 0, bootstrap_escrowed_server, bootstrap_auth,"
       " bootstrap_supported, filevault, recovery_key_validity, recovery_lock,"
       " holders_listed"
       "  FROM device_row LEFT JOIN device USING (device_id) ORDER BY row_id",
       "C02EXAMPLE31|15.1|1|ade|0|1|allowed|-|on|valid|1|1 "
       "C02EXAMPLE32|11.6.2|1|manual|0|0|disallowed|-|off|invalid|0|1 "
       "C02EXAMPLE33|10.9.5|0|-|1|-|not_supported|-|off|unverified|0|- "
       "-|14.7|1|-|0|-|-|-|-|-|-|-");
    IS("SELECT device_id, names FROM list_row ORDER BY rowid",
       "1|[\"itadmin\",\"amy\"] 2|[]");
}
END_TEST

/* A page of two Macs of Jamf's, which says how many there are but not where it
 * begins. */
static void jamf_page(const char *name, const char *one, const char *two)
{
    struct strbuf b = {0};

    strbuf_addf(&b,
                "{\"totalCount\":4,\"results\":[{\"id\":\"1\",\"udid\":\"U\","
                "\"general\":{\"name\":\"%s\"},\"hardware\":{\"serialNumber\":"
                "\"%s\"}},{\"id\":\"2\",\"udid\":\"V\",\"general\":{\"name\":"
                "\"x\"},\"hardware\":{\"serialNumber\":\"%s\"}}]}",
                name, one, two);
    case_good(&c, name, strbuf_str(&b));
    strbuf_free(&b);
}

START_TEST(pages_without_a_place_are_counted_by_their_macs)
{
    jamf_page("a.json", "C02AAA00001", "C02AAA00002");
    jamf_page("again.json", "C02AAA00002", "C02AAA00001");
    IS("SELECT DISTINCT text FROM import_warning",
       "the file says that there are 4 records and holds 2: it is one page of "
       "many; with the other pages that were read 2 are there, the fleet is "
       "incomplete");
    jamf_page("b.json", "C02AAA00003", "C02AAA00004");
    IS("SELECT count(*) FROM import_warning", "0");
}
END_TEST

START_TEST(pages_of_many_are_warned_about)
{
    case_good(&c, "p.json",
              "{\"totalCount\":300,\"results\":[{\"id\":\"1\","
              "\"udid\":\"U\",\"general\":{\"name\":\"x\"},"
              "\"hardware\":{\"serialNumber\":\"C02AAA00001\"}}]}");
    IS("SELECT text FROM import_warning",
       "the file says that there are 300 records and holds 1: it is one page "
       "of many, the fleet is incomplete");
}
END_TEST

Suite *ingest_suite(void);
Suite *ingest_suite(void)
{
    Suite *s = suite_create("ingest");
    TCase *tc = tcase_create("ingest");

    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, canonical_devices_become_typed_rows);
    tcase_add_test(tc, canonical_accounts_are_complete_and_ordered);
    tcase_add_test(tc, json_says_the_same_as_csv);
    tcase_add_test(tc, counts_tie_and_rejects_have_reasons);
    tcase_add_test(tc, nothing_accepted_is_an_error_and_leaves_nothing);
    tcase_add_test(tc, a_refused_file_leaves_no_devices_behind);
    tcase_add_test(tc, too_many_rejects_refuse_the_file);
    tcase_add_test(tc, the_same_file_again_does_nothing);
    tcase_add_test(tc, replace_supersedes_the_same_source_only);
    tcase_add_test(tc, a_nameless_account_leaves_the_list_open);
    tcase_add_test(tc, a_nameless_row_of_a_complete_list_is_remembered);
    tcase_add_test(tc, two_macs_may_answer_alike);
    tcase_add_test(tc, a_dry_run_stores_nothing);
    tcase_add_test(tc, collected_is_the_newest_plausible_time);
    tcase_add_test(tc, a_file_carries_what_it_has_a_filled_column_for);
    tcase_add_test(tc, facts_that_never_vary_are_pointed_out);
    tcase_add_test(tc, a_cut_csv_never_changes_a_cell);
    tcase_add_test(tc, a_text_without_a_line_end_is_not_trusted);
    tcase_add_test(tc, secrets_are_known_by_their_shape);
    tcase_add_test(tc, secrets_are_known_by_their_column);
    tcase_add_test(tc, no_canary_survives);
    tcase_add_test(tc, the_operator_names_columns);
    tcase_add_test(tc, unknown_columns_are_named_and_not_kept);
    tcase_add_test(tc, an_addigy_console_csv_is_read);
    tcase_add_test(tc, addigy_devices_json_is_read);
    tcase_add_test(tc, a_jamf_inventory_is_read);
    tcase_add_test(tc, a_jamf_search_is_read);
    tcase_add_test(tc, pages_of_many_are_warned_about);
    tcase_add_test(tc, pages_without_a_place_are_counted_by_their_macs);
    suite_add_tcase(s, tc);
    return s;
}
