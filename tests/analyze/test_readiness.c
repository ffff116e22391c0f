/*
 * test_readiness.c - the five words of a move, and where each begins.
 */
#include "core/base.h"

#include "analyze/analyze.h"
#include "core/facts.h"
#include "core/when.h"
#include "tests/analyze/small_store.h"
#include "tests/suites.h"
#include "tests/support/tmpdir.h"

#define DAY WHEN_DAY
#define NOW ((int64_t)1790000000)

static sqlite3 *db;
static struct err err;
static struct config *config;
static const char *rules;

/* Four clients, each with another way. */
static const char settings[] =
    "[client \"in-place\"]\nroute = in-place\nplanned_day = 2026-10-01\n"
    "[client \"classic\"]\nroute = classic\n"
    "[client \"erase\"]\nroute = erase\n"
    "[client \"plan\"]\nroute = in-place\nnew_server_bootstrap = no\n"
    "new_server = Fleet Two\n";

static void setup(void)
{
    err = (struct err){0};
    rules = NULL;
    db = store_new();
    tmpdir_make();
    config = config_parse("m.conf", settings, &err);
    ck_assert_msg(config != NULL, "%s", err.text);
}

static void teardown(void)
{
    config_free(config);
    db_close(db);
    tmpdir_remove();
}

/* A Mac of which the core is known and good, with one token admin. */
static void good_mac(const char *way)
{
    int64_t mac = store_mac(db, "C02READY01");
    int64_t i = store_import(db, "p", way, "s", "accounts", NOW);

    store_sql(
        db,
        "INSERT INTO device_row (import_id, line, device_id, reports, model,"
        " chip, os_version, observed_at, last_checkin, last_boot, mdm_enrolled,"
        " enrollment_type, user_approved, supervised, in_abm, mdm_server,"
        " bootstrap_supported, bootstrap_escrowed_device,"
        " bootstrap_escrowed_server, filevault, recovery_key_present,"
        " recovery_key_escrowed, recovery_key_validity, activation_lock,"
        " eacs_preflight)"
        " VALUES (%lld, 1, %lld, 1, 'Mac16,1', 'apple', '26.1', %lld, %lld,"
        " %lld, 1, 'ade', 1, 1, 1, 'Fleet One', 1, 1, 1, 'on', 1, 1, 'valid',"
        " 'off', 'success')",
        (long long)i, (long long)mac, (long long)NOW, (long long)NOW,
        (long long)(NOW - 10 * DAY));
    store_sql(db,
              "INSERT INTO account_row (import_id, line, device_id, account,"
              " uid, kind, role, admin, secure_token, crypto_user,"
              " volume_owner, filevault_user, password_known_by, disabled,"
              " person_status, last_login) VALUES (%lld, 2, %lld, 'anna', 501,"
              " 'local', 'primary', 1, 1, 1, 1, 1, 'both', 0, 'active', %lld)",
              (long long)i, (long long)mac, (long long)(NOW - DAY));
}

static void judge(void)
{
    struct analyze_summary sum;
    struct analyze_options o = {
        .period = "p", .as_of = NOW, .rules_dir = rules, .config = config};

    store_settle(db);
    ck_assert_msg(analyze(db, &o, &sum, &err) == 0, "%s", err.text);
}

#define READINESS store_text(db, "SELECT readiness FROM device_result")

#define A_SECOND                                                               \
    "INSERT INTO account_row (import_id, line, device_id, account, uid, kind," \
    " role, admin, secure_token, password_known_by, disabled, person_status)"  \
    " VALUES (1, 3, 1, 'ben', 502, 'local', 'primary', 0, 0, 'user', 0,"       \
    " 'active')"
#define MAC "UPDATE device_row SET "
#define ANNA "UPDATE account_row SET "
#define ABSENT "bootstrap_escrowed_device = 0, bootstrap_escrowed_server = 0"
#define DAYS_AGO(n) #n " * -86400 + 1790000000"

/* What differs from the good Mac, the way, and the word. */
static const struct {
    const char *change, *way, *word;
} table[] = {
    {"", "in-place", "ready"},
    {"", "classic", "ready"},
    {"", "erase", "ready"},
    {"", "both", "ready"},

    /* Each fact of the core: not known is not ready. */
    {MAC "mdm_enrolled = NULL", "in-place", "unknown"},
    {MAC "os_version = NULL", "in-place", "unknown"},
    {MAC "in_abm = NULL", "in-place", "unknown"},
    {MAC "filevault = NULL", "in-place", "unknown"},
    {MAC "recovery_key_escrowed = NULL", "in-place", "unknown"},
    {ANNA "secure_token = NULL", "in-place", "unknown"},
    {MAC "bootstrap_escrowed_device = NULL, bootstrap_escrowed_server = NULL",
     "in-place", "unknown"},
    {MAC "last_checkin = NULL", "in-place", "unknown"},
    {MAC "in_abm = NULL", "both", "unknown"},

    /* What the core does not need may be unknown. */
    {MAC "activation_lock = NULL, recovery_key_validity = NULL, eacs_preflight"
         " = NULL, mdm_removable = NULL",
     "in-place", "ready"},
    {ANNA "password_known_by = NULL, role = NULL", "classic", "ready"},
    {MAC "recovery_key_validity = 'unverified'", "in-place", "ready"},

    /* Each fact of the core: known and not good. */
    {MAC "mdm_enrolled = 0", "in-place", "action-first"},
    {MAC "filevault = 'off'", "in-place", "action-first"},
    {MAC "filevault = 'decrypting'", "in-place", "action-first"},
    {MAC "filevault = 'encrypting'", "in-place", "ready"},
    {MAC "recovery_key_escrowed = 0", "in-place", "action-first"},
    {MAC "recovery_key_validity = 'invalid'", "in-place", "action-first"},
    {MAC ABSENT, "in-place", "action-first"},
    {MAC "bootstrap_escrowed_server = 0", "in-place", "action-first"},
    {MAC "bootstrap_supported = 0", "in-place", "action-first"},
    {MAC "eacs_preflight = 'no_token'", "in-place", "action-first"},
    {MAC "supervised = 0", "in-place", "action-first"},
    {MAC "activation_lock = 'user'", "in-place", "action-first"},
    {MAC "recovery_lock = 1, recovery_lock_known = 0", "in-place",
     "action-first"},
    {MAC "in_abm = 0", "in-place", "hands-on"},
    {MAC "in_abm = 0", "classic", "hands-on"},
    {MAC "in_abm = 0", "both", "hands-on"},
    {A_SECOND, "in-place", "action-first"}, /* a person without a token */
    {ANNA "secure_token = 0", "in-place", "hands-on"},
    {ANNA "disabled = 1", "in-place", "hands-on"},
    {ANNA "volume_owner = 0", "in-place", "hands-on"},
    {MAC "bootstrap_auth = 'disallowed'", "in-place", "hands-on"},

    /* What is known to be needed goes before what is not known. */
    {MAC "in_abm = NULL, " ABSENT, "in-place", "action-first"},
    {MAC "in_abm = 0, filevault = NULL", "in-place", "hands-on"},

    /* The way in place wants macOS 26; the classic way does not. */
    {MAC "os_version = '25.9'", "in-place", "action-first"},
    {MAC "os_version = '26.0'", "in-place", "ready"},
    {MAC "os_version = '15.6'", "classic", "ready"},
    {MAC "os_version = '15.6'", "both", "ready"},
    {MAC "os_version = '15.6', chip = 'intel', model = 'iMac18,1'", "in-place",
     "blocked"},
    {MAC "os_version = '15.6', chip = 't2', model = 'MacBookPro15,1'",
     "in-place", "blocked"},
    {MAC "os_version = '15.6', chip = 't2', model = 'MacBookPro16,1'",
     "in-place", "action-first"},
    {MAC "os_version = '15.6', chip = 't2', model = 'MacBook Pro (2018)'",
     "in-place", "action-first"},
    {MAC "os_version = '15.6', chip = 'intel', model = 'iMac18,1'", "both",
     "ready"},

    {MAC "os_version = '15.6', in_abm = NULL", "in-place", "action-first"},
    {MAC "os_version = '15.6', in_abm = NULL", "both", "unknown"},
    {MAC "os_version = '15.6', supervised = 0", "both", "action-first"},

    /* On trial in Apple Business until after the planned day, 2026-10-01. */
    {MAC "provisional_until = 1790812801", "in-place", "blocked"},
    {MAC "provisional_until = 1790812800", "in-place", "ready"},
    {MAC "provisional_until = 1790812801", "classic", "ready"},
    {MAC "provisional_until = 1790812801", "both", "ready"},

    /* An administrator's password at the Mac: for the classic way alone. */
    {ANNA "admin = 0", "classic", "hands-on"},
    {ANNA "admin = 0", "in-place", "ready"},
    {ANNA "admin = 0", "both", "ready"},

    /* Blocked both ways, or blocked in one and a visit in the other. */
    {MAC "provisional_until = 1790812801, bootstrap_auth = 'disallowed'",
     "both", "hands-on"},
    {MAC "provisional_until = 1790812801, filevault = NULL", "both", "unknown"},

    /* Only an erase is left. */
    {ANNA "password_known_by = 'user'", "in-place", "action-first"}, /* ST-09 */
    {ANNA "role = 'service', admin = 0", "in-place",
     "action-first"}, /* MIG-06 */
    {ANNA "password_known_by = 'none'", "in-place", "hands-on"},
    {ANNA "password_known_by = 'none'; " MAC ABSENT, "in-place", "hands-on"},
    {ANNA "password_known_by = 'none'; " MAC ABSENT
          ", recovery_key_escrowed = 0",
     "in-place", "blocked"},
    {ANNA "password_known_by = 'none'; " MAC ABSENT
          ", recovery_key_escrowed = 0",
     "both", "blocked"},

    /* Silent for more than 30 days: somebody has to look for it. */
    {MAC "last_checkin = " DAYS_AGO(30), "in-place", "ready"},
    {MAC "last_checkin = " DAYS_AGO(30) " - 1", "in-place", "hands-on"},
    {MAC "last_checkin = " DAYS_AGO(31) ", mdm_enrolled = 0", "in-place",
     "blocked"},

    /* recoveryOS shut, and no other way to repair. */
    {ANNA "password_known_by = 'none'; " MAC
          "recovery_lock = 1, recovery_lock_known = 0",
     "in-place", "hands-on"},

    /* An erase: no personal Activation Lock without a way out, and a silent
     * erase that is known to work. */
    {MAC "activation_lock = 'user', in_abm = NULL", "erase", "blocked"},
    {MAC "activation_lock = 'user', in_abm = NULL", "in-place", "action-first"},
    /* ... and Apple Business is a way out */
    {MAC "activation_lock = NULL", "erase", "ready"},
    {MAC "eacs_preflight = NULL", "erase", "unknown"},
    {MAC "eacs_preflight = 'failure'", "erase", "action-first"},
    {MAC "eacs_preflight = 'failure'", "classic", "ready"},

    /* Tasks of the fleet are a checklist: the new server that does no
     * bootstrap tokens, keys not exported, the old server that must stay, the
     * managed administrator. */
    {"", "plan", "ready"},
    {MAC "recovery_key_exported = 0", "in-place", "ready"},
    {MAC "mdm_removable = 0", "classic", "ready"},
    {ANNA "role = 'managed_admin'", "in-place", "ready"},

    /* Moved already, and not complete. */
    {MAC "mdm_server = 'Fleet Two', recovery_key_server = 'Fleet One'", "plan",
     "action-first"},
};

START_TEST(each_word_where_it_begins)
{
    good_mac(table[_i].way);
    if (table[_i].change[0])
        store_sql(db, "%s", table[_i].change);
    judge();
    ck_assert_msg(strcmp(READINESS, table[_i].word) == 0,
                  "%s, %s: %s, expected %s", table[_i].change, table[_i].way,
                  READINESS, table[_i].word);
}
END_TEST

/* What no column says is as unknown as an empty cell. */
START_TEST(what_is_not_carried_is_not_known)
{
    good_mac("in-place");
    store_sql(db,
              "UPDATE device_row SET last_checkin = NULL; UPDATE import SET"
              " carries_device = carries_device & ~(%lld)",
              (long long)1 << fact_index(FACT_DEVICE, "last_checkin"));
    judge();
    ck_assert_str_eq(READINESS, "unknown");
}
END_TEST

START_TEST(a_rule_switched_off_makes_no_mac_ready)
{
    config_free(config);
    config = config_parse("m.conf",
                          "[policy]\nroute = in-place\n[rules]\n"
                          "disabled = BT-* FV-* ST-* ENR-* MIG-* REC-*\n",
                          &err);
    good_mac("x");
    store_sql(db, MAC "filevault = 'off'");
    judge();
    ck_assert_str_eq(READINESS, "action-first");
    store_sql(db, MAC "filevault = NULL");
    judge();
    ck_assert_str_eq(READINESS, "unknown");
    store_sql(db, MAC "filevault = 'on'");
    judge();
    ck_assert_str_eq(READINESS, "ready");
}
END_TEST

START_TEST(a_rule_at_fault_leaves_it_open)
{
    tmpdir_file("FV-10-own.sql",
                "-- id: FV-10\n-- title: Own\n-- scope: device\n"
                "-- severity: high\n-- uses: monthly\n-- loses:\n"
                "-- facts: filevault\n-- why: x\n-- fix: R1\n"
                "SELECT device_id, TRUE AS applies, no_such AS fails\n"
                "  FROM device_posture\n");
    rules = tmpdir_path("");
    good_mac("in-place");
    judge();
    ck_assert_str_eq(READINESS, "unknown");
}
END_TEST

/* Judging again, and a second period, leave what was said of the first. */
START_TEST(each_period_has_its_own)
{
    struct analyze_summary sum;
    struct analyze_options o = {
        .period = "q", .as_of = NOW, .rules_dir = rules, .config = config};

    good_mac("in-place");
    judge();
    judge();
    store_sql(db, "UPDATE import SET period = 'q'; " MAC "in_abm = 0");
    ck_assert_msg(analyze(db, &o, &sum, &err) == 0, "%s", err.text);
    ck_assert_str_eq(
        store_text(db, "SELECT group_concat(readiness) FROM (SELECT readiness"
                       " FROM device_result ORDER BY period_id)"),
        "ready,hands-on");
    ck_assert_str_eq(
        store_text(db, "SELECT count(DISTINCT n) FROM (SELECT count(*) AS n"
                       " FROM move_rule GROUP BY period_id)"),
        "1");
}
END_TEST

/* Every rule that a move speaks of is in the catalogue. */
START_TEST(the_rules_named_are_there)
{
    good_mac("in-place");
    judge();
    ck_assert_str_eq(store_text(db, "SELECT count(*) FROM move_rule"), "42");
}
END_TEST

Suite *readiness_suite(void);

Suite *readiness_suite(void)
{
    Suite *s = suite_create("readiness");
    TCase *tc = tcase_create("readiness");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, each_word_where_it_begins, 0, (int)COUNT_OF(table));
    tcase_add_test(tc, what_is_not_carried_is_not_known);
    tcase_add_test(tc, a_rule_switched_off_makes_no_mac_ready);
    tcase_add_test(tc, a_rule_at_fault_leaves_it_open);
    tcase_add_test(tc, each_period_has_its_own);
    tcase_add_test(tc, the_rules_named_are_there);
    suite_add_tcase(s, tc);
    return s;
}
